/**
 * What stands between a source that is pulled at one sample rate and a sink that pulls at another.
 *
 * @module
 */
import { openConverter } from '../../wasm/open-converter.ts';
import type { ResamplerTier } from './resampler.ts';
import type { PullSource } from './wav-sink.ts';

/** From where, and from which rate to which. */
export interface PullResamplerOptions {
  readonly source: PullSource;
  /** Rate of what is pulled from the source, an integer in Hz. */
  readonly fromHz: number;
  /** Rate of what is given out, an integer in Hz; may be the same. */
  readonly toHz: number;
  /** How good, and how dear. Default `std`. */
  readonly tier?: ResamplerTier;
}

/** How much is pulled from the source at a time. */
const BLOCK_MS = 10;

/**
 * Gives a source's samples out at another rate, as they are asked for. It pulls the source in whole blocks of 10 ms and tells
 * it when the first sample of each will leave the device, the filter's delay included; what was not asked for yet it holds.
 *
 * The filter is the one of the `resampler` stage, and the samples are those that it gives, to the bit, in pieces of any
 * length. Equal rates are passed through: then each pull is one of the source, and nothing is held.
 *
 * @example
 * ```ts
 * import { PullResampler } from 'voiceloop';
 *
 * const source = { pull: (out: Float32Array) => void out.fill(0.5) };
 * const resampler = new PullResampler({ source, fromHz: 24_000, toHz: 48_000 });
 * resampler.pull(new Float32Array(400), 100);
 * // 80 frames are held; the last 100 of 400 are not heard, and what of 10 ms sounds in none of the others
 * console.log(resampler.heldFrames, resampler.toSourceFrames(100)); // 80 126
 * ```
 */
export class PullResampler implements PullSource {
  /** What the filter adds. */
  readonly delayMs: number;
  readonly #source: PullSource;
  readonly #fromHz: number;
  readonly #toHz: number;
  readonly #converter: ReturnType<typeof openConverter> | undefined;
  readonly #block: Float32Array;
  /** What was converted last, and how much of it was given out. */
  #piece: Float32Array = new Float32Array();
  #at = 0;
  #pulledFrames = 0;
  #givenFrames = 0;

  /** @throws {RangeError} where a rate is no integer from 1 to 768000, or `tier` no tier for these rates */
  constructor({ source, fromHz, toHz, tier = 'std' }: PullResamplerOptions) {
    this.#source = source;
    this.#fromHz = fromHz;
    this.#toHz = toHz;
    this.#converter = fromHz === toHz ? undefined : openConverter(fromHz, toHz, 1, tier);
    this.#block = new Float32Array(Math.round((fromHz * BLOCK_MS) / 1000));
    this.delayMs = this.#converter?.delayMs ?? 0;
  }

  /** How many frames at the outer rate are ready and were not asked for yet. */
  get heldFrames(): number {
    return this.#piece.length - this.#at;
  }

  /** Fills `out`, whose first frame leaves the device at `dueMs`. */
  pull(out: Float32Array, dueMs: number): void {
    if (!this.#converter) {
      this.#source.pull(out, dueMs);
      this.#pulledFrames += out.length;
      this.#givenFrames += out.length;
      return;
    }
    for (let i = 0; i < out.length; i++) {
      if (this.#at === this.#piece.length) this.#convert(dueMs + (i * 1000) / this.#toHz);
      out[i] = this.#piece[this.#at++] as number;
      this.#givenFrames++;
    }
  }

  /**
   * How many of the samples that were pulled from the source will not be heard, when the last `unheardFrames` that were given
   * out are not, and what is held or still lies in the filter is dropped.
   */
  toSourceFrames(unheardFrames: number): number {
    const heard = Math.max(0, this.#givenFrames - unheardFrames);
    const inSource = Math.round((heard * this.#fromHz) / this.#toHz - (this.delayMs * this.#fromHz) / 1000);
    return this.#pulledFrames - Math.min(this.#pulledFrames, Math.max(0, inSource));
  }

  /** Drops what is held, and forgets what went before. */
  reset(): void {
    this.#converter?.reset();
    this.#piece = new Float32Array();
    this.#at = 0;
    this.#pulledFrames = 0;
    this.#givenFrames = 0;
  }

  /** @param dueMs when the next frame that is given out leaves */
  #convert(dueMs: number): void {
    const aheadMs = (this.#pulledFrames * 1000) / this.#fromHz - (this.#givenFrames * 1000) / this.#toHz;
    this.#source.pull(this.#block, dueMs + aheadMs + this.delayMs);
    this.#pulledFrames += this.#block.length;
    this.#piece = this.#converter?.convert(this.#block, 0, this.#block.length) ?? this.#piece;
    this.#at = 0;
  }
}
