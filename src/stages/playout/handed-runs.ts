/**
 * Whose samples went out lately, for when a device did not play them all.
 *
 * @module
 */
import type { PlayoutItem } from './item-ledger.ts';

/** More than any device holds. */
const KEPT_MS = 1000;

/** Runs whose times differ by more than this do not join on to each other. */
const JOIN_MS = 1;

/** Positions count the samples that went out, whosever they were. */
interface HandedRun {
  item: PlayoutItem;
  start: number;
  end: number;
  endMs: number;
}

/**
 * Remembers the items' samples among those that went out in the last second. What was made up is no run: it is what lies
 * between them.
 */
export class HandedRuns {
  readonly #msPerSample: number;
  readonly #kept: number;
  /** Oldest first. */
  readonly #runs: HandedRun[] = [];
  #handed = 0;

  constructor(rateHz: number) {
    this.#msPerSample = 1000 / rateHz;
    this.#kept = Math.round((rateHz * KEPT_MS) / 1000);
  }

  /** In the block that goes out now, `count` samples from `at` on are the item's; the first of them sounds at `timeMs`. */
  enter(item: PlayoutItem, at: number, count: number, timeMs: number): void {
    const start = this.#handed + at;
    const end = start + count;
    const endMs = timeMs + count * this.#msPerSample;
    const last = this.#runs.at(-1);
    if (last && last.item === item && last.end === start && Math.abs(timeMs - last.endMs) < JOIN_MS) {
      last.end = end;
      last.endMs = endMs;
    } else if (count > 0) {
      this.#runs.push(this.#reused(item, start, end, endMs));
    }
  }

  /** A block of `count` samples has gone out. */
  pass(count: number): void {
    this.#handed += count;
  }

  /**
   * Takes back what items own of the last `unheard` samples, newest first.
   *
   * @returns whose the oldest of them is; undefined where no item has lost any
   */
  takeBack(
    unheard: number,
    onRun: (item: PlayoutItem, count: number, timeMs: number) => void,
  ): PlayoutItem | undefined {
    const from = this.#handed - Math.min(unheard, this.#kept);
    let oldest: PlayoutItem | undefined;
    for (let run = this.#runs.at(-1); run && run.end > from; run = this.#runs.at(-1)) {
      const count = run.end - Math.max(run.start, from);
      run.end -= count;
      run.endMs -= count * this.#msPerSample;
      oldest = run.item;
      onRun(run.item, count, run.endMs);
      if (run.end > run.start) break;
      this.#runs.pop();
    }
    return oldest;
  }

  /** The oldest run's object where that one can no longer be taken back, else a new one. */
  #reused(item: PlayoutItem, start: number, end: number, endMs: number): HandedRun {
    const oldest = this.#runs[0];
    if (!oldest || oldest.end > start - this.#kept) return { item, start, end, endMs };
    this.#runs.shift();
    oldest.item = item;
    oldest.start = start;
    oldest.end = end;
    oldest.endMs = endMs;
    return oldest;
  }
}
