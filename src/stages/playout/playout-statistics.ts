/**
 * What a jitter buffer counts.
 *
 * @module
 */

/** The figures of a jitter buffer since it was made. All times in milliseconds with decimals. */
export interface PlayoutStatistics {
  /** How long the latest item waited before it began, from its first delta or from the end of the item before it. */
  readonly primeWaitMs: number;
  /** How much audio should be here before an answer begins. */
  readonly targetMs: number;
  /** How much audio waited at each pull while sound went out, or should have, and more was expected. 0 before the first. */
  readonly levelMs: { readonly min: number; readonly mean: number; readonly max: number };
  /** Gaps within an item. One is counted when the sound comes back, or when it is flushed; the end of an item is none. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly longestGapMs: number;
  /** Underruns of 150 ms and more. */
  readonly interruptions: number;
  /** Sound that was made up where samples were missing. */
  readonly concealedMs: number;
  /** Repeated pauses. */
  readonly insertedMs: number;
  /** Always 0: nothing that was received is ever shortened. */
  readonly removedMs: number;
  /** Deltas of items that had been flushed. */
  readonly lateDeltas: number;
  /** Flushes that had something to silence. */
  readonly flushes: number;
  /** Sound that went out under the fades of flushes. */
  readonly fadeMs: number;
  /** Audio that was received and dropped by flushes, without the fades. */
  readonly discardedMs: number;
  /** The part of it that had gone out to a device, which did not play it. */
  readonly recalledMs: number;
  /** Pulls that came after the whole block they asked for was due. */
  readonly callbackLate: number;
  /** Parts per million by which the device is fast; undefined until 10 s have been seen. */
  readonly driftPpm: number | undefined;
}

const INTERRUPTION_MS = 150;

/** The counters behind {@link PlayoutStatistics}, in samples. */
export class PlayoutCounters {
  readonly #rateHz: number;
  primeWaitMs = 0;
  concealed = 0;
  inserted = 0;
  lateDeltas = 0;
  flushes = 0;
  faded = 0;
  discarded = 0;
  recalled = 0;
  callbackLate = 0;
  #underruns = 0;
  #gaps = 0;
  #longestGap = 0;
  #interruptions = 0;
  #levels = 0;
  #levelSum = 0;
  #levelMin = Number.POSITIVE_INFINITY;
  #levelMax = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  level(samples: number): void {
    this.#levels++;
    this.#levelSum += samples;
    this.#levelMin = Math.min(this.#levelMin, samples);
    this.#levelMax = Math.max(this.#levelMax, samples);
  }

  underrun(gap: number): void {
    this.#underruns++;
    this.#gaps += gap;
    this.#longestGap = Math.max(this.#longestGap, gap);
    if (this.#ms(gap) >= INTERRUPTION_MS) this.#interruptions++;
  }

  snapshot(targetMs: number, driftPpm: number | undefined): PlayoutStatistics {
    const levels = this.#levels;
    return {
      primeWaitMs: this.primeWaitMs,
      targetMs,
      levelMs: {
        min: levels === 0 ? 0 : this.#ms(this.#levelMin),
        mean: levels === 0 ? 0 : this.#ms(this.#levelSum / levels),
        max: this.#ms(this.#levelMax),
      },
      underruns: this.#underruns,
      underrunMs: this.#ms(this.#gaps),
      longestGapMs: this.#ms(this.#longestGap),
      interruptions: this.#interruptions,
      concealedMs: this.#ms(this.concealed),
      insertedMs: this.#ms(this.inserted),
      removedMs: 0,
      lateDeltas: this.lateDeltas,
      flushes: this.flushes,
      fadeMs: this.#ms(this.faded),
      discardedMs: this.#ms(this.discarded),
      recalledMs: this.#ms(this.recalled),
      callbackLate: this.callbackLate,
      driftPpm,
    };
  }

  #ms(samples: number): number {
    return (samples * 1000) / this.#rateHz;
  }
}
