/**
 * Takes away what an echo filter has left of the echo, and as little as possible of a voice.
 *
 * @module
 */
import { type RealFft, rounded } from '../../audio/real-fft.ts';

const bandCount = 16;
/** 9 dB: residuals scatter about what is expected of them. */
const overSubtraction = 8;
/** −30 dB: what remains of a line that is nothing but echo. */
const leastGain = 1 / 32;
/** In a block of 5 ms the share of the echo that is expected to be left falls by 0.13 dB or rises by 0.06 dB. */
const fall = 0.97;
const rise = 1.015;
/** −72 dBFS a line: under it nothing is told about the echo. */
const faintestLine = 6e-8;

/**
 * A gain for each line of the spectrum, by spectral subtraction of the residual echo that is expected: as in Valin ("On
 * adjusting the learning rate in frequency domain echo cancellation with double-talk", IEEE Transactions on Audio, Speech,
 * and Language Processing, 2007), a share of the echo's own power. The share is followed in 16 bands, as the lower quartile
 * of what was really left; what is louder than the whole echo is a voice, and does not count.
 *
 * Frames of two blocks overlap by half: the output is one block late. Where nothing is expected, it is the input to the bit,
 * because what is taken away is subtracted from it.
 */
export class ResidualSuppressor {
  readonly #fft: RealFft;
  readonly #blockLength: number;
  readonly #window: Float64Array;
  readonly #frame: Float64Array;
  readonly #windowed: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #power: Float64Array;
  readonly #removed: Float64Array;
  readonly #shares = new Float64Array(bandCount).fill(1);

  constructor(fft: RealFft, blockLength: number) {
    this.#fft = fft;
    this.#blockLength = blockLength;
    const length = 2 * blockLength;
    this.#window = Float64Array.from({ length }, (_, i) => rounded(Math.sin((Math.PI * (i + 0.5)) / length)));
    this.#frame = new Float64Array(length);
    this.#windowed = new Float64Array(fft.length);
    this.#real = new Float64Array(fft.bins);
    this.#imaginary = new Float64Array(fft.bins);
    this.#power = new Float64Array(fft.bins);
    this.#removed = new Float64Array(length);
  }

  /**
   * Takes in the next block and writes the one before it, without its residual echo, to `output`.
   *
   * @param echo power of the echo, in each line of a spectrum over `fft.length` samples, before it was filtered away
   * @param bound power that the echo can have at most if nothing is known about it yet
   */
  process(block: Float64Array, echo: Float64Array, bound: Float64Array, output: Float32Array): void {
    const n = this.#blockLength;
    this.#frame.copyWithin(0, n);
    this.#frame.set(block, n);
    this.#removed.copyWithin(0, n);
    this.#removed.fill(0, n);
    this.#remove(echo, bound);
    for (let i = 0; i < n; i++) output[i] = (this.#frame[i] as number) - (this.#removed[i] as number);
  }

  reset(): void {
    this.#frame.fill(0);
    this.#removed.fill(0);
    this.#shares.fill(1);
  }

  #remove(echo: Float64Array, bound: Float64Array): void {
    const { bins } = this.#fft;
    const n = 2 * this.#blockLength;
    for (let i = 0; i < n; i++) this.#windowed[i] = (this.#frame[i] as number) * (this.#window[i] as number);
    this.#fft.forward(this.#windowed, this.#real, this.#imaginary);
    for (let i = 0; i < bins; i++) {
      this.#power[i] = (this.#real[i] as number) ** 2 + (this.#imaginary[i] as number) ** 2;
    }
    // The window halves the energy of a frame of two blocks.
    const scale = this.#blockLength / this.#fft.length;
    let isTouched = false;
    for (let band = 0; band < bandCount; band++) {
      const from = this.#edge(band);
      const end = this.#edge(band + 1);
      const share = this.#follow(band, from, end, echo, scale);
      for (let i = from; i < end; i++) {
        const expected = overSubtraction * scale * Math.max(share * (echo[i] as number), bound[i] as number);
        const kept = this.#gain(i, expected);
        if (kept < 1) isTouched = true;
        this.#real[i] = (this.#real[i] as number) * (1 - kept);
        this.#imaginary[i] = (this.#imaginary[i] as number) * (1 - kept);
      }
    }
    if (!isTouched) return;
    this.#fft.inverse(this.#real, this.#imaginary, this.#windowed);
    for (let i = 0; i < n; i++) {
      this.#removed[i] =
        (this.#removed[i] as number) + (this.#windowed[i] as number) * (this.#window[i] as number);
    }
    this.#windowed.fill(0, n);
  }

  #gain(i: number, expected: number): number {
    if (expected === 0) return 1;
    const last = this.#fft.bins - 1;
    const before = this.#power[Math.max(0, i - 1)] as number;
    const after = this.#power[Math.min(last, i + 1)] as number;
    const power = (before + 2 * (this.#power[i] as number) + after) / 4;
    return power * (1 - leastGain) <= expected ? leastGain : 1 - expected / power;
  }

  #edge(band: number): number {
    // Bands grow with the square of their number: narrow where voices have their power.
    return Math.floor(((band + band * band) / (bandCount + bandCount * bandCount)) * this.#fft.bins);
  }

  /** Follows the share of the echo that is left in one band. */
  #follow(band: number, from: number, end: number, echo: Float64Array, scale: number): number {
    let expected = 0;
    let left = 0;
    for (let i = from; i < end; i++) {
      expected += echo[i] as number;
      left += this.#power[i] as number;
    }
    const share = this.#shares[band] as number;
    if (expected < faintestLine * this.#fft.length * (end - from)) return share;
    const ratio = left / (scale * expected);
    if (ratio < share) this.#shares[band] = share * fall;
    else if (ratio < 1) this.#shares[band] = Math.min(1, share * rise);
    return this.#shares[band] as number;
  }
}
