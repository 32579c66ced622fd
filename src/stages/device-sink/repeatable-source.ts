/**
 * A source that can go back a little.
 *
 * @module
 */
import type { PullSource } from '../wav-sink.ts';

/** More than any device holds. */
const KEPT_MS = 1000;

/** Remembers the last second of what was pulled, and gives the end of it out again where that was never heard. */
export class RepeatableSource implements PullSource {
  readonly #source: PullSource;
  readonly #rateHz: number;
  readonly #ring: Float32Array;
  #ringAt = 0;
  #kept = 0;
  #pending = 0;

  constructor(source: PullSource, rateHz: number) {
    this.#source = source;
    this.#rateHz = rateHz;
    this.#ring = new Float32Array(Math.ceil((rateHz * KEPT_MS) / 1000));
  }

  /** How many samples it gives out once more before it goes on. */
  get pending(): number {
    return this.#pending;
  }

  pull(out: Float32Array, dueMs: number): void {
    const again = Math.min(this.#pending, out.length);
    const ring = this.#ring;
    for (let i = 0; i < again; i++) {
      out[i] = ring[(this.#ringAt - this.#pending + i + ring.length) % ring.length] as number;
    }
    this.#pending -= again;
    if (again === out.length) return;
    // A part of a block, and with it a view, is needed only where a repetition ends.
    const fresh = again === 0 ? out : out.subarray(again);
    this.#source.pull(fresh, dueMs + (again * 1000) / this.#rateHz);
    for (let i = 0; i < fresh.length; i++) {
      ring[this.#ringAt] = fresh[i] as number;
      this.#ringAt = (this.#ringAt + 1) % ring.length;
    }
    this.#kept = Math.min(ring.length, this.#kept + fresh.length);
  }

  /** The last `samples` that were given out will be given out again. */
  goBack(samples: number): void {
    this.#pending = Math.min(this.#kept, this.#pending + samples);
  }

  /** Repeats nothing any more, and says how many samples it would have. */
  drop(): number {
    const dropped = this.#pending;
    this.#pending = 0;
    return dropped;
  }
}
