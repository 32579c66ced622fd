/**
 * What the loudspeaker played and the microphone heard, for as long as an echo canceller looks back.
 *
 * @module
 */
import type { RealFft } from '../../audio/real-fft.ts';

/** A power of two; 640 ms in blocks of 5 ms. */
const capacity = 128;

/** The last blocks of both channels: the reference as spectra of overlapping segments, the microphone as samples. */
export class EchoHistory {
  /** Samples of a block. */
  readonly blockLength: number;
  readonly fft: RealFft;
  /** Spectra of the reference, a row of `fft.bins` for each block; {@link row} says where. */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** Their squared magnitudes. */
  readonly power: Float64Array;
  /** Samples of the microphone; {@link microphoneAt} says where. */
  readonly microphone: Float64Array;
  readonly #segment: Float64Array;
  readonly #energies = new Float64Array(capacity);
  #blocks = 0;

  constructor(fft: RealFft, blockLength: number) {
    this.fft = fft;
    this.blockLength = blockLength;
    this.real = new Float64Array(capacity * fft.bins);
    this.imaginary = new Float64Array(capacity * fft.bins);
    this.power = new Float64Array(capacity * fft.bins);
    this.microphone = new Float64Array(capacity * blockLength);
    this.#segment = new Float64Array(fft.length);
  }

  /** Takes in the next block of both channels. */
  push(microphone: Float32Array, reference: Float32Array): void {
    const { blockLength, fft, power, real, imaginary } = this;
    const segment = this.#segment;
    const from = fft.length - blockLength;
    let energy = 0;
    segment.copyWithin(0, blockLength);
    for (let i = 0; i < blockLength; i++) {
      const sample = reference[i] as number;
      segment[from + i] = sample;
      energy += sample * sample;
    }
    this.#blocks += 1;
    const slot = this.#blocks % capacity;
    this.#energies[slot] = energy;
    this.microphone.set(microphone, slot * blockLength);
    const row = slot * fft.bins;
    fft.forward(segment, real, imaginary, row);
    for (let i = row; i < row + fft.bins; i++) {
      const re = real[i] as number;
      const im = imaginary[i] as number;
      power[i] = re * re + im * im;
    }
  }

  /** Where the spectrum of `age` blocks ago begins. */
  row(age: number): number {
    return this.#slot(age) * this.fft.bins;
  }

  /** The reference's mean square `age` blocks ago. */
  loudness(age: number): number {
    return (this.#energies[this.#slot(age)] as number) / this.blockLength;
  }

  /** Where the microphone's block of `age` blocks ago begins in {@link microphone}. */
  microphoneAt(age: number): number {
    return this.#slot(age) * this.blockLength;
  }

  /** Energy of the microphone's newest block. */
  microphoneEnergy(): number {
    const from = this.microphoneAt(0);
    let energy = 0;
    for (let i = from; i < from + this.blockLength; i++) energy += (this.microphone[i] as number) ** 2;
    return energy;
  }

  reset(): void {
    this.real.fill(0);
    this.imaginary.fill(0);
    this.power.fill(0);
    this.microphone.fill(0);
    this.#segment.fill(0);
    this.#energies.fill(0);
    this.#blocks = 0;
  }

  #slot(age: number): number {
    return (this.#blocks - age + capacity) % capacity;
  }
}
