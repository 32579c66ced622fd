/**
 * The sound that a jitter buffer hands out: waiting samples, and what goes on in their place where they are missing.
 *
 * @module
 */
import { Concealment } from './concealment.ts';
import { raisedCosineFade } from './fades.ts';
import { SampleQueue } from './sample-queue.ts';

const FADE_IN_MS = 5;

/** Knows how to sound, not when: the jitter buffer decides that. */
export class PlayoutVoice {
  readonly #queue = new SampleQueue();
  readonly #concealment: Concealment;
  readonly #fadeIn: Float32Array;
  #fadeInAt: number;

  constructor(rateHz: number) {
    this.#concealment = new Concealment(rateHz);
    this.#fadeIn = raisedCosineFade(Math.round((rateHz * FADE_IN_MS) / 1000)).reverse();
    this.#fadeInAt = this.#fadeIn.length;
  }

  /** How many samples wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** How many more samples {@link conceal} has before it is silent. */
  get tail(): number {
    return this.#concealment.remaining;
  }

  /** Puts a copy of the samples behind those that wait. */
  append(samples: Float32Array): void {
    this.#queue.push(samples);
  }

  /** Drops all that wait. */
  drop(): void {
    this.#queue.clear();
  }

  /** The next samples follow silence and are handed out as they are. */
  begin(): void {
    this.#concealment.forget();
    this.#fadeInAt = this.#fadeIn.length;
  }

  /** A gap begins, and {@link conceal} goes on from the last sample. */
  breakOff(): void {
    this.#concealment.start();
  }

  /** The gap is over: the next samples fade in, across what is left of the concealment. */
  resume(): void {
    this.#fadeInAt = 0;
  }

  /** Takes the next `count` of the waiting samples. */
  hand(out: Float32Array, at: number, count: number): void {
    this.#queue.shift(out, at, count);
    const fadeIn = this.#fadeIn;
    for (let i = at; i < at + count && this.#fadeInAt < fadeIn.length; i++) {
      const gain = fadeIn[this.#fadeInAt++] as number;
      out[i] = gain * (out[i] as number) + (1 - gain) * this.#concealment.next();
    }
    this.#concealment.remember(out, at, count);
  }

  /** Makes `count` samples up: the sound that was, dying away, then silence. */
  conceal(out: Float32Array, at: number, count: number): void {
    for (let i = at; i < at + count; i++) out[i] = this.#concealment.next();
  }
}
