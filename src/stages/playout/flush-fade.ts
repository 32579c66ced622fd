/**
 * The last few milliseconds of an answer that is interrupted.
 *
 * @module
 */
import { raisedCosineFade } from './fades.ts';
import type { PlayoutItem } from './item-ledger.ts';

const FADE_MS = 10;

/**
 * What still goes out after a flush, faded with a raised cosine of 10 ms. It is put aside when the flush happens, so that
 * the queue is free for the next answer.
 */
export class FlushFade {
  /** Where the sound to be faded is put before {@link begin}. */
  readonly samples: Float32Array;
  readonly #curve: Float32Array;
  #item: PlayoutItem | undefined;
  #ownedLength = 0;
  #length = 0;
  #at = 0;

  constructor(rateHz: number) {
    this.#curve = raisedCosineFade(Math.round((rateHz * FADE_MS) / 1000));
    this.samples = new Float32Array(this.#curve.length);
  }

  /** Whose samples they are. */
  get item(): PlayoutItem | undefined {
    return this.#item;
  }

  /** How many samples are still to go out. */
  get remaining(): number {
    return this.#length - this.#at;
  }

  /** How many of them come from the item; concealment may follow. */
  get ownedRemaining(): number {
    return Math.max(0, this.#ownedLength - this.#at);
  }

  /** Fades the first `length` of {@link samples}, of which the first `ownedLength` come from `item`. */
  begin(item: PlayoutItem | undefined, ownedLength: number, length: number): void {
    for (let i = 0; i < length; i++) (this.samples[i] as number) *= this.#curve[i] as number;
    this.#item = item;
    this.#ownedLength = ownedLength;
    this.#length = length;
    this.#at = 0;
  }

  /** Puts the next `count` samples, at most {@link remaining}, into `out`. */
  take(out: Float32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) out[at + i] = this.samples[this.#at + i] as number;
    this.#at += count;
  }
}
