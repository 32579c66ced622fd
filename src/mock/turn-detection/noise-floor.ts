/**
 * How loud it is, in each band, when nobody speaks.
 *
 * @module
 */
import { bandCount } from './short-spectrum.ts';

/** −100 dBFS a band: what digital silence counts as. */
const silentPower = 1e-10;
/** The floor is the mean of so many windows: longer would not follow a fan, shorter would leave too much to chance. */
const meanWindows = 40;
/** What has gone quiet by 10 dB is a new surrounding. */
const quieter = 0.3;
const quietWindows = 5;
/** Power in a band, against the floor, that noise passes in one window of twenty. */
const prominent = 3;
/** The bands up to 560 Hz, in which the last of a voice dies away. */
const lowBands = 16;
/** Noise of this level hides nothing that counts as speech: −60 dBFS. */
const hidesNothing = 0.001;
/** And in this, −46 dBFS, the quiet beginnings and ends of words are lost. */
const hidesQuiet = 0.005;

/** For {@link NoiseFloor.watch}: half of the three seconds in which speech surely pauses in every band. */
const watchedWindows = 150;
/** A lowest smoothed power lies below the mean of noise by so much (measured with white noise). */
const minimumBias = 2.5;
const smoothing = 0.15;
/** Until the smoothed power has forgotten what it began with. */
const settlingWindows = 30;

/**
 * The mean spectrum of the noise. It is learnt while nobody speaks; while somebody does, minimum statistics after R. Martin
 * ("Noise power spectral density estimation based on optimal smoothing and minimum statistics", IEEE Transactions on Speech and
 * Audio Processing, 2001) find out that it has become louder.
 */
export class NoiseFloor {
  readonly #power = new Float64Array(bandCount).fill(silentPower);
  readonly #smoothed = new Float64Array(bandCount);
  readonly #minimum = new Float64Array(bandCount);
  readonly #earlierMinimum = new Float64Array(bandCount);
  #watched = 0;
  #level = 0;
  #known = 0;

  /** The level (RMS above 100 Hz) of the noise; 0 while nothing is known. */
  get level(): number {
    return this.#level;
  }

  /** From 0 to 1: how much of what is quiet in speech this noise hides. */
  get hiding(): number {
    const share = (this.#level - hidesNothing) / (hidesQuiet - hidesNothing);
    return Math.max(0, Math.min(1, share));
  }

  /**
   * How far `bands` stand out of the noise: the sum over all bands of what exceeds three times the floor. Noise alone reaches
   * 30, and 20 in the bands up to 560 Hz.
   *
   * @param lowWeight takes that of the low bands so many times, if it is more then; 1: takes them like all others
   */
  prominence(bands: Float64Array, lowWeight = 1): number {
    let sum = 0;
    let low = 0;
    for (let band = 0; band < bandCount; band++) {
      if (band === lowBands) low = sum;
      const ratio = (bands[band] as number) / (this.#power[band] as number);
      if (ratio > prominent) sum += ratio - prominent;
    }
    return Math.max(sum, lowWeight * low);
  }

  /** Takes in a window in which nobody speaks. */
  learn(bands: Float64Array, level: number): void {
    this.#known += 1;
    const windows =
      level < quieter * this.#level
        ? Math.min(this.#known, quietWindows)
        : Math.min(this.#known, meanWindows);
    // Noise has no lines: its neighbours tell about a band, too.
    let below = bands[0] as number;
    for (let band = 0; band < bandCount; band++) {
      const here = bands[band] as number;
      const above = bands[band + 1] ?? here;
      const floor = this.#power[band] as number;
      const heard = (below + 2 * here + above) / 4;
      this.#power[band] = Math.max(silentPower, floor + (heard - floor) / windows);
      below = here;
    }
    this.#level += (level - this.#level) / windows;
  }

  /**
   * Forgets what was: some windows have turned out to be the noise of a new surrounding.
   *
   * @param sums the sums of their bands
   * @param levelSum the sum of their levels
   */
  settleAt(sums: Float64Array, levelSum: number, windows: number): void {
    for (let band = 0; band < bandCount; band++) {
      let sum = 0;
      let count = 0;
      for (let near = Math.max(0, band - 2); near <= Math.min(bandCount - 1, band + 2); near++) {
        sum += sums[near] as number;
        count += 1;
      }
      this.#power[band] = Math.max(silentPower, sum / (count * windows));
    }
    this.#level = levelSum / windows;
    this.#known = windows;
  }

  /** Begins to watch how quiet it becomes while somebody speaks. */
  beginWatch(): void {
    this.#watched = 0;
    this.#smoothed.fill(1);
    this.#minimum.fill(1);
    this.#earlierMinimum.fill(1);
  }

  /** Takes in a window in which somebody may be speaking. */
  watch(bands: Float64Array): void {
    this.#watched += 1;
    const isSettled = this.#watched > settlingWindows;
    for (let band = 0; band < bandCount; band++) {
      const before = this.#smoothed[band] as number;
      const smoothed = before + smoothing * ((bands[band] as number) - before);
      this.#smoothed[band] = smoothed;
      if (isSettled && smoothed < (this.#minimum[band] as number)) this.#minimum[band] = smoothed;
    }
    if (this.#watched % watchedWindows === 0) this.#rise();
  }

  #rise(): void {
    for (let band = 0; band < bandCount; band++) {
      const lowest = Math.min(this.#minimum[band] as number, this.#earlierMinimum[band] as number);
      if (this.#watched > watchedWindows) {
        this.#power[band] = Math.max(this.#power[band] as number, minimumBias * lowest);
      }
      this.#earlierMinimum[band] = this.#minimum[band] as number;
      this.#minimum[band] = 1;
    }
  }
}
