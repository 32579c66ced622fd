/**
 * From probabilities of speech to where voice begins and ends.
 *
 * @module
 */

/** Voice began or ended. */
export interface VoiceEvent {
  readonly kind: 'start' | 'end';
  /** When it did, which is before it could be known; on the clock of the blocks. */
  readonly timeMs: number;
}

/** When {@link VoiceHysteresis} believes in voice. */
export interface VoiceHysteresisOptions {
  /** A probability above this begins voice, 0 to 1. Default 0.5. */
  readonly onThreshold?: number;
  /** A probability from this on keeps voice up, 0 to `onThreshold`. Default 0.3. */
  readonly offThreshold?: number;
  /** So long must the probability stay above `onThreshold`, in ms, rounded to steps of 10. Default 30. */
  readonly leastVoiceMs?: number;
  /** So long must the probability stay below `offThreshold`, in ms, rounded to steps of 10. Default 200. */
  readonly hangoverMs?: number;
}

/** A probability stands for this long. */
const stepMs = 10;

/**
 * Decides on voice from a probability for each 10 ms. Two thresholds and two least durations keep it from fluttering, and
 * none of them moves the edges it reports: voice starts where the run began that was long enough, and ends where the quiet
 * began that lasted.
 *
 * The defaults: at 0.5, RNNoise takes 3 to 5 % of the steps without speech for speech and misses 14 to 18 % of those with
 * speech (white, pink, fan, babble and keyboard noise, 0 to 10 dB below it). Three steps in a row leave out most of the
 * former; the lower threshold and 200 ms bridge the latter, closures of plosives among them, but no pause between sentences.
 *
 * @example
 * ```ts
 * import { VoiceHysteresis } from 'voiceloop';
 *
 * const hysteresis = new VoiceHysteresis();
 * for (let timeMs = 0; timeMs < 1000; timeMs += 10) {
 *   const event = hysteresis.push(timeMs >= 300 && timeMs < 600 ? 0.9 : 0.1, timeMs);
 *   if (event) console.log(event.kind, event.timeMs, 'known at', timeMs + 10);
 * }
 * // start 300 known at 330
 * // end 600 known at 800
 * ```
 */
export class VoiceHysteresis {
  readonly #onThreshold: number;
  readonly #offThreshold: number;
  readonly #leastVoiceSteps: number;
  readonly #hangoverSteps: number;
  #isVoice = false;
  /** Steps in a row that speak for a change, and where they began. */
  #run = 0;
  #runStartMs = 0;
  #heardToMs = 0;

  /** @throws {RangeError} where a threshold is not between 0 and 1, or below the other, or a duration is negative */
  constructor(options: VoiceHysteresisOptions = {}) {
    const {
      onThreshold = 0.5,
      offThreshold = Math.min(0.3, onThreshold),
      leastVoiceMs = 30,
      hangoverMs = 200,
    } = options;
    if (!(offThreshold >= 0 && offThreshold <= onThreshold && onThreshold <= 1)) {
      const received = `received on ${onThreshold}, off ${offThreshold}`;
      throw new RangeError(
        `the thresholds must be from 0 to 1, and the one for off not above the other, ${received}`,
      );
    }
    this.#onThreshold = onThreshold;
    this.#offThreshold = offThreshold;
    this.#leastVoiceSteps = stepsIn('leastVoiceMs', leastVoiceMs);
    this.#hangoverSteps = stepsIn('hangoverMs', hangoverMs);
  }

  /** There is voice, as far as it is known by now. */
  get isVoice(): boolean {
    return this.#isVoice;
  }

  /**
   * Takes the next step.
   *
   * @param timeMs when the step began
   * @returns what is known now and was not before
   */
  push(probability: number, timeMs: number): VoiceEvent | undefined {
    this.#heardToMs = timeMs + stepMs;
    // A probability that is no number is no voice.
    const isForChange = this.#isVoice
      ? !(probability >= this.#offThreshold)
      : probability > this.#onThreshold;
    if (!isForChange) {
      this.#run = 0;
      return undefined;
    }
    if (this.#run === 0) this.#runStartMs = timeMs;
    this.#run++;
    if (this.#run < (this.#isVoice ? this.#hangoverSteps : this.#leastVoiceSteps)) return undefined;
    this.#isVoice = !this.#isVoice;
    this.#run = 0;
    return { kind: this.#isVoice ? 'start' : 'end', timeMs: this.#runStartMs };
  }

  /**
   * No more steps come, or a gap does: forgets everything.
   *
   * @returns the end of voice, where there was voice
   */
  finish(): VoiceEvent | undefined {
    const end = { kind: 'end', timeMs: this.#run > 0 ? this.#runStartMs : this.#heardToMs } as const;
    const wasVoice = this.#isVoice;
    this.#isVoice = false;
    this.#run = 0;
    return wasVoice ? end : undefined;
  }
}

function stepsIn(name: string, durationMs: number): number {
  if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${name} must be a number of at least 0, received ${durationMs}`);
  }
  return Math.max(1, Math.round(durationMs / stepMs));
}
