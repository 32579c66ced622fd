/**
 * A fast Fourier transform of real audio, equal to the bit on every runtime.
 *
 * @module
 */

/** Sines and cosines differ in their last bits between JavaScript engines; rounded to 2⁻²⁴ they do not. */
export function rounded(value: number): number {
  return Math.fround(Math.round(value * 2 ** 24) / 2 ** 24);
}

/**
 * Transforms of `length` real samples: two halves of a complex transform (Cooley and Tukey, "An algorithm for the machine
 * calculation of complex Fourier series", 1965) of half the length, with radix 2. Nothing is allocated after the constructor.
 * The rounded tables keep it exact to −140 dB.
 */
export class RealFft {
  /** Samples of a transform. */
  readonly length: number;
  /** Lines of a spectrum: from 0 Hz to half the rate, both included. */
  readonly bins: number;
  readonly #half: number;
  readonly #reversed: Uint16Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  /** @param length a power of two from 4 to 65536 */
  constructor(length: number) {
    const half = length / 2;
    this.length = length;
    this.bins = half + 1;
    this.#half = half;
    this.#reversed = new Uint16Array(half);
    for (let i = 1, reversed = 0; i < half; i++) {
      let bit = half >> 1;
      for (; reversed & bit; bit >>= 1) reversed ^= bit;
      reversed ^= bit;
      this.#reversed[i] = reversed;
    }
    this.#cos = Float64Array.from({ length: half }, (_, i) => rounded(Math.cos((2 * Math.PI * i) / length)));
    this.#sin = Float64Array.from({ length: half }, (_, i) => rounded(Math.sin((2 * Math.PI * i) / length)));
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
  }

  /** Writes the spectrum of `samples` to `real` and `imaginary`, from `at` on. */
  forward(samples: Float64Array, real: Float64Array, imaginary: Float64Array, at = 0): void {
    const half = this.#half;
    const zr = this.#real;
    const zi = this.#imaginary;
    const reversed = this.#reversed;
    for (let i = 0; i < half; i++) {
      const to = reversed[i] as number;
      zr[to] = samples[2 * i] as number;
      zi[to] = samples[2 * i + 1] as number;
    }
    this.#butterflies();
    // Read once: fields are slower than locals in a loop that runs for every window of every session.
    const cos = this.#cos;
    const sin = this.#sin;
    const first = zr[0] as number;
    const second = zi[0] as number;
    real[at] = first + second;
    imaginary[at] = 0;
    real[at + half] = first - second;
    imaginary[at + half] = 0;
    for (let i = 1, j = half - 1; i < half; i++, j--) {
      const evenReal = 0.5 * ((zr[i] as number) + (zr[j] as number));
      const evenImaginary = 0.5 * ((zi[i] as number) - (zi[j] as number));
      const oddReal = 0.5 * ((zi[i] as number) + (zi[j] as number));
      const oddImaginary = -0.5 * ((zr[i] as number) - (zr[j] as number));
      const c = cos[i] as number;
      const s = sin[i] as number;
      real[at + i] = evenReal + c * oddReal + s * oddImaginary;
      imaginary[at + i] = evenImaginary + c * oddImaginary - s * oddReal;
    }
  }

  /** Writes to `samples` what has the spectrum that lies in `real` and `imaginary` from `at` on. */
  inverse(real: Float64Array, imaginary: Float64Array, samples: Float64Array, at = 0): void {
    const half = this.#half;
    const zr = this.#real;
    const zi = this.#imaginary;
    const reversed = this.#reversed;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let i = 0, j = half; i < half; i++, j--) {
      const evenReal = (real[at + i] as number) + (real[at + j] as number);
      const evenImaginary = (imaginary[at + i] as number) - (imaginary[at + j] as number);
      const differenceReal = (real[at + i] as number) - (real[at + j] as number);
      const differenceImaginary = (imaginary[at + i] as number) + (imaginary[at + j] as number);
      const c = cos[i] as number;
      const s = sin[i] as number;
      const oddReal = c * differenceReal - s * differenceImaginary;
      const oddImaginary = c * differenceImaginary + s * differenceReal;
      const to = reversed[i] as number;
      // The conjugate, so that the forward butterflies turn the other way.
      zr[to] = evenReal - oddImaginary;
      zi[to] = -(evenImaginary + oddReal);
    }
    this.#butterflies();
    const scale = 1 / this.length;
    for (let i = 0; i < half; i++) {
      samples[2 * i] = scale * (zr[i] as number);
      samples[2 * i + 1] = -scale * (zi[i] as number);
    }
  }

  #butterflies(): void {
    const half = this.#half;
    const zr = this.#real;
    const zi = this.#imaginary;
    const cos = this.#cos;
    const sin = this.#sin;
    for (let span = 1; span < half; span *= 2) {
      const stride = half / span;
      for (let k = 0; k < span; k++) {
        const c = cos[k * stride] as number;
        const s = sin[k * stride] as number;
        for (let i = k; i < half; i += 2 * span) {
          const j = i + span;
          const jr = zr[j] as number;
          const ji = zi[j] as number;
          const tr = c * jr + s * ji;
          const ti = c * ji - s * jr;
          zr[j] = (zr[i] as number) - tr;
          zi[j] = (zi[i] as number) - ti;
          zr[i] = (zr[i] as number) + tr;
          zi[i] = (zi[i] as number) + ti;
        }
      }
    }
  }
}
