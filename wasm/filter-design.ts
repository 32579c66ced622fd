/**
 * How the filters of the resamplers are laid out: tiers of quality, and what they mean for a pair of rates.
 *
 * @module
 */
import { lowPasses } from './prototypes.ts';

/** A tier whose filter is made for any pair of rates. */
export type LowPassTier = keyof typeof lowPasses;

/**
 * How good a resampler is, and how dear. Edges are fractions of the lower of the two Nyquist frequencies:
 *
 * | tier        | −0.1 dB up to | aliases and images below | delay at 48000→24000 |
 * | ----------- | ------------- | ------------------------ | -------------------- |
 * | `fast`      | 0.82          | −80 dB                   | 0.9 ms               |
 * | `std`       | 0.866         | −110 dB                  | 1.5 ms               |
 * | `wide`      | 0.91          | −107 dB                  | 2.2 ms               |
 * | `hq`        | 0.92          | −125 dB                  | 2.8 ms               |
 * | `best`      | 0.94          | −132 dB                  | 4.0 ms               |
 * | `half-band` | 0.91          | −110 dB beyond 1.13      | 1.1 ms               |
 *
 * In their pass bands all are flat within 0.01 dB. `half-band`, for 2:1 and 1:2 only, costs less than half of `std`; it aliases
 * into the band from 0.87 up, which is good for speech. The figures are measured: see docs/kernels.md.
 */
export type ResamplerTier = LowPassTier | 'half-band';

export const tiers: readonly ResamplerTier[] = [...(Object.keys(lowPasses) as LowPassTier[]), 'half-band'];

/** A pair of rates in lowest terms. */
export interface Ratio {
  readonly fromHz: number;
  readonly toHz: number;
  /** Interpolation and decimation: toHz / fromHz = up / down. */
  readonly up: number;
  readonly down: number;
}

const maxRateHz = 768_000;

/** @throws {RangeError} where a rate is no integer from 1 to 768000 */
export function ratioBetween(fromHz: number, toHz: number): Ratio {
  for (const rateHz of [fromHz, toHz]) {
    if (!Number.isInteger(rateHz) || rateHz < 1 || rateHz > maxRateHz) {
      throw new RangeError(`a sample rate must be an integer from 1 to ${maxRateHz} Hz, received ${rateHz}`);
    }
  }
  const divisor = greatestCommonDivisor(fromHz, toHz);
  return { fromHz, toHz, up: toHz / divisor, down: fromHz / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** A low-pass for a pair of rates. */
export interface FilterDesign {
  /** Length in input samples, a multiple of 4: one vector. */
  readonly taps: number;
  /** Length of the low-pass within them, in input samples. */
  readonly span: number;
  /** The middle of the transition, in cycles per input sample. */
  readonly cutoff: number;
  /** The low-pass as a series of cosines over its span. */
  readonly terms: readonly number[];
}

/** The tier's low-pass, stretched for a pair of rates: it is the same for all of them. */
export function designFilter({ fromHz, toHz }: Ratio, tier: LowPassTier): FilterDesign {
  const { periods, passEdge, terms } = lowPasses[tier];
  const nyquist = 0.5 * Math.min(1, toHz / fromHz);
  const span = periods / nyquist;
  return {
    taps: Math.ceil(span / 4) * 4,
    span,
    cutoff: ((passEdge + 1) / 2) * nyquist,
    terms,
  };
}

/**
 * How many frames are filtered at once: 100 ms keep a pass over all phases within the processor's cache. The second bound
 * matters below 1 kHz only: a whole flush is one chunk.
 */
export function chunkFrames(fromHz: number, pastFrames: number): number {
  return Math.max(Math.floor(fromHz / 10), pastFrames);
}
