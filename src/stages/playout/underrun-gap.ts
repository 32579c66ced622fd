/**
 * A gap in the middle of an item, while it lasts.
 *
 * @module
 */
import type { PlayoutItem } from './item-ledger.ts';
import type { JitterBufferObserver } from './jitter-buffer-observer.ts';
import type { PlayoutCounters } from './playout-statistics.ts';

/** Measures a gap, and tells of it once it is over. */
export class UnderrunGap {
  readonly #rateHz: number;
  readonly #counters: PlayoutCounters;
  readonly #observe: JitterBufferObserver;
  #timeMs = 0;
  #samples = 0;

  constructor(rateHz: number, counters: PlayoutCounters, observe: JitterBufferObserver) {
    this.#rateHz = rateHz;
    this.#counters = counters;
    this.#observe = observe;
  }

  /** The first missing sample should have left at `timeMs`. */
  begin(timeMs: number): void {
    this.#timeMs = timeMs;
    this.#samples = 0;
  }

  /** As many samples were made up. */
  grow(samples: number): void {
    this.#samples += samples;
  }

  /** The gap in this item is over. Where its last `unheard` samples were all that there was of it, nobody heard any. */
  close({ responseId, itemId, contentIndex }: PlayoutItem, unheard = 0): void {
    const heard = this.#samples - unheard;
    if (unheard > 0 && heard <= 0) return;
    this.#counters.underrun(heard);
    const gapMs = (heard * 1000) / this.#rateHz;
    this.#observe.onUnderrun?.({ responseId, itemId, contentIndex, timeMs: this.#timeMs, gapMs });
  }
}
