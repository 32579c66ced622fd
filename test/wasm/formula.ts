/**
 * The filters of the resamplers in double precision, straight from their formulas.
 *
 * @module
 */

import { responseOf } from '../../wasm/design/low-pass.ts';
import { designFilter, type FilterDesign, ratioBetween } from '../../wasm/filter-design.ts';
import { halfBandSide, lowPasses } from '../../wasm/prototypes.ts';
import type { PolyphaseTier } from './conversions.ts';

/** The low-pass, `at` input samples from its centre. */
function lowPass({ span, terms }: FilterDesign, at: number): number {
  if (Math.abs(at) >= span / 2) return 0;
  return terms.reduce((sum, term, k) => sum + term * Math.cos((2 * Math.PI * k * at) / span), 0);
}

/** Where an output stands in the input: a sample, and the fraction of the way to the next one. */
export interface Place {
  readonly sample: number;
  readonly fraction: number;
}

/** The outputs at the given places, whose coefficients add up to 1 at any of them. */
export function filteredAt(
  input: Float32Array,
  places: readonly Place[],
  fromHz: number,
  toHz: number,
  tier: PolyphaseTier,
): Float64Array {
  const design = designFilter(ratioBetween(fromHz, toHz), tier);
  const { taps } = design;
  const phases = new Map<number, readonly number[]>();
  const phaseAt = (fraction: number) => {
    let phase = phases.get(fraction);
    if (!phase) {
      const coefficients = Array.from({ length: taps }, (_, k) =>
        lowPass(design, k - (taps / 2 - 1) - fraction),
      );
      const sum = coefficients.reduce((a, b) => a + b);
      phase = coefficients.map((c) => c / sum);
      phases.set(fraction, phase);
    }
    return phase;
  };
  return Float64Array.from(places, ({ sample, fraction }) =>
    phaseAt(fraction).reduce((sum, c, k) => sum + c * (input[sample - (taps - 1) + k] ?? 0), 0),
  );
}

/** The places of all outputs that `length` inputs give at a fixed ratio. */
export function placesOf(length: number, fromHz: number, toHz: number): Place[] {
  const { up, down } = ratioBetween(fromHz, toHz);
  return Array.from({ length: Math.ceil((length * up) / down) }, (_, n) => ({
    sample: Math.floor((n * down) / up),
    fraction: ((n * down) % up) / up,
  }));
}

/** 2:1 and 1:2 by 107 taps, of which every other is 0 but for the centre, which is 1/2. */
export function halfBand(input: Float32Array, up: number, down: number): Float64Array {
  const sides = halfBandSide.flatMap((tap) => [tap, 0]);
  const oneSide = sides.slice(0, -1);
  const taps = [...oneSide, 0.5, ...oneSide.toReversed()];
  return Float64Array.from({ length: Math.ceil((input.length * up) / down) }, (_, n) =>
    taps.reduce((y, c, j) => y + up * c * (input[(n * down - j) / up] ?? 0), 0),
  );
}

/** By what a tone of this frequency is multiplied: within 0.01 dB of 1 in the pass band, which shows at −60 dB. */
export function gainAt(frequencyHz: number, fromHz: number, toHz: number, tier: PolyphaseTier): number {
  const { periods, terms } = lowPasses[tier];
  return responseOf(Float64Array.from(terms), periods, (2 * frequencyHz) / Math.min(fromHz, toHz));
}
