/**
 * What the tests of the resamplers convert, by which kernels, and what these are to reach.
 *
 * @module
 */
import { Random } from '../../src/random.ts';
import type { RateConversion } from '../../src/stages/rate-conversion.ts';
import { AdjustableConverter } from '../../wasm/adjustable-converter.ts';
import type { ResamplerTier } from '../../wasm/filter-design.ts';
import { openConverter } from '../../wasm/open-converter.ts';
import { RateConverter } from '../../wasm/rate-converter.ts';
import { concatenate } from '../support/concatenate.ts';

export type Converter = RateConverter | AdjustableConverter;
export type PolyphaseTier = Exclude<ResamplerTier, 'half-band'>;

/** What docs/kernels.md promises, as fractions of the lower Nyquist frequency and in decibels. */
export const promises: Readonly<
  Record<PolyphaseTier, { readonly passEdge: number; readonly floorDb: number }>
> = {
  fast: { passEdge: 0.82, floorDb: -80 },
  std: { passEdge: 0.866, floorDb: -110 },
  wide: { passEdge: 0.91, floorDb: -107 },
  hq: { passEdge: 0.92, floorDb: -125 },
  best: { passEdge: 0.94, floorDb: -132 },
};

export const polyphaseTiers = Object.keys(promises) as PolyphaseTier[];

/** The rates of sound devices, files and telephones. */
export const commonRates = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/** To and from the service's 24 kHz. */
export const pairs = commonRates
  .filter((rateHz) => rateHz !== 24_000)
  .flatMap((rateHz): [number, number][] => [
    [rateHz, 24_000],
    [24_000, rateHz],
  ]);

/** A kernel at a pair of rates. */
export interface Kind {
  readonly name: string;
  readonly fromHz: number;
  readonly toHz: number;
  open(channels?: number): Converter;
}

function fixed(fromHz: number, toHz: number, tier: ResamplerTier): Kind {
  return {
    name: `${tier} ${fromHz}→${toHz}`,
    fromHz,
    toHz,
    open: (channels = 1) => openConverter(fromHz, toHz, channels, tier),
  };
}

function interpolated(fromHz: number, toHz: number, tier: ResamplerTier): Kind {
  return {
    name: `interpolated ${tier} ${fromHz}→${toHz}`,
    fromHz,
    toHz,
    open: (channels = 1) => new AdjustableConverter(fromHz, toHz, channels, tier),
  };
}

/** Every kernel, in every tier, with whole and half pairs of vectors in a phase, up and down. */
export const kinds: readonly Kind[] = [
  ...polyphaseTiers.flatMap((tier) => [
    fixed(48_000, 24_000, tier),
    fixed(44_100, 24_000, tier),
    fixed(16_000, 24_000, tier),
    fixed(24_000, 44_100, tier),
  ]),
  fixed(48_000, 24_000, 'half-band'),
  fixed(24_000, 48_000, 'half-band'),
  fixed(44_101, 24_000, 'std'),
  fixed(22_254, 24_000, 'fast'),
  fixed(12_345, 44_100, 'best'),
  interpolated(48_000, 48_000, 'std'),
  interpolated(44_100, 24_000, 'best'),
  interpolated(24_000, 44_100, 'std'),
];

export function between(
  fromHz: number,
  toHz: number,
  tier: ResamplerTier = 'std',
  channels = 1,
): RateConverter {
  const converter = RateConverter.between(fromHz, toHz, channels, tier);
  if (!converter) throw new Error(`no filter of its own for ${fromHz}→${toHz} in ${tier}`);
  return converter;
}

/** White, up to full scale. */
export function noise(length: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.uniform() * 2 - 1);
}

/**
 * What a converter gives for the frames of `input` in chunks of the given sizes, the last size repeated.
 *
 * @param options `flush` for the tail as well, `channels` where the samples are interleaved
 */
export function convert(
  converter: RateConversion,
  input: Float32Array,
  sizes: readonly number[] = [converter.maxFrames],
  { flush = false, channels = 1 } = {},
): Float32Array {
  const frames = input.length / channels;
  const pieces: Float32Array[] = [];
  for (let first = 0, turn = 0; first < frames; turn++) {
    const size = Math.min(sizes[Math.min(turn, sizes.length - 1)] as number, frames - first);
    pieces.push(converter.convert(input, first, size).slice());
    first += size;
  }
  if (flush) pieces.push(converter.flush());
  return concatenate(pieces);
}

/** One channel of interleaved samples. */
export function channelOf(samples: Float32Array, channel: number, channels: number): Float32Array {
  return samples.filter((_, i) => i % channels === channel);
}

export function sumOf(samples: Float32Array): number {
  return samples.reduce((sum, y) => sum + y, 0);
}

export function worstDifference(actual: Float32Array, exact: Float64Array): number {
  return actual.reduce((worst, y, n) => Math.max(worst, Math.abs(y - (exact[n] as number))), 0);
}

/** Outputs that hear what was before the stream. */
export function settlingFrames({ delayMs }: Converter, toHz: number): number {
  return Math.ceil((2 * delayMs * toHz) / 1000);
}
