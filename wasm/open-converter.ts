/**
 * The right converter for a pair of rates.
 *
 * @module
 */
import { AdjustableConverter } from './adjustable-converter.ts';
import type { ResamplerTier } from './filter-design.ts';
import { RateConverter } from './rate-converter.ts';

/**
 * A converter between any two rates: with all the phases of the ratio in a filter of its own, or, where these are too many,
 * with interpolated ones.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, `channels` no positive integer, `tier` no tier, or a
 *   half-band is asked for that is neither 2:1 nor 1:2
 */
export function openConverter(
  fromHz: number,
  toHz: number,
  channels: number,
  tier: ResamplerTier,
): RateConverter | AdjustableConverter {
  return (
    RateConverter.between(fromHz, toHz, channels, tier) ??
    new AdjustableConverter(fromHz, toHz, channels, tier)
  );
}
