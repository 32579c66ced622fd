/**
 * What gain brings a voice to the level it should have.
 *
 * @module
 */
import { powerToDecibels } from '../../audio/decibels.ts';

/** Where a voice is brought to, and how far it may be moved for that. */
export interface AutomaticGainOptions {
  /**
   * RMS level of the voice while it speaks, in dBFS. Default −20: the peaks of speech are 12 to 18 dB above it, so that
   * they stay below the limiter's ceiling, and 16-bit samples have 78 dB below it.
   */
  readonly targetDb?: number;
  /** The most gain. Default 24: a voice of −44 dBFS comes to the target, and a room's noise not into the foreground. */
  readonly maxDb?: number;
  /** The least gain. Default −20. */
  readonly minDb?: number;
}

/** A quieter sound, −65 dBFS, is not a voice that is meant for the microphone, or a gap in one that is. */
const leastPower = 3.2e-7;
/** What the detector's high-pass takes from a voice, and the ends of words it includes (measured: 0.5 to 1.7 dB). */
const missedDb = 0.9;

/** The level is the mean power of the last six seconds of voice; of less after it has changed. */
const memorySteps = 600;
/** A voice is not judged by its first consonant. */
const firstSteps = 10;
/**
 * Syllables are uneven: in 400 ms of speech the variance of the power is more than half of its mean squared, of noise less than
 * a quarter (both measured). Noise that has just begun, which the detector cannot know yet, is not turned up.
 */
const evenSteps = 40;
const evenVariance = 0.4;
/** The mean of so much voice is within 2 dB of the level. Till then the gain follows it, … */
const settledSteps = 100;
/** … and then it stands still until it is off by this much, when it comes half of the way. */
const toleratedDb = 1.5;

/**
 * A voice has changed when the mean of its last steps is off the level by more than steady voices ever are (measured: +7.8 dB
 * in 100 ms, −5.7 dB in 600 ms, −2.6 and +1.8 dB in 1.2 s).
 */
const suddenly = { steps: 10, louderDb: 10 };
const soon = { steps: 60, quieterDb: 7 };
const surely = { steps: 120, offDb: 3.5 };
/** After something loud, only what is loud counts. */
const loudSteps = 3;

/** In each step the gain moves by a tenth of what it is off, but rises by at most 50 and falls by at most 200 dB a second. */
const share = 0.1;
const fastestRiseDb = 0.5;
const fastestFallDb = 2;

/**
 * Decides a gain in steps of 10 ms from what a voice detector says. Only voice is measured, and the gain moves only while
 * there is one: pauses are not pumped up. A new voice is brought to the target within a second of speech, one that became much
 * quieter within one and a half, one that became much louder within a quarter. Then the gain stands still, unless it is off
 * by more than 1.5 dB.
 *
 * Decides only, and is used by `preGain`, which makes the gain heard.
 */
export class AutomaticGain {
  readonly #targetDb: number;
  readonly #maxDb: number;
  readonly #minDb: number;
  /** The power of the last steps with a voice; a ring. */
  readonly #powers = new Float64Array(surely.steps);
  #at = 0;
  /** Steps in the ring that count. */
  #known = 0;
  /** Steps that the level is the mean of. */
  #averaged = 0;
  #level = 0;
  #gainDb = 0;
  #isMoving = false;

  /** @throws {RangeError} where the gains are not in order */
  constructor({ targetDb = -20, maxDb = 24, minDb = -20 }: AutomaticGainOptions = {}) {
    if (!(minDb <= 0 && maxDb >= 0 && targetDb <= 0))
      throw new RangeError(
        `automatic gain takes minDb ≤ 0 ≤ maxDb and targetDb ≤ 0, received ${minDb}, ${maxDb}, ${targetDb}`,
      );
    this.#targetDb = targetDb;
    this.#maxDb = maxDb;
    this.#minDb = minDb;
  }

  /** The gain decided last; 0 dB before there was a voice. */
  get gainDb(): number {
    return this.#gainDb;
  }

  /** Begins at another gain, and measures the voice anew. */
  beginAt(gainDb: number): void {
    this.#gainDb = this.#clamped(gainDb);
    this.#remeasure(0, 0);
    this.#isMoving = false;
  }

  /**
   * Takes the next step of 10 ms and gives the gain in dB that should be reached at the end of the one after it.
   *
   * @param probability that there was a voice, 0 to 1
   * @param power mean square of the samples, before the gain
   */
  step(probability: number, power: number): number {
    if (probability <= 0.5 || power < leastPower) return this.#gainDb;
    this.#measure(power);
    if (this.#averaged < firstSteps) return this.#gainDb;
    const wantedDb = this.#clamped(this.#targetDb - missedDb - powerToDecibels(this.#level));
    if (wantedDb < this.#gainDb || this.#isUneven()) this.#approach(wantedDb - this.#gainDb);
    return this.#gainDb;
  }

  #measure(power: number): void {
    this.#powers[this.#at] = power;
    this.#at = (this.#at + 1) % this.#powers.length;
    this.#known = Math.min(this.#known + 1, this.#powers.length);
    this.#averaged = Math.min(this.#averaged + 1, memorySteps);
    this.#level += (power - this.#level) / this.#averaged;
    if (this.#averaged < firstSteps) return;
    if (this.#jumpDb(suddenly.steps) > suddenly.louderDb) this.#remeasure(loudSteps, firstSteps);
    else if (this.#offDb(soon.steps) < -soon.quieterDb) this.#remeasure(soon.steps, firstSteps);
    else if (Math.abs(this.#offDb(surely.steps)) > surely.offDb)
      this.#remeasure(surely.steps, surely.steps / 2);
  }

  /** How much louder the last steps were than all before them: while few are known, the level is what they make it. */
  #jumpDb(steps: number): number {
    if (this.#known < steps || this.#averaged < 2 * steps) return 0;
    const recent = this.#recent(steps);
    const before = (this.#level * this.#averaged - recent * steps) / (this.#averaged - steps);
    return before > 0 ? powerToDecibels(recent / before) : 0;
  }

  /** How much louder than the level the last steps were; 0 while there were not so many. */
  #offDb(steps: number): number {
    return this.#known < steps ? 0 : powerToDecibels(this.#recent(steps) / this.#level);
  }

  #recent(steps: number): number {
    let sum = 0;
    for (let age = 1; age <= steps; age++) sum += this.#aged(age);
    return sum / steps;
  }

  /** The power of the last step (1), or of one before it. */
  #aged(age: number): number {
    const length = this.#powers.length;
    return this.#powers[(this.#at - age + length) % length] as number;
  }

  #isUneven(): boolean {
    const steps = Math.min(this.#known, evenSteps);
    if (steps < evenSteps / 2) return false;
    const mean = this.#recent(steps);
    let squares = 0;
    for (let age = 1; age <= steps; age++) {
      const off = this.#aged(age) - mean;
      squares += off * off;
    }
    return squares / steps > evenVariance * mean * mean;
  }

  /** Takes the mean of the last steps for the level, as if it were the mean of `weight` steps. */
  #remeasure(steps: number, weight: number): void {
    this.#level = steps > 0 ? this.#recent(steps) : 0;
    this.#known = steps;
    this.#averaged = weight;
  }

  #approach(offDb: number): void {
    const off = Math.abs(offDb);
    if (this.#averaged < settledSteps || off > toleratedDb) this.#isMoving = true;
    else if (off < toleratedDb / 2) this.#isMoving = false;
    if (!this.#isMoving) return;
    this.#gainDb += Math.max(-fastestFallDb, Math.min(fastestRiseDb, share * offDb));
  }

  #clamped(gainDb: number): number {
    return Math.max(this.#minDb, Math.min(this.#maxDb, gainDb));
  }
}
