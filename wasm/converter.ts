/**
 * What converters of rates have in common: channels, what they remember, the end.
 *
 * @module
 */
import { Channels } from './channels.ts';

/** What a bank of coefficients tells of itself. */
export interface BankLayout {
  /** How many inputs a window reaches back from its newest. */
  readonly pastFrames: number;
  /** The filter's group delay, in input samples. */
  readonly delayFrames: number;
  /** The longest chunk. */
  readonly maxFrames: number;
  /** Where the next chunk's samples are written. */
  readonly slot: Float32Array;
}

/**
 * Converts the rate of a stream chunk by chunk. However the input is cut into chunks, the output is the same to the bit, on
 * every JavaScript engine. Its memory is JavaScript's own: a converter that is no longer referenced is gone.
 *
 * The stream begins as if silence had gone before: n input frames give ⌈n · toHz / fromHz⌉ frames at once, which lag by
 * {@link Converter.delayMs}; {@link Converter.flush} gives the rest.
 */
export abstract class Converter {
  /** The filter's group delay. */
  readonly delayMs: number;
  readonly #layout: BankLayout;
  readonly #inputs: Channels;
  readonly #outputs: Channels;
  /** The last inputs of each channel, to which the windows of the next outputs reach back. */
  readonly #pasts: readonly Float32Array[];

  /**
   * @param maxOutputs the most frames that a chunk can give
   * @throws {RangeError} where `channels` is no positive integer
   */
  protected constructor(layout: BankLayout, fromHz: number, channels: number, maxOutputs: number) {
    this.#layout = layout;
    this.#inputs = new Channels(channels, layout.maxFrames);
    this.#outputs = new Channels(channels, maxOutputs);
    this.#pasts = Array.from({ length: channels }, () => new Float32Array(layout.pastFrames));
    this.delayMs = (layout.delayFrames * 1000) / fromHz;
  }

  /** How many frames {@link Converter.convert} takes at once. */
  get maxFrames(): number {
    return this.#layout.maxFrames;
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
    let ready = 0;
    for (let channel = 0; channel < this.#inputs.count; channel++) {
      this.#layout.slot.set(this.#inputs.take(channel, input, first, frames));
      const filtered = this.filter(this.#pasts[channel] as Float32Array, frames);
      ready = filtered.length;
      this.#outputs.plane(channel, ready).set(filtered);
    }
    this.advance(frames, ready);
    return this.#outputs.join(ready);
  }

  /**
   * Ends the stream: the outputs in which its last inputs still sound. With them n input frames have given the whole
   * convolution, ⌈(n + taps − 1) · toHz / fromHz⌉ frames. Then the converter is as new.
   */
  flush(): Float32Array {
    const frames = this.#layout.pastFrames;
    const rest = this.convert(new Float32Array(frames * this.#inputs.count), 0, frames);
    this.reset();
    return rest;
  }

  /** Forgets the stream. */
  reset(): void {
    for (const past of this.#pasts) past.fill(0);
    this.restart();
  }

  /** Makes the next output stand where the next input stands. The first outputs then wait until the window is filled. */
  abstract skipDelay(): void;

  /** Filters the chunk in the slot, for one of the channels, which are all at the same place. */
  protected abstract filter(past: Float32Array, frames: number): Float32Array;

  /** Goes on to the place behind a chunk that has been filtered for all channels. */
  protected abstract advance(frames: number, ready: number): void;

  /** Goes back to the beginning of a stream. */
  protected abstract restart(): void;
}
