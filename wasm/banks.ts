/**
 * The banks of coefficients that the streams of the process share.
 *
 * @module
 */
import { type Ratio, type ResamplerTier, ratioBetween, tiers } from './filter-design.ts';
import { DoublingBank, HalvingBank } from './loader/half-band-bank.ts';
import { InterpolatingBank } from './loader/interpolating-bank.ts';
import { PolyphaseBank } from './loader/polyphase-bank.ts';
import type { RationalBank } from './loader/rational-bank.ts';

const rationalBanks = new Map<string, RationalBank>();
const interpolatingBanks = new Map<string, InterpolatingBank>();

/**
 * The bank for a fixed ratio, designed when it is first asked for; undefined where all the phases of the ratio are too many.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, and for a half-band that is neither 2:1 nor 1:2
 */
export function rationalBank(fromHz: number, toHz: number, tier: ResamplerTier): RationalBank | undefined {
  const ratio = ratioBetween(fromHz, toHz);
  expectTier(tier);
  if (tier === 'half-band') return shared(rationalBanks, ratio, tier, () => halfBandBank(ratio));
  if (!PolyphaseBank.fits(ratio, tier)) return undefined;
  return shared(rationalBanks, ratio, tier, () => new PolyphaseBank(ratio, tier));
}

/**
 * The bank for a ratio that moves.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, or one is some ten thousand times the other; for a half-band
 */
export function interpolatingBank(fromHz: number, toHz: number, tier: ResamplerTier): InterpolatingBank {
  const ratio = ratioBetween(fromHz, toHz);
  expectTier(tier);
  if (tier === 'half-band') throw new RangeError('a half-band filter has a fixed ratio');
  return shared(interpolatingBanks, ratio, tier, () => new InterpolatingBank(ratio, tier));
}

function shared<Bank>(
  banks: Map<string, Bank>,
  { fromHz, toHz }: Ratio,
  tier: ResamplerTier,
  make: () => Bank,
): Bank {
  const key = `${fromHz} ${toHz} ${tier}`;
  let bank = banks.get(key);
  if (!bank) {
    bank = make();
    banks.set(key, bank);
  }
  return bank;
}

function halfBandBank(ratio: Ratio): RationalBank {
  const { fromHz, toHz, up, down } = ratio;
  if (up === 1 && down === 2) return new HalvingBank(ratio);
  if (up === 2 && down === 1) return new DoublingBank(ratio);
  throw new RangeError(`a half-band filter is for 2:1 and 1:2, received ${fromHz} Hz to ${toHz} Hz`);
}

function expectTier(tier: ResamplerTier): void {
  if (!tiers.includes(tier)) {
    throw new RangeError(`a resampler's tier is one of ${tiers.join(', ')}, received ${tier}`);
  }
}
