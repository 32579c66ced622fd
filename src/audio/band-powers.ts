/**
 * How strong the sound is in four bands of the voice, step by step.
 *
 * @module
 */
import { rounded } from './real-fft.ts';

/** How many bands there are. */
export const bandCount = 4;

/** From the voice's pitch to its upper formants, a little more than an octave apart. */
const centresHz = [250, 550, 1200, 2600] as const;

/** Voices have enough below 4 kHz; a filter at a third of the rate is three times as cheap. */
const leastInnerHz = 8_000;

/** Speech has nothing of use below this, but rooms, tables and mains have. */
const highPassHz = 120;

/** +6 dBFS: a sample beyond it tells no more than that it is loud. */
const greatest = 2;

/** What is left in a filter after seconds of silence: a processor is slow with smaller numbers still. */
const nothing = 1e-30;

/**
 * Splits mono sound into four bands (250, 550, 1200, 2600 Hz) and takes their power in steps. The sound is first brought to
 * a rate from 8 to 16 kHz by means of neighbouring samples, and high-passed at 120 Hz; a band is a resonator of Q 1 (R.
 * Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients"). NaN and infinities count as silence.
 */
export class BandPowers {
  /** The mean square in each band during the step that was finished last. */
  readonly bands = new Float64Array(bandCount);
  readonly #neighbours: number;
  readonly #decay: number;
  readonly #filters: readonly Resonator[];
  /** The high-passed samples of the step, from index 2; before them the last two of the step before. */
  readonly #inner: Float64Array;
  #count = 0;
  #power = 0;
  #sum = 0;
  #summed = 0;
  #last = Number.NaN;

  /**
   * @param rateHz of the samples, an integer of at least 8000
   * @param stepFrames the most that is pushed before {@link finishStep}
   */
  constructor(rateHz: number, stepFrames: number) {
    this.#neighbours = Math.floor(rateHz / leastInnerHz);
    const innerHz = rateHz / this.#neighbours;
    this.#decay = 1 / (1 + (2 * Math.PI * highPassHz) / innerHz);
    this.#filters = centresHz.map((centreHz) => new Resonator(centreHz, innerHz));
    this.#inner = new Float64Array(Math.ceil(stepFrames / this.#neighbours) + 3);
  }

  /** The mean square above 120 Hz during the step that was finished last, of all bands and what is between them. */
  get power(): number {
    return this.#power;
  }

  /** Takes the samples from `from` up to, but not, `until`. */
  push(samples: Float32Array, from: number, until: number): void {
    const inner = this.#inner;
    const neighbours = this.#neighbours;
    let sum = this.#sum;
    let summed = this.#summed;
    let end = this.#count + 2;
    for (let i = from; i < until; i++) {
      const sample = samples[i] as number;
      sum += Math.abs(sample) <= greatest ? sample : clipped(sample);
      if (++summed < neighbours) continue;
      const mean = sum / neighbours;
      // What begins with an offset must not begin with a step.
      if (Number.isNaN(this.#last)) this.#last = mean;
      inner[end] = this.#decay * ((inner[end - 1] as number) + mean - this.#last);
      this.#last = mean;
      end++;
      sum = 0;
      summed = 0;
    }
    this.#sum = sum;
    this.#summed = summed;
    this.#count = end - 2;
  }

  /** Takes the powers of what was pushed since the step before. */
  finishStep(): void {
    const inner = this.#inner;
    const count = this.#count;
    let squares = 0;
    for (let i = 2; i < count + 2; i++) squares += (inner[i] as number) * (inner[i] as number);
    this.#power = squares / count;
    for (let band = 0; band < bandCount; band++) {
      this.bands[band] = (this.#filters[band] as Resonator).squares(inner, count) / count;
    }
    inner[0] = inner[count] as number;
    inner[1] = Math.abs(inner[count + 1] as number) < nothing ? 0 : (inner[count + 1] as number);
    this.#count = 0;
  }

  reset(): void {
    for (const filter of this.#filters) filter.reset();
    this.#inner.fill(0);
    this.bands.fill(0);
    this.#count = 0;
    this.#power = 0;
    this.#sum = 0;
    this.#summed = 0;
    this.#last = Number.NaN;
  }
}

function clipped(sample: number): number {
  return Number.isFinite(sample) ? Math.sign(sample) * greatest : 0;
}

/** Passes what is near one frequency. */
class Resonator {
  readonly #input: number;
  readonly #feedback1: number;
  readonly #feedback2: number;
  #y1 = 0;
  #y2 = 0;

  constructor(centreHz: number, rateHz: number) {
    const angle = (2 * Math.PI * centreHz) / rateHz;
    const alpha = rounded(Math.sin(angle)) / 2;
    this.#input = alpha / (1 + alpha);
    this.#feedback1 = (2 * rounded(Math.cos(angle))) / (1 + alpha);
    this.#feedback2 = (alpha - 1) / (1 + alpha);
  }

  /** Filters `count` samples from index 2, before which stand two earlier ones, and gives the sum of the squares. */
  squares(samples: Float64Array, count: number): number {
    const input = this.#input;
    const feedback1 = this.#feedback1;
    const feedback2 = this.#feedback2;
    let y1 = this.#y1;
    let y2 = this.#y2;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const y =
        input * ((samples[i + 2] as number) - (samples[i] as number)) + feedback2 * y2 + feedback1 * y1;
      y2 = y1;
      y1 = y;
      sum += y * y;
    }
    const isSilent = Math.abs(y1) + Math.abs(y2) < nothing;
    this.#y1 = isSilent ? 0 : y1;
    this.#y2 = isSilent ? 0 : y2;
    return sum;
  }

  reset(): void {
    this.#y1 = 0;
    this.#y2 = 0;
  }
}
