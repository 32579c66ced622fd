/**
 * Where a known sound lies in a recording, if it does.
 *
 * @module
 */
import { RealFft } from '../../audio/real-fft.ts';

/** A place in a recording. */
export interface FoundSound {
  /** Its first frame. */
  readonly frame: number;
  /** How much alike the two are there: 1 but for the level, 0 for nothing in common. */
  readonly likeness: number;
}

/** What {@link ChirpFinder} is made for. */
export interface ChirpFinderOptions {
  readonly rateHz: number;
  /** The band that the sound is in; what is recorded outside of it does not count. */
  readonly lowHz: number;
  readonly highHz: number;
}

/** The longest transform. */
const mostFrames = 65_536;

/** Below −120 dBFS there is only the rounding of the transform. */
const leastPower = 1e-12;

/**
 * Finds a sound by normalized cross-correlation (J. P. Lewis, "Fast normalized cross-correlation", 1995), piece by piece in
 * the frequency domain, within the sound's own band: hum and hiss outside make it no less like itself. Polarity does not
 * matter, as cables and loudspeakers turn it. For a chirp of 200 ms and 5 kHz the likeness of noise stays under 0.12.
 */
export class ChirpFinder {
  readonly #length: number;
  readonly #fft: RealFft;
  readonly #lowBin: number;
  readonly #highBin: number;
  readonly #soundReal: Float64Array;
  readonly #soundImaginary: Float64Array;
  readonly #soundNorm: number;

  /**
   * @param sound what is looked for
   * @throws {RangeError} for a sound that is longer than half the longest transform allows
   */
  constructor(sound: Float32Array, { rateHz, lowHz, highHz }: ChirpFinderOptions) {
    this.#length = sound.length;
    const length = Math.min(mostFrames, 2 ** Math.ceil(Math.log2(4 * sound.length)));
    if (!(sound.length > 0 && sound.length <= 0.75 * length))
      throw new RangeError(`cannot look for a sound of ${sound.length} frames`);
    this.#fft = new RealFft(length);
    this.#lowBin = Math.floor((lowHz / rateHz) * length);
    this.#highBin = Math.ceil((highHz / rateHz) * length);
    const { real, imaginary, samples } = this.#inBand(sound, 0);
    this.#soundReal = real;
    this.#soundImaginary = imaginary;
    this.#soundNorm = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0));
  }

  /** The place that is most like the sound, which lies there whole; undefined where the recording is shorter or silent. */
  find(recording: Float32Array): FoundSound | undefined {
    const places = recording.length - this.#length + 1;
    const step = this.#fft.length - this.#length + 1;
    let best: FoundSound | undefined;
    for (let start = 0; start < places; start += step) {
      const found = this.#best(recording, start, Math.min(step, places - start));
      if (found && found.likeness > (best?.likeness ?? 0)) best = found;
    }
    return best;
  }

  #best(recording: Float32Array, start: number, places: number): FoundSound | undefined {
    const { real, imaginary, samples } = this.#inBand(recording, start);
    const products = this.#correlated(real, imaginary);
    let best: FoundSound | undefined;
    let energy = 0;
    for (let n = 0; n < this.#length; n++) energy += (samples[n] as number) ** 2;
    for (let place = 0; place < places; place++) {
      if (energy > leastPower * this.#length) {
        const product = Math.abs(products[place] as number);
        const likeness = Math.min(1, product / (this.#soundNorm * Math.sqrt(energy)));
        if (likeness > (best?.likeness ?? 0)) best = { frame: start + place, likeness };
      }
      energy += ((samples[place + this.#length] ?? 0) as number) ** 2 - (samples[place] as number) ** 2;
    }
    return best;
  }

  /** The sum of the products of the sound with the recording, for each place of the sound in it. */
  #correlated(real: Float64Array, imaginary: Float64Array): Float64Array {
    for (let bin = 0; bin < real.length; bin++) {
      const [a, b] = [real[bin] as number, imaginary[bin] as number];
      const [c, d] = [this.#soundReal[bin] as number, this.#soundImaginary[bin] as number];
      real[bin] = a * c + b * d;
      imaginary[bin] = b * c - a * d;
    }
    const products = new Float64Array(this.#fft.length);
    this.#fft.inverse(real, imaginary, products);
    return products;
  }

  /** A piece of the recording from `start` on, without what lies outside the band. */
  #inBand(recording: Float32Array, start: number) {
    const samples = new Float64Array(this.#fft.length);
    samples.set(recording.subarray(start, start + samples.length));
    const real = new Float64Array(this.#fft.bins);
    const imaginary = new Float64Array(this.#fft.bins);
    this.#fft.forward(samples, real, imaginary);
    for (const part of [real, imaginary]) {
      part.fill(0, 0, this.#lowBin);
      part.fill(0, this.#highBin + 1);
    }
    this.#fft.inverse(real, imaginary, samples);
    return { real, imaginary, samples };
  }
}
