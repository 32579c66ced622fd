/**
 * When sound begins and ends in a stream of samples.
 *
 * @module
 */

/** −50 dBFS as a power: what is quieter nobody notices. */
const audiblePower = 1e-5;

/** The power over which loudness is judged. */
const windowMs = 10;

/** Beyond full scale, no sample tells more than that it is loud. An infinite one would stay in the sum for ever. */
const maxSquare = 4;

/**
 * Finds the audible parts of a stream: those where the RMS of 10 ms is above −50 dBFS. The window slides from sample to
 * sample, and a part begins with the first and ends just after the last sample in it whose own amplitude is above the
 * threshold, so that neither the size of the blocks nor their phase matters. Of one channel; `push` does not allocate.
 *
 * @example
 * ```ts
 * import { AudibilityMeter } from 'voiceloop';
 *
 * const meter = new AudibilityMeter(24_000);
 * meter.push(new Float32Array(480), 100);
 * meter.push(new Float32Array(480).fill(0.1), 120);
 * console.log(meter.firstAudibleMs, meter.lastAudibleMs, meter.leadingSilenceMs); // 120 140 20
 * ```
 */
export class AudibilityMeter {
  readonly #rateHz: number;
  readonly #windowPower: number;
  /** The squares of the last 10 ms, and when each of these samples is heard; a ring. */
  readonly #squares: Float64Array;
  readonly #timesMs: Float64Array;
  #at = 0;
  #sum = 0;
  #pushed = 0;
  #leadingSamples: number | undefined;
  #firstMs: number | undefined;
  #isAudible = false;
  #partStartMs = 0;
  #partEndMs = Number.NEGATIVE_INFINITY;
  #earlierPartsMs = 0;

  /** @param rateHz of the samples that will be pushed. */
  constructor(rateHz: number) {
    const windowSamples = Math.round((rateHz * windowMs) / 1000);
    if (!(windowSamples >= 1)) throw new RangeError(`cannot judge audio at ${rateHz} Hz`);
    this.#rateHz = rateHz;
    this.#windowPower = audiblePower * windowSamples;
    this.#squares = new Float64Array(windowSamples);
    this.#timesMs = new Float64Array(windowSamples);
  }

  /** When the first audible sample is heard; undefined while there was none. */
  get firstAudibleMs(): number | undefined {
    return this.#firstMs;
  }

  /** The moment just after the last audible sample; undefined while there was none. */
  get lastAudibleMs(): number | undefined {
    return this.#firstMs === undefined ? undefined : this.#partEndMs;
  }

  /** How long it was audible, without the silence between the audible parts. */
  get audibleMs(): number {
    return this.#earlierPartsMs + (this.#isAudible ? this.#partEndMs - this.#partStartMs : 0);
  }

  /** How much was pushed before the first audible sample; undefined while there was none. */
  get leadingSilenceMs(): number | undefined {
    return this.#leadingSamples === undefined ? undefined : (this.#leadingSamples * 1000) / this.#rateHz;
  }

  /**
   * Takes the next samples of one channel.
   *
   * @param timeMs when the first of them is captured or heard
   */
  push(samples: Float32Array, timeMs: number): void {
    const squares = this.#squares;
    const timesMs = this.#timesMs;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i] as number;
      // The comparison fails for NaN, which thereby counts as silence.
      const square = sample * sample >= 0 ? Math.min(sample * sample, maxSquare) : 0;
      const sampleMs = timeMs + (i * 1000) / this.#rateHz;
      this.#sum += square - (squares[this.#at] as number);
      squares[this.#at] = square;
      timesMs[this.#at] = sampleMs;
      this.#at = this.#at + 1 === squares.length ? 0 : this.#at + 1;
      this.#pushed++;
      const wasAudible = this.#isAudible;
      this.#isAudible = this.#sum > this.#windowPower;
      if (this.#isAudible) {
        if (!wasAudible) this.#beginPart();
        if (square > audiblePower) this.#partEndMs = sampleMs + 1000 / this.#rateHz;
      } else if (wasAudible) {
        this.#earlierPartsMs += this.#partEndMs - this.#partStartMs;
      }
    }
  }

  /** The window has just become audible: looks back for the first sample that made it so, and for the last. */
  #beginPart(): void {
    const length = this.#squares.length;
    let start: number | undefined;
    for (let age = Math.min(length, this.#pushed); age > 0; age--) {
      const slot = (this.#at - age + length) % length;
      const sampleMs = this.#timesMs[slot] as number;
      // Samples of the part before, which the window still holds, are counted there.
      if ((this.#squares[slot] as number) <= audiblePower || sampleMs < this.#partEndMs) continue;
      if (start === undefined) {
        start = sampleMs;
        this.#leadingSamples ??= this.#pushed - age;
      }
      this.#partEndMs = sampleMs + 1000 / this.#rateHz;
    }
    this.#partStartMs = start ?? this.#partEndMs;
    this.#firstMs ??= start;
  }
}
