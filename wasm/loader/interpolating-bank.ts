/**
 * The filter for a ratio that moves, or that has too many phases to keep: coefficients are interpolated between phases.
 *
 * @module
 */
import { chunkFrames, designFilter, type LowPassTier, type Ratio } from '../filter-design.ts';
import { cutBank } from './cut-bank.ts';
import { FilteredWindow } from './filtered-window.ts';
import { aligned, kernels, workspaceOf } from './kernel-module.ts';
import { FirstViews, MemoryView } from './memory-view.ts';

/**
 * What linear interpolation between phases adds stays below this. It is √(1/120) · (2π · frequency / phases)² of the signal,
 * its worst at the cut-off (J. O. Smith, "Digital Audio Resampling", on the interpolation of filter coefficients).
 */
const interpolationNoise = 1e-6;

/** 16 MiB: between rates of sound devices it is at most a twentieth of that. */
const maxCoefficients = 1 << 22;

/** An input sample is `up` times this in a position, so that both rates are whole numbers of it. */
const fraction = 1n << 32n;

/** How far the ratio may be moved: more than sound devices ever differ by. */
export const maxAdjustmentPpm = 1000;

/** The ratio moves by so much in a second at most: what is heard of it is a pitch that glides by a sixtieth of a semitone. */
const slewPpmPerSecond = 10_000;

const positionLength = 4;

/** As the class of the same name in assembly/interpolated.ts: window, fraction, step, step to come. */
export type Position = BigInt64Array;

const words = new BigInt64Array(positionLength);
const halves = new Uint32Array(words.buffer);

/** A word that is positive and below 2⁵³. */
function numberAt(index: number): number {
  return (halves[2 * index + 1] as number) * 2 ** 32 + (halves[2 * index] as number);
}

/** The coefficients for one pair of rates and tier, shared by all streams that have them. */
export class InterpolatingBank {
  readonly pastFrames: number;
  readonly delayFrames: number;
  readonly maxFrames: number;
  /** The most outputs of a chunk, whatever the adjustment. */
  readonly maxOutputs: number;
  readonly #ratio: Ratio;
  readonly #taps: number;
  readonly #phases: number;
  readonly #coefficients: number;
  readonly #unit: bigint;
  readonly #slew: bigint;
  readonly #input: number;
  readonly #output: number;
  readonly #window: FilteredWindow;
  readonly #positionAddress: number;
  readonly #position: MemoryView<BigInt64Array>;
  readonly #results: FirstViews<Float32Array>;

  constructor(ratio: Ratio, tier: LowPassTier) {
    const design = designFilter(ratio, tier);
    const { taps, cutoff } = design;
    this.#ratio = ratio;
    this.#taps = taps;
    this.#phases = Math.ceil((2 * Math.PI * cutoff) / Math.sqrt(interpolationNoise * Math.sqrt(120)));
    if ((this.#phases + 1) * taps > maxCoefficients) {
      throw new RangeError(
        `cannot resample ${ratio.fromHz} Hz to ${ratio.toHz} Hz: a window of ${taps} samples is too long`,
      );
    }
    this.#unit = BigInt(ratio.up) * fraction;
    this.#slew = stepOf(ratio, slewPpmPerSecond / ratio.toHz) - stepOf(ratio, 0);
    this.pastFrames = taps - 1;
    this.delayFrames = taps / 2;
    this.maxFrames = chunkFrames(ratio.fromHz, this.pastFrames);
    this.maxOutputs =
      Math.ceil(((this.maxFrames * ratio.up) / ratio.down) * (1 + 2e-6 * maxAdjustmentPpm)) + 1;

    const inputBytes = FilteredWindow.bytes(this.pastFrames, this.maxFrames);
    this.#positionAddress = workspaceOf(3 * 16 + positionLength * 8 + inputBytes + this.maxOutputs * 4);
    this.#input = aligned(this.#positionAddress + positionLength * 8);
    this.#output = aligned(this.#input + inputBytes);
    this.#window = new FilteredWindow(this.#input, this.pastFrames, this.maxFrames);
    this.#position = new MemoryView(BigInt64Array, this.#positionAddress, positionLength);
    this.#results = new FirstViews(Float32Array, this.#output);

    // One phase more than there are: the far neighbour of the last.
    this.#coefficients = cutBank(design, this.#phases + 1, this.#phases);
  }

  /** A stream's beginning, at the nominal ratio. */
  start(): Position {
    const step = stepOf(this.#ratio, 0);
    return BigInt64Array.of(0n, 0n, step, step);
  }

  /** Where the next window begins, in input samples from the next input. */
  placeOf(position: Position): number {
    // Read as bigints, these would be garbage for each block.
    words.set(position);
    return numberAt(0) + numberAt(1) / Number(this.#unit);
  }

  /** Has a stream glide to another ratio: its input runs faster by so much than its rate says. */
  adjust(position: Position, ppm: number): void {
    position[3] = stepOf(this.#ratio, ppm);
  }

  /** Where the next chunk's samples are written, at most `maxFrames`, right before {@link InterpolatingBank.filter}. */
  get slot(): Float32Array {
    return this.#window.slot;
  }

  /**
   * Filters the chunk in the slot.
   *
   * @param past the last `pastFrames` samples of the stream, which are replaced by those at the chunk's end
   * @param position where the stream is; left as it is
   * @param moved where the stream is afterwards
   * @returns the outputs, good until any bank is used or made
   */
  filter(past: Float32Array, frames: number, position: Position, moved: Position): Float32Array {
    this.#window.begin(past);
    this.#window.silenceNonFinite(frames);
    this.#position.array.set(position);
    const count = kernels.convolveInterpolated(
      this.#coefficients,
      this.#taps,
      this.#phases,
      this.#unit,
      this.#slew,
      this.#positionAddress,
      this.#input,
      frames,
      this.#output,
    );
    moved.set(this.#position.array);
    this.#window.finish(past, frames);
    return this.#results.first(count);
  }
}

/** From one output to the next, in units of 1/(up · 2³²) of an input sample; never less than one unit beside the nominal. */
function stepOf({ down }: Ratio, ppm: number): bigint {
  const nominal = BigInt(down) * fraction;
  return nominal + BigInt(Math.round(Number(nominal) * ppm * 1e-6));
}
