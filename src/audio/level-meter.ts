/**
 * How loud it is: a peak and an RMS level to show while audio runs.
 *
 * @module
 */
import { amplitudeToDecibels, powerToDecibels } from './decibels.ts';

/** What a meter shows. */
export interface LevelReading {
  /** The highest peak in dBFS: held for half a second, then falling by 20 dB a second. −Infinity for silence. */
  readonly peakDb: number;
  /** The RMS level of the last 300 ms in dBFS: 0 is a full-scale square wave. −Infinity for silence. */
  readonly rmsDb: number;
}

/** What a meter shows that has heard nothing. */
export const silentLevel: LevelReading = {
  peakDb: Number.NEGATIVE_INFINITY,
  rmsDb: Number.NEGATIVE_INFINITY,
};

const stepsPerSecond = 100;
/** The RMS is taken over 300 ms, as a VU meter does (IEC 60268-17). */
const windowSteps = 30;
/** A peak stands still long enough to be read, … */
const holdSteps = 50;
/** … then falls by 0.2 dB in a step. */
const decayPerStep = 0.97724;

/**
 * Measures peak and RMS of a stream. A peak shows at once; the RMS, of all channels together, goes on in steps of 10 ms. A
 * reading depends on the samples pushed so far, not on how they were cut into blocks; it costs a few logarithms, and `push`
 * allocates nothing. NaN and infinities count as silence.
 *
 * @example
 * ```ts
 * import { LevelMeter } from 'voiceloop';
 *
 * const meter = new LevelMeter(24_000);
 * meter.push(new Float32Array(12_000).fill(0.1));
 * console.log(meter.peakDb, meter.rmsDb); // -20 -20
 * ```
 */
export class LevelMeter implements LevelReading {
  readonly #stepSamples: number;
  /** The sum of squares of each of the last 30 steps; a ring. */
  readonly #sums = new Float64Array(windowSteps);
  #slot = 0;
  /** Samples in the step that is not complete. */
  #filled = 0;
  #sum = 0;
  #stepPeak = 0;
  #heldPeak = 0;
  #stepsSincePeak = 0;

  /**
   * @param rateHz of the samples that will be pushed, at least 100
   * @param channels that are interleaved in them
   * @throws {RangeError} for a rate or a number of channels that cannot be
   */
  constructor(rateHz: number, channels = 1) {
    this.#stepSamples = Math.round(rateHz / stepsPerSecond) * channels;
    if (!(this.#stepSamples >= 1 && Number.isFinite(rateHz) && Number.isInteger(channels)))
      throw new RangeError(`cannot measure ${channels} channel(s) at ${rateHz} Hz`);
  }

  get peakDb(): number {
    return amplitudeToDecibels(Math.max(this.#heldPeak, this.#stepPeak));
  }

  get rmsDb(): number {
    // Added up anew, since a running sum would never forget a loud sample's rounding.
    let sum = 0;
    for (let i = 0; i < windowSteps; i++) sum += this.#sums[i] as number;
    return powerToDecibels(sum / (this.#stepSamples * windowSteps));
  }

  /** Takes the next samples, interleaved where there is more than one channel. */
  push(samples: Float32Array): void {
    let at = 0;
    while (at < samples.length) {
      const end = Math.min(samples.length, at + this.#stepSamples - this.#filled);
      this.#filled += end - at;
      let sum = this.#sum;
      let highest = this.#stepPeak * this.#stepPeak;
      for (; at < end; at++) {
        const sample = samples[at] as number;
        const square = sample * sample;
        // The comparison fails for NaN, too.
        if (!(square < Number.POSITIVE_INFINITY)) continue;
        sum += square;
        if (square > highest) highest = square;
      }
      this.#sum = sum;
      this.#stepPeak = Math.sqrt(highest);
      if (this.#filled === this.#stepSamples) this.#endStep();
    }
  }

  /** Forgets what it heard. */
  reset(): void {
    this.#sums.fill(0);
    this.#slot = 0;
    this.#filled = 0;
    this.#sum = 0;
    this.#stepPeak = 0;
    this.#heldPeak = 0;
    this.#stepsSincePeak = 0;
  }

  #endStep(): void {
    this.#sums[this.#slot] = this.#sum;
    this.#slot = (this.#slot + 1) % windowSteps;
    this.#stepsSincePeak++;
    if (this.#stepsSincePeak > holdSteps) this.#heldPeak *= decayPerStep;
    if (this.#stepPeak >= this.#heldPeak) {
      this.#heldPeak = this.#stepPeak;
      this.#stepsSincePeak = 0;
    }
    this.#filled = 0;
    this.#sum = 0;
    this.#stepPeak = 0;
  }
}
