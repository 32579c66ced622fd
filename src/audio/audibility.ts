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
  #partEndMs = 0;
  /** How many samples had been pushed when the last audible one was. */
  #partEnd = 0;
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
      this.#isAudible = this.#sum > this.#windowPower && (wasAudible || this.#beginPart());
      if (this.#isAudible) {
        if (square > audiblePower) this.#markAudible(sampleMs, this.#pushed);
      } else if (wasAudible) {
        this.#earlierPartsMs += this.#partEndMs - this.#partStartMs;
      }
    }
  }

  /**
   * The window has just become loud enough: looks back for the samples that made it so. There may be none besides those of
   * the part before, which the window still holds.
   */
  #beginPart(): boolean {
    const length = this.#squares.length;
    let found = false;
    for (let age = Math.min(length, this.#pushed - this.#partEnd); age > 0; age--) {
      const slot = (this.#at - age + length) % length;
      if ((this.#squares[slot] as number) <= audiblePower) continue;
      const sampleMs = this.#timesMs[slot] as number;
      if (!found) {
        found = true;
        this.#partStartMs = sampleMs;
        this.#firstMs ??= sampleMs;
        this.#leadingSamples ??= this.#pushed - age;
      }
      this.#markAudible(sampleMs, this.#pushed - age + 1);
    }
    return found;
  }

  #markAudible(sampleMs: number, end: number): void {
    this.#partEndMs = sampleMs + 1000 / this.#rateHz;
    this.#partEnd = end;
  }
}
