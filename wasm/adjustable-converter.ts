/**
 * One stream on its way from one clock to another.
 *
 * @module
 */
import { interpolatingBank } from './banks.ts';
import { Converter } from './converter.ts';
import type { ResamplerTier } from './filter-design.ts';
import { type InterpolatingBank, maxAdjustmentPpm, type Position } from './loader/interpolating-bank.ts';

/**
 * Converts as `RateConverter` does, but between any two rates, and by a ratio that can be moved while it runs. Positions are
 * exact fractions: without an adjustment, n input frames have given ⌈n · toHz / fromHz⌉ frames at any time, for ever.
 */
export class AdjustableConverter extends Converter {
  readonly #bank: InterpolatingBank;
  readonly #fromHz: number;
  #position: Position;
  /** Where each channel arrives: they all set out from the same position. */
  #moved: Position;
  #framesIn = 0;
  #adjustmentPpm = 0;

  /** @throws {RangeError} as `interpolatingBank`, and where `channels` is no positive integer */
  constructor(fromHz: number, toHz: number, channels: number, tier: ResamplerTier) {
    const bank = interpolatingBank(fromHz, toHz, tier);
    super(bank, fromHz, channels, bank.maxOutputs);
    this.#bank = bank;
    this.#fromHz = fromHz;
    this.#position = bank.start();
    this.#moved = bank.start();
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

  override skipDelay(): void {
    this.#position[0] = BigInt(this.#bank.delayFrames);
  }

  protected override filter(past: Float32Array, frames: number): Float32Array {
    return this.#bank.filter(past, frames, this.#position, this.#moved);
  }

  protected override advance(frames: number): void {
    [this.#position, this.#moved] = [this.#moved, this.#position];
    this.#framesIn += frames;
  }

  /** The adjustment stays, and the next stream begins with it instead of gliding there. */
  protected override restart(): void {
    this.#position = this.#bank.start();
    this.#bank.adjust(this.#position, this.#adjustmentPpm);
    this.#position[2] = this.#position[3] as bigint;
    this.#framesIn = 0;
  }
}
