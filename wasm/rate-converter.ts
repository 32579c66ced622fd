/**
 * One stream on its way from one sample rate to another.
 *
 * @module
 */
import { rationalBank } from './banks.ts';
import { Channels } from './channels.ts';
import type { ResamplerTier } from './filter-design.ts';
import type { RationalBank } from './loader/rational-bank.ts';

/**
 * Converts the rate of a stream chunk by chunk. However the input is cut into chunks, the output is the same to the bit, on
 * every JavaScript engine. Its memory is JavaScript's own: a converter that is no longer referenced is gone.
 *
 * The stream begins as if silence had gone before: n input frames give ⌈n · toHz / fromHz⌉ frames at once, which lag by
 * {@link RateConverter.delayMs}; {@link RateConverter.flush} gives the rest.
 */
export class RateConverter {
  readonly delayMs: number;
  readonly #bank: RationalBank;
  readonly #inputs: Channels;
  readonly #outputs: Channels;
  /** The last inputs of each channel, to which the windows of the next outputs reach back. */
  readonly #pasts: readonly Float32Array[];
  /** Where the next output is due, in units of 1/`up` input frames from the next input. */
  #at = 0;

  /** Undefined where the ratio has too many phases for a filter of its own. */
  static between(
    fromHz: number,
    toHz: number,
    channels: number,
    tier: ResamplerTier,
  ): RateConverter | undefined {
    const bank = rationalBank(fromHz, toHz, tier);
    return bank && new RateConverter(bank, fromHz, channels);
  }

  private constructor(bank: RationalBank, fromHz: number, channels: number) {
    this.#bank = bank;
    this.#inputs = new Channels(channels, bank.maxFrames);
    this.#pasts = Array.from({ length: channels }, () => new Float32Array(bank.pastFrames));
    this.#outputs = new Channels(channels, bank.framesFor(bank.maxFrames, 0));
    this.delayMs = (bank.delayFrames * 1000) / fromHz;
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
    const { count } = this.#inputs;
    const ready = bank.framesFor(frames, this.#at);
    for (let channel = 0; channel < count; channel++) {
      bank.slot.set(this.#inputs.take(channel, input, first, frames));
      const filtered = bank.filter(this.#pasts[channel] as Float32Array, frames, this.#at);
      this.#outputs.plane(channel, ready).set(filtered);
    }
    this.#at += ready * bank.down - frames * bank.up;
    return this.#outputs.join(ready);
  }

  /**
   * Ends the stream: the outputs in which its last inputs still sound. With them n input frames have given the whole
   * convolution, ⌈(n + taps − 1) · toHz / fromHz⌉ frames. Then the converter is as new.
   */
  flush(): Float32Array {
    const frames = this.#bank.pastFrames;
    const rest = this.convert(new Float32Array(frames * this.#inputs.count), 0, frames);
    this.reset();
    return rest;
  }

  /** Makes the next output stand where the next input stands. The first outputs then wait until the window is filled. */
  skipDelay(): void {
    this.#at = this.#bank.delayFrames * this.#bank.up;
  }

  /** Forgets the stream. */
  reset(): void {
    for (const past of this.#pasts) past.fill(0);
    this.#at = 0;
  }
}
