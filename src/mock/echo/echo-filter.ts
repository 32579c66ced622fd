/**
 * A model of the way from the loudspeaker to the microphone, learnt from both.
 *
 * @module
 */
import type { EchoHistory } from './echo-history.ts';

/** What is added to the power of the reference before dividing by it: this share of its mean over all frequencies. */
const regularisation = 0.003;
/** −90 dBFS: the reference's own rounding is nothing to learn from. */
const faintest = 1e-9;

/**
 * A filter of `partitions` blocks, adapted block by block in the frequency domain: the multidelay filter of Soo and Pang
 * ("Multidelay block frequency domain adaptive filter", IEEE Transactions on Acoustics, Speech, and Signal Processing, 1990)
 * with overlap-save. The step is normalised for each frequency by the power of the reference under the whole filter,
 * smoothed over neighbouring lines: without that the valleys between the harmonics of a voice are given far too large steps,
 * and the filter diverges. Every second partition is held to its length at each step ("alternately constrained").
 */
export class EchoFilter {
  readonly partitions: number;
  /** What is modelled, in lines of the spectrum: the first, and the first behind the last. */
  readonly #firstBin: number;
  readonly #endBin: number;
  readonly #voiceBand: readonly [number, number];
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** What the last call of {@link listen} left of the microphone. */
  readonly error: Float64Array;
  readonly #history: EchoHistory;
  readonly #samples: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #power: Float64Array;
  #turn = 0;

  /**
   * @param partitions its length in blocks
   * @param voiceBand where voices have their power: the first line of the spectrum, and the first behind the last
   * @param isNarrow models this band only
   */
  constructor(
    history: EchoHistory,
    partitions: number,
    voiceBand: readonly [number, number],
    isNarrow = false,
  ) {
    const { bins, length } = history.fft;
    this.partitions = partitions;
    this.#voiceBand = voiceBand;
    [this.#firstBin, this.#endBin] = isNarrow ? voiceBand : [0, bins];
    this.real = new Float64Array(partitions * bins);
    this.imaginary = new Float64Array(partitions * bins);
    this.error = new Float64Array(history.blockLength);
    this.#history = history;
    this.#samples = new Float64Array(length);
    this.#real = new Float64Array(bins);
    this.#imaginary = new Float64Array(bins);
    this.#power = new Float64Array(bins);
  }

  /**
   * Subtracts the echo from the microphone's block of `age` blocks ago, with the filter beginning `delay` blocks later than
   * the reference. Returns the energy of what is left, which lies in {@link error}.
   */
  listen(age: number, delay: number): number {
    const { fft, blockLength, microphone } = this.#history;
    const sumReal = this.#real.fill(0);
    const sumImaginary = this.#imaginary.fill(0);
    const { real: xReal, imaginary: xImaginary } = this.#history;
    for (let k = 0; k < this.partitions; k++) {
      const w = k * fft.bins;
      const x = this.#history.row(age + delay + k);
      for (let i = this.#firstBin; i < this.#endBin; i++) {
        const wr = this.real[w + i] as number;
        const wi = this.imaginary[w + i] as number;
        const xr = xReal[x + i] as number;
        const xi = xImaginary[x + i] as number;
        sumReal[i] = (sumReal[i] as number) + wr * xr - wi * xi;
        sumImaginary[i] = (sumImaginary[i] as number) + wr * xi + wi * xr;
      }
    }
    fft.inverse(sumReal, sumImaginary, this.#samples);
    const from = fft.length - blockLength;
    const heard = this.#history.microphoneAt(age);
    let energy = 0;
    for (let i = 0; i < blockLength; i++) {
      const left = (microphone[heard + i] as number) - (this.#samples[from + i] as number);
      this.error[i] = left;
      energy += left * left;
    }
    return energy;
  }

  /**
   * Learns from what {@link listen} left, with the same `age` and `delay`.
   *
   * @param step from 0 to about 1; 0.5 is fast
   * @param coupling the most that an echo can have of the reference's power: of what is louder in a line, only so much is learnt
   */
  learn(age: number, delay: number, step: number, coupling: number): void {
    const { fft, blockLength } = this.#history;
    const samples = this.#samples.fill(0);
    samples.set(this.error, fft.length - blockLength);
    fft.forward(samples, this.#real, this.#imaginary);
    this.#scaleError(age, delay, (step * fft.length) / blockLength, (coupling * blockLength) / fft.length);
    const { real: xReal, imaginary: xImaginary } = this.#history;
    for (let k = 0; k < this.partitions; k++) {
      const w = k * fft.bins;
      const x = this.#history.row(age + delay + k);
      for (let i = this.#firstBin; i < this.#endBin; i++) {
        const er = this.#real[i] as number;
        const ei = this.#imaginary[i] as number;
        const xr = xReal[x + i] as number;
        const xi = xImaginary[x + i] as number;
        this.real[w + i] = (this.real[w + i] as number) + xr * er + xi * ei;
        this.imaginary[w + i] = (this.imaginary[w + i] as number) + xr * ei - xi * er;
      }
    }
  }

  /** Cuts every second partition, in turns, to the length of a block: what the transform's circle wrapped into it goes. */
  constrain(): void {
    const { fft, blockLength } = this.#history;
    for (let k = this.#turn; k < this.partitions; k += 2) {
      fft.inverse(this.real, this.imaginary, this.#samples, k * fft.bins);
      this.#samples.fill(0, blockLength);
      fft.forward(this.#samples, this.real, this.imaginary, k * fft.bins);
    }
    this.#turn = 1 - this.#turn;
  }

  /** Writes to `power` what the echo's spectrum should be now, without regard to phase. */
  echoPower(power: Float64Array, delay: number): void {
    const { bins } = this.#history.fft;
    power.fill(0);
    for (let k = 0; k < this.partitions; k++) {
      const w = k * bins;
      const x = this.#history.row(delay + k);
      for (let i = 0; i < bins; i++) {
        const re = this.real[w + i] as number;
        const im = this.imaginary[w + i] as number;
        power[i] = (power[i] as number) + (re * re + im * im) * (this.#history.power[x + i] as number);
      }
    }
  }

  /** Writes how strong the echo is in each partition, over the voice band, to `energies` from `at` on. */
  partitionEnergies(energies: Float64Array, at: number): void {
    const { bins } = this.#history.fft;
    const count = Math.min(this.partitions, energies.length - at);
    for (let k = 0; k < count; k++) {
      let energy = 0;
      for (let i = k * bins + this.#voiceBand[0]; i < k * bins + this.#voiceBand[1]; i++) {
        const re = this.real[i] as number;
        const im = this.imaginary[i] as number;
        energy += re * re + im * im;
      }
      energies[at + k] = energy;
    }
  }

  /** How loud the echo is against the reference: the power gain, at least −40 dB. */
  get coupling(): number {
    const [first, end] = this.#voiceBand;
    const { bins } = this.#history.fft;
    let sum = 0;
    for (let k = 0; k < this.partitions * bins; k += bins) {
      for (let i = k + first; i < k + end; i++)
        sum += (this.real[i] as number) ** 2 + (this.imaginary[i] as number) ** 2;
    }
    return Math.max(1e-4, sum / (end - first));
  }

  copyFrom(other: EchoFilter): void {
    this.real.set(other.real);
    this.imaginary.set(other.imaginary);
  }

  /** Keeps the model when the filter begins `blocks` blocks later (earlier, if negative) from now on. */
  moveBy(blocks: number): void {
    const shift = blocks * this.#history.fft.bins;
    for (const weights of [this.real, this.imaginary]) {
      if (blocks > 0) {
        weights.copyWithin(0, shift);
        weights.fill(0, Math.max(0, weights.length - shift));
      } else {
        weights.copyWithin(-shift, 0);
        weights.fill(0, 0, -shift);
      }
    }
  }

  reset(): void {
    this.real.fill(0);
    this.imaginary.fill(0);
    this.#turn = 0;
  }

  #scaleError(age: number, delay: number, step: number, share: number): void {
    const { bins, length } = this.#history.fft;
    const power = this.#power.fill(0);
    for (let k = 0; k < this.partitions; k++) {
      const x = this.#history.row(age + delay + k);
      for (let i = 0; i < bins; i++) power[i] = (power[i] as number) + (this.#history.power[x + i] as number);
    }
    let sum = 0;
    for (let i = 0; i < bins; i++) sum += power[i] as number;
    const least = (regularisation * sum) / bins + faintest * length * this.partitions;
    let before = power[Math.max(0, this.#firstBin - 1)] as number;
    for (let i = this.#firstBin; i < this.#endBin; i++) {
      const here = power[i] as number;
      const after = power[Math.min(bins - 1, i + 1)] as number;
      const strength = (before + 2 * here + after) / 4 + least;
      before = here;
      const left = (this.#real[i] as number) ** 2 + (this.#imaginary[i] as number) ** 2;
      const possible = share * strength;
      const scale = (left > possible ? (step * possible) / left : step) / strength;
      this.#real[i] = (this.#real[i] as number) * scale;
      this.#imaginary[i] = (this.#imaginary[i] as number) * scale;
    }
  }
}
