/**
 * What a jitter buffer tells while it plays.
 *
 * @module
 */
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

/** The end of what was reported as played of an item: the device did not play it. */
export interface RecalledRun {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** How many samples: the last ones that were reported of the item, without those that were recalled already. */
  readonly count: number;
  /** When the first of them would have left the device. */
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
  /** A device was emptied: what was reported as played and was not heard, run by run, the newest first. */
  onRecalled?(run: RecalledRun): void;
  /** `atMs` is when it was decided, on the clock; a device's own latency comes on top of it. */
  onState?(from: PlayoutState, to: PlayoutState, atMs: number): void;
  onUnderrun?(underrun: Underrun): void;
}
