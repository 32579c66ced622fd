/**
 * What goes out, told as it goes, and taken back where a device did not play it.
 *
 * @module
 */
import { HandedRuns } from './handed-runs.ts';
import type { ItemLedger, PlayoutItem } from './item-ledger.ts';
import type { JitterBufferObserver, PlayedRun } from './jitter-buffer-observer.ts';
import type { PlayoutCounters } from './playout-statistics.ts';

type MutableRun = { -readonly [Key in keyof PlayedRun]: PlayedRun[Key] };

/** Tells an observer about runs by way of one object, so that a pull allocates nothing, and remembers the latest of them. */
export class RunReporter {
  readonly #observe: JitterBufferObserver;
  readonly #ledger: ItemLedger;
  readonly #counters: PlayoutCounters;
  readonly #handed: HandedRuns;
  readonly #run: MutableRun = {
    responseId: '',
    itemId: '',
    contentIndex: 0,
    samples: new Float32Array(0),
    timeMs: 0,
  };

  constructor(rateHz: number, observe: JitterBufferObserver, ledger: ItemLedger, counters: PlayoutCounters) {
    this.#handed = new HandedRuns(rateHz);
    this.#observe = observe;
    this.#ledger = ledger;
    this.#counters = counters;
  }

  /** Samples of an item go out in the block that is being filled. */
  report(item: PlayoutItem, out: Float32Array, at: number, count: number, timeMs: number): void {
    this.#handed.enter(item, at, count, timeMs);
    if (!this.#observe.onPlayed || count === 0) return;
    const run = this.#run;
    run.responseId = item.responseId;
    run.itemId = item.itemId;
    run.contentIndex = item.contentIndex;
    run.samples = count === out.length ? out : out.subarray(at, at + count);
    run.timeMs = timeMs;
    this.#observe.onPlayed(run);
  }

  /** A block of `count` samples is full. */
  pass(count: number): void {
    this.#handed.pass(count);
  }

  /** Corrects the books: the last `unheard` samples were not heard. Says whose the oldest of them is. */
  takeBack(unheard: number): PlayoutItem | undefined {
    return this.#handed.takeBack(unheard, (item, count, timeMs) => {
      const { responseId, itemId, contentIndex } = item;
      this.#ledger.takeBack(item, count);
      this.#counters.recalled += count;
      this.#counters.discarded += count;
      this.#observe.onRecalled?.({ responseId, itemId, contentIndex, count, timeMs });
    });
  }
}
