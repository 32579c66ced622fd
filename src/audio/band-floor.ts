/**
 * How strong the noise is in each band of a voice, while it may be speaking.
 *
 * @module
 */
import { bandCount } from './band-powers.ts';

/** −70 dBFS a band: a quiet room, supposed until something was heard. */
const supposed = 1e-7;
/** −80 dBFS a band: what is quieter is not told apart. */
const least = 1e-8;
/** −90 dBFS in all: digital silence and its dither say nothing about the noise. */
const digitalSilence = 1e-9;
/** The floor is the mean of so many steps without a voice. */
const meanSteps = 50;
/** What has become quieter than this share of the floor is followed within 70 ms. */
const quieter = 0.35;
const fallPerStep = 0.15;

/** Minimum statistics: the lowest smoothed power of so many windows … */
const windows = 12;
/** … of 250 ms; in three seconds speech surely pauses in every band. */
const windowSteps = 25;
/** So many windows must have been watched before the lowest power of a stream that has just begun tells something. */
const firstWindows = 3;
const smoothing = 0.15;
/** The lowest smoothed power lies below the mean of noise by so much (measured with white and pink noise). */
const minimumBias = 1.6;
/** Until the smoothed power has forgotten what it began with. */
const settlingSteps = 10;

/**
 * The mean power of the noise in each band. It is learnt while nobody speaks, and falls quickly when the noise does. While
 * somebody speaks, or something that sounds so, minimum statistics find out within three seconds that the noise has become
 * louder (R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", IEEE
 * Transactions on Speech and Audio Processing, 2001).
 */
export class BandFloor {
  /** The floor, a mean square for each band. */
  readonly bands = new Float64Array(bandCount).fill(supposed);
  readonly #smoothed = new Float64Array(bandCount);
  readonly #lowest = new Float64Array(bandCount).fill(Number.POSITIVE_INFINITY);
  /** The lowest of each window watched, a ring of windows. */
  readonly #minima = new Float64Array(windows * bandCount).fill(Number.POSITIVE_INFINITY);
  #heard = 0;

  /**
   * Takes the next step of 10 ms.
   *
   * @param bands the mean square in each band
   * @param isNoise whether the step is surely no voice
   */
  update(bands: Float64Array, isNoise: boolean): void {
    let power = 0;
    for (let band = 0; band < bandCount; band++) power += bands[band] as number;
    if (power < digitalSilence) return;
    this.#heard++;
    for (let band = 0; band < bandCount; band++) this.#follow(band, bands[band] as number, isNoise);
    if (this.#heard % windowSteps === 0) this.#endWindow(this.#heard / windowSteps);
  }

  reset(): void {
    this.bands.fill(supposed);
    this.#smoothed.fill(0);
    this.#lowest.fill(Number.POSITIVE_INFINITY);
    this.#minima.fill(Number.POSITIVE_INFINITY);
    this.#heard = 0;
  }

  #follow(band: number, power: number, isNoise: boolean): void {
    const before = this.#smoothed[band] as number;
    const smoothed = before + smoothing * (power - before);
    this.#smoothed[band] = smoothed;
    if (this.#heard > settlingSteps && smoothed < (this.#lowest[band] as number))
      this.#lowest[band] = smoothed;
    const floor = this.bands[band] as number;
    const isQuieter = this.#heard > settlingSteps && smoothed < quieter * floor;
    if (!isNoise && !isQuieter) return;
    const rate = isQuieter ? fallPerStep : 1 / Math.min(meanSteps, this.#heard + 1);
    this.bands[band] = Math.max(least, floor + rate * ((isQuieter ? smoothed : power) - floor));
  }

  #endWindow(watched: number): void {
    const slot = (watched % windows) * bandCount;
    for (let band = 0; band < bandCount; band++) {
      this.#minima[slot + band] = this.#lowest[band] as number;
      this.#lowest[band] = Number.POSITIVE_INFINITY;
      if (watched < firstWindows) continue;
      let lowest = Number.POSITIVE_INFINITY;
      for (let window = 0; window < windows; window++) {
        lowest = Math.min(lowest, this.#minima[window * bandCount + band] as number);
      }
      this.bands[band] = Math.max(this.bands[band] as number, minimumBias * lowest);
    }
  }
}
