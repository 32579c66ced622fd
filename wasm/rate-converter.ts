/**
 * One stream on its way from one sample rate to another.
 *
 * @module
 */
import { FilterBank } from './loader.ts';

/**
 * Converts the rate of a stream chunk by chunk. However the input is cut into chunks, the output is the same to the bit, on
 * every JavaScript engine. Its memory is JavaScript's own: a converter that is no longer referenced is gone.
 *
 * The stream begins as if silence had gone before: n input frames give ⌈n · toHz / fromHz⌉ frames at once, which lag by
 * {@link RateConverter.delayMs}; {@link RateConverter.flush} gives the rest.
 */
export class RateConverter {
  readonly #bank: FilterBank;
  readonly #channels: number;
  /** The last inputs of each channel, to which the windows of the next outputs reach back. */
  readonly #pasts: readonly Float32Array[];
  readonly #output: Float32Array;
  #result: Float32Array = new Float32Array();
  /** Where the next output is due, in units of 1/`up` input frames from the next input. */
  #at = 0;

  /** @throws {RangeError} as {@link FilterBank.between}, and where `channels` is no positive integer */
  constructor(fromHz: number, toHz: number, channels = 1) {
    if (!Number.isInteger(channels) || channels < 1) {
      throw new RangeError(`the number of channels must be a positive integer, received ${channels}`);
    }
    this.#bank = FilterBank.between(fromHz, toHz);
    this.#channels = channels;
    this.#pasts = Array.from({ length: channels }, () => new Float32Array(this.#bank.taps - 1));
    this.#output = new Float32Array(this.#bank.framesFor(this.#bank.maxFrames, 0) * channels);
  }

  /** The filter's group delay. */
  get delayMs(): number {
    return this.#bank.delayMs;
  }

  /** How many frames {@link RateConverter.convert} takes at once. */
  get maxFrames(): number {
    return this.#bank.maxFrames;
  }

  /**
   * Takes `frames` frames of interleaved samples, from frame `first` on. NaN and infinities count as silence.
   *
   * @returns what is ready, interleaved; valid until the converter is used again
   */
  convert(input: Float32Array, first: number, frames: number): Float32Array {
    if (frames > this.maxFrames) {
      throw new RangeError(`at most ${this.maxFrames} frames can be converted at once, received ${frames}`);
    }
    const bank = this.#bank;
    const channels = this.#channels;
    const ready = bank.framesFor(frames, this.#at);
    if (this.#result.length !== ready * channels) this.#result = this.#output.subarray(0, ready * channels);
    for (let channel = 0; channel < channels; channel++) {
      deinterleave(input, first, frames, channel, channels, bank.slot());
      const filtered = bank.filter(this.#pasts[channel] as Float32Array, frames, this.#at);
      interleave(filtered, channel, channels, this.#result);
    }
    this.#at += ready * bank.down - frames * bank.up;
    return this.#result;
  }

  /**
   * Ends the stream: the outputs in which its last inputs still sound. With them n input frames have given the whole
   * convolution, ⌈(n + taps − 1) · toHz / fromHz⌉ frames. Then the converter is as new.
   */
  flush(): Float32Array {
    const frames = this.#bank.taps - 1;
    const rest = this.convert(new Float32Array(frames * this.#channels), 0, frames);
    this.reset();
    return rest;
  }

  /** Makes the next output stand where the next input stands. The first outputs then wait until the window is filled. */
  skipDelay(): void {
    this.#at = (this.#bank.taps / 2) * this.#bank.up;
  }

  /** Forgets the stream. */
  reset(): void {
    for (const past of this.#pasts) past.fill(0);
    this.#at = 0;
  }
}

function deinterleave(
  input: Float32Array,
  first: number,
  frames: number,
  channel: number,
  channels: number,
  slot: Float32Array,
): void {
  if (channels === 1) {
    // A whole block needs no view of a part of it, which would be garbage for each block.
    slot.set(frames === input.length ? input : input.subarray(first, first + frames));
    return;
  }
  for (let i = 0, from = first * channels + channel; i < frames; i++, from += channels) {
    slot[i] = input[from] as number;
  }
}

function interleave(filtered: Float32Array, channel: number, channels: number, output: Float32Array): void {
  if (channels === 1) {
    output.set(filtered);
    return;
  }
  for (let i = 0; i < filtered.length; i++) output[i * channels + channel] = filtered[i] as number;
}
