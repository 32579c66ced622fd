/**
 * A track of a recording that is written by the times of what sounds.
 *
 * @module
 */
import type { Track } from './stereo-recording.ts';

/** How {@link TimedTrack} works. */
export interface TimedTrackOptions {
  readonly track: Track;
  /** Of the recording. */
  readonly rateHz: number;
  /** The time of frame 0. */
  readonly startMs: number;
}

/** So far from its place a sound is moved there at once. */
const jumpMs = 60;
/** So far from its place it is moved in the next pause: stamps of a device that has just begun are off by a block. */
const slackMs = 15;
/** −60 dBFS: where nothing is louder, a few milliseconds more or less are not heard. */
const quiet = 0.001;

/**
 * Puts blocks behind one another, so that stamps that jitter leave no gaps in what sounded without any, and keeps to
 * their times all the same: a device whose clock drifts is put right in a pause, a jump at once.
 *
 * @example
 * ```ts
 * import { TimedTrack } from 'voiceloop';
 *
 * const at: number[] = [];
 * const track = { write: (frame: number) => void at.push(frame) };
 * const timed = new TimedTrack({ track, rateHz: 24_000, startMs: 1000 });
 * const loud = new Float32Array(480).fill(0.5);
 * for (const timeMs of [1000, 1020.7, 1039.6, 1500]) timed.write(loud, timeMs);
 * console.log(at); // [ 0, 480, 960, 12000 ]
 * ```
 */
export class TimedTrack {
  readonly #track: Track;
  readonly #framesPerMs: number;
  readonly #startMs: number;
  #next = 0;

  constructor({ track, rateHz, startMs }: TimedTrackOptions) {
    this.#track = track;
    this.#framesPerMs = rateHz / 1000;
    this.#startMs = startMs;
  }

  /** The time at which what was written ends. */
  get endMs(): number {
    return this.#startMs + this.#next / this.#framesPerMs;
  }

  /** Writes samples, of which the first sounds at `timeMs`. */
  write(samples: Float32Array, timeMs: number): void {
    const place = this.#frameAt(timeMs);
    const offMs = Math.abs(place - this.#next) / this.#framesPerMs;
    if (offMs > jumpMs || (offMs > slackMs && isQuiet(samples))) this.#next = place;
    this.#track.write(this.#next, samples);
    this.#next += samples.length;
  }

  /** What was written for `fromMs` and later does not sound. */
  erase(fromMs: number): void {
    const from = this.#frameAt(fromMs);
    if (from >= this.#next) return;
    this.#track.write(from, new Float32Array(this.#next - from));
    this.#next = from;
  }

  #frameAt(timeMs: number): number {
    return Math.round((timeMs - this.#startMs) * this.#framesPerMs);
  }
}

function isQuiet(samples: Float32Array): boolean {
  for (const sample of samples) if (Math.abs(sample) > quiet) return false;
  return true;
}
