/**
 * One stream on its way from one clock to another.
 *
 * @module
 */
import { interpolatingBank } from './banks.ts';
import { Channels } from './channels.ts';
import type { ResamplerTier } from './filter-design.ts';
import { type InterpolatingBank, maxAdjustmentPpm, type Position } from './loader/interpolating-bank.ts';

/**
 * Converts as `RateConverter` does, but between any two rates, and by a ratio that can be moved while it runs. Positions are
 * exact fractions: without an adjustment, n input frames have given ⌈n · toHz / fromHz⌉ frames at any time, for ever.
 */
export class AdjustableConverter {
  readonly delayMs: number;
  readonly #bank: InterpolatingBank;
  readonly #inputs: Channels;
  readonly #outputs: Channels;
  readonly #fromHz: number;
  readonly #pasts: readonly Float32Array[];
  #position: Position;
  /** Where each channel arrives: they all set out from the same position. */
  #moved: Position;
  #framesIn = 0;
  #adjustmentPpm = 0;

  /** @throws {RangeError} as `interpolatingBank`, and where `channels` is no positive integer */
  constructor(fromHz: number, toHz: number, channels: number, tier: ResamplerTier) {
    const bank = interpolatingBank(fromHz, toHz, tier);
    this.#bank = bank;
    this.#inputs = new Channels(channels, bank.maxFrames);
    this.#outputs = new Channels(channels, bank.maxOutputs);
    this.#fromHz = fromHz;
    this.#pasts = Array.from({ length: channels }, () => new Float32Array(bank.pastFrames));
    this.#position = bank.start();
    this.#moved = bank.start();
    this.delayMs = (bank.delayFrames * 1000) / fromHz;
  }

  get maxFrames(): number {
    return this.#bank.maxFrames;
  }

  /** Where the next output stands in the input, without the delay: by the input's own count of samples. */
  get nextOutputMs(): number {
    return ((this.#framesIn + this.#bank.placeOf(this.#position)) * 1000) / this.#fromHz;
  }

  /** By how much the input's clock is taken to run fast. */
  get adjustmentPpm(): number {
    return this.#adjustmentPpm;
  }

  /**
   * Takes the input's clock to run fast by `ppm`: outputs stand further apart in the input. The ratio glides there by 10 ppm
   * in a millisecond.
   *
   * @throws {RangeError} beyond ±1000
   */
  adjust(ppm: number): void {
    if (!(Math.abs(ppm) <= maxAdjustmentPpm)) {
      throw new RangeError(`a ratio can be moved by ±${maxAdjustmentPpm} ppm, received ${ppm}`);
    }
    this.#adjustmentPpm = ppm;
    this.#bank.adjust(this.#position, ppm);
  }

  /** As in `RateConverter`. */
  convert(input: Float32Array, first: number, frames: number): Float32Array {
    if (frames > this.maxFrames) {
      throw new RangeError(`at most ${this.maxFrames} frames can be converted at once, received ${frames}`);
    }
    const bank = this.#bank;
    let ready = 0;
    for (let channel = 0; channel < this.#inputs.count; channel++) {
      bank.slot.set(this.#inputs.take(channel, input, first, frames));
      const filtered = bank.filter(this.#pasts[channel] as Float32Array, frames, this.#position, this.#moved);
      ready = filtered.length;
      this.#outputs.plane(channel, ready).set(filtered);
    }
    [this.#position, this.#moved] = [this.#moved, this.#position];
    this.#framesIn += frames;
    return this.#outputs.join(ready);
  }

  /** As in `RateConverter`. The adjustment stays. */
  flush(): Float32Array {
    const frames = this.#bank.pastFrames;
    const rest = this.convert(new Float32Array(frames * this.#inputs.count), 0, frames);
    this.reset();
    return rest;
  }

  /** Makes the next output stand where the next input stands. The first outputs then wait until the window is filled. */
  skipDelay(): void {
    this.#position[0] = BigInt(this.#bank.delayFrames);
  }

  /** Forgets the stream, and the way to the adjustment: the next one begins with it. */
  reset(): void {
    for (const past of this.#pasts) past.fill(0);
    this.#position = this.#bank.start();
    this.#bank.adjust(this.#position, this.#adjustmentPpm);
    this.#position[2] = this.#position[3] as bigint;
    this.#framesIn = 0;
  }
}
