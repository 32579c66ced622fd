/**
 * The last few milliseconds of an answer that is interrupted.
 *
 * @module
 */
import { raisedCosineFade } from './fades.ts';
import type { ItemLedger, PlayoutItem } from './item-ledger.ts';
import type { PlayoutVoice } from './playout-voice.ts';

const FADE_MS = 10;

/**
 * What still goes out after a flush, faded with a raised cosine of 10 ms. It is put aside when the flush happens, so that
 * the queue is free for the next answer.
 */
export class FlushFade {
  readonly #ledger: ItemLedger;
  readonly #voice: PlayoutVoice;
  readonly #curve: Float32Array;
  readonly #samples: Float32Array;
  #item: PlayoutItem | undefined;
  #ownedLength = 0;
  #length = 0;
  #at = 0;

  constructor(rateHz: number, ledger: ItemLedger, voice: PlayoutVoice) {
    this.#ledger = ledger;
    this.#voice = voice;
    this.#curve = raisedCosineFade(Math.round((rateHz * FADE_MS) / 1000));
    this.#samples = new Float32Array(this.#curve.length);
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

  /** Takes the next samples of the item that sounds, or of its concealment where it is starved, and fades them. */
  begin(sounding: PlayoutItem, isStarved: boolean): void {
    const samples = this.#samples;
    let owned = 0;
    if (!isStarved && this.#ledger.next === sounding) {
      owned = Math.min(samples.length, this.#ledger.runLength);
      this.#voice.hand(samples, 0, owned);
      this.#ledger.hand(owned);
    }
    let made = 0;
    if (owned < samples.length && (isStarved || this.#ledger.expectsMore(sounding))) {
      // In the middle of an item the samples may end anywhere: its sound is carried on, or their end would click.
      if (!isStarved) this.#voice.breakOff();
      made = Math.min(samples.length - owned, this.#voice.tail);
      this.#voice.conceal(samples, owned, made);
    }
    this.#item = sounding;
    this.#ownedLength = owned;
    this.#length = owned + made;
    this.#at = 0;
    for (let i = 0; i < this.#length; i++) (samples[i] as number) *= this.#curve[i] as number;
  }

  /** Puts the next `count` samples, at most {@link remaining}, into `out`. */
  take(out: Float32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) out[at + i] = this.#samples[this.#at + i] as number;
    this.#at += count;
  }
}
