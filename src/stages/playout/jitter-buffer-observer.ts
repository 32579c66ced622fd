/**
 * What a jitter buffer tells while it plays.
 *
 * @module
 */
import type { PlayoutItem } from './item-ledger.ts';
import type { PlayoutState } from './jitter-buffer-states.ts';

/** Samples of one item that went to the sink, without anything that was made up. */
export interface PlayedRun {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** As handed out, after a fade. Valid during the call, as is the run itself. */
  readonly samples: Float32Array;
  /** When the first of them leaves the device. */
  readonly timeMs: number;
}

/** A gap within an item, once it is over. */
export interface Underrun {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** When the first missing sample should have left the device. */
  readonly timeMs: number;
  readonly gapMs: number;
}

/** Sees what a jitter buffer does. It is called from within the buffer's methods and must not call them. */
export interface JitterBufferObserver {
  onPlayed?(run: PlayedRun): void;
  /** `atMs` is when it was decided, on the clock; a device's own latency comes on top of it. */
  onState?(from: PlayoutState, to: PlayoutState, atMs: number): void;
  onUnderrun?(underrun: Underrun): void;
}

type MutableRun = { -readonly [Key in keyof PlayedRun]: PlayedRun[Key] };

/** Tells an observer about runs by way of one object, so that a pull allocates nothing. */
export class RunReporter {
  readonly #observe: JitterBufferObserver;
  readonly #run: MutableRun = {
    responseId: '',
    itemId: '',
    contentIndex: 0,
    samples: new Float32Array(0),
    timeMs: 0,
  };

  constructor(observe: JitterBufferObserver) {
    this.#observe = observe;
  }

  report(item: PlayoutItem, out: Float32Array, at: number, count: number, timeMs: number): void {
    if (!this.#observe.onPlayed || count === 0) return;
    const run = this.#run;
    run.responseId = item.responseId;
    run.itemId = item.itemId;
    run.contentIndex = item.contentIndex;
    run.samples = count === out.length ? out : out.subarray(at, at + count);
    run.timeMs = timeMs;
    this.#observe.onPlayed(run);
  }
}
