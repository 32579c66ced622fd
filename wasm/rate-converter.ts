/**
 * One stream on its way from one sample rate to another.
 *
 * @module
 */
import { rationalBank } from './banks.ts';
import { Converter } from './converter.ts';
import type { ResamplerTier } from './filter-design.ts';
import type { RationalBank } from './loader/rational-bank.ts';

/** Converts by a fixed ratio, with a filter that has a phase for each place between two inputs. */
export class RateConverter extends Converter {
  readonly #bank: RationalBank;
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
    super(bank, fromHz, channels, bank.framesFor(bank.maxFrames, 0));
    this.#bank = bank;
  }

  override skipDelay(): void {
    this.#at = this.#bank.delayFrames * this.#bank.up;
  }

  protected override filter(past: Float32Array, frames: number): Float32Array {
    return this.#bank.filter(past, frames, this.#at);
  }

  protected override advance(frames: number, ready: number): void {
    this.#at += ready * this.#bank.down - frames * this.#bank.up;
  }

  protected override restart(): void {
    this.#at = 0;
  }
}
