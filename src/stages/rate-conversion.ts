/**
 * What the resampler stage asks of whatever does the arithmetic, so that engines can be exchanged.
 *
 * @module
 */

/** One stream on its way from one sample rate to another. It belongs to whoever opened it, and is gone when unreferenced. */
export interface RateConversion {
  /** Group delay, the same from the first sample on. */
  readonly delayMs: number;
  /** The most frames that `convert` takes at once. */
  readonly maxFrames: number;
  /**
   * Where the next output stands in the input, without the delay: only where the ratio moves, for elsewhere the count of
   * frames tells.
   */
  readonly nextOutputMs?: number;
  /**
   * Takes `frames` frames of interleaved samples, from frame `first` on, and gives what is ready, interleaved, valid until the
   * next call: n input frames in total have given exactly ⌈n · toHz / fromHz⌉ frames at any time, where the ratio does not
   * move. NaN and infinities count as silence.
   */
  convert(input: Float32Array, first: number, frames: number): Float32Array;
  /** The rest: everything that still sounds; afterwards as new. */
  flush(): Float32Array;
  /** Forgets the stream: what comes next is converted as if it were the first. */
  reset(): void;
}

/** Opens conversions, any number at a time, that know nothing of each other. */
export interface RateEngine {
  /** As shown in the description of a path, with its quality where it has several. */
  readonly name: string;
  /**
   * Rates in Hz. Equal rates are allowed.
   *
   * @throws {RangeError} where a rate is no positive integer, `channels` no positive integer, or the engine cannot do the pair
   */
  open(fromHz: number, toHz: number, channels: number): RateConversion;
}
