/**
 * What the turn detector hears of the last few milliseconds: how loud it is, and in which bands.
 *
 * @module
 */
import { powerSpectrum, spectrumBins, spectrumSize } from './power-spectrum.ts';

/** How far one window is from the next. */
export const windowMs = 10;

/** At 8 kHz all formats are alike, and what makes a voice a voice lies below 4 kHz. */
const analysisHz = 8_000;
/** A power of two, and more than {@link ShortSpectrum.copyRecent} asks for. */
const ringSize = 1024;

/** Below lie hum and rumble. */
const firstBin = 2;
/** Up to 1.25 kHz every bin (31 Hz) is a band, so that harmonics stand out; above, three bins make one. */
const firstWideBin = 41;
const wideBins = 3;
const bandStarts: number[] = [];
for (let bin = firstBin; bin < firstWideBin; bin++) bandStarts.push(bin);
for (let bin = firstWideBin; bin < spectrumBins; bin += wideBins) bandStarts.push(bin);

/** How many bands a spectrum has. */
export const bandCount = bandStarts.length;

/** A Hann window of 32 ms, scaled so that the bins of a signal add up to its power. */
const taper = Float64Array.from({ length: spectrumSize }, (_, i) => {
  const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / spectrumSize);
  return Math.round(hann * Math.sqrt(2 / 0.375) * 2 ** 20) / (2 ** 20 * spectrumSize);
});
/** −180 dBFS. */
const inaudible = 1e-9;
const power = new Float64Array(spectrumBins);

/**
 * Cuts audio into windows of 10 ms and measures each: its level (RMS above 100 Hz) at the full rate, and the spectrum of the
 * 32 ms up to its end, at about 8 kHz.
 */
export class ShortSpectrum {
  /** The mean power of a bin in each band, in the 32 ms up to the end of the last window. */
  readonly bands = new Float64Array(bandCount);
  readonly #rateHz: number;
  readonly #windowLength: number;
  readonly #factor: number;
  /** One minus 2π × 100 Hz / rate: a first-order high-pass against hum and offset. */
  readonly #pole: number;
  readonly #ring = new Float64Array(ringSize);
  #ringEnd = 0;
  #highPassed = 0;
  #previous = 0;
  #rising = 0;
  #falling = 0;
  #phase = 0;
  #energy = 0;
  #filled = 0;
  #windows = 0;
  #level = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
    this.#windowLength = Math.round((rateHz * windowMs) / 1000);
    this.#factor = Math.max(1, Math.floor(rateHz / analysisHz));
    this.#pole = 1 - 628.3 / rateHz;
  }

  /** The level of the last window: RMS, full scale is 1. */
  get level(): number {
    return this.#level;
  }

  /** Where the last window ends, in milliseconds of audio. */
  get endMs(): number {
    return Math.round((this.#windows * this.#windowLength * 1000) / this.#rateHz);
  }

  /** Whether the last sample that was taken in ended a window. */
  get isComplete(): boolean {
    return this.#filled === 0 && this.#windows > 0;
  }

  /** Takes in samples up to the end of the window, or as many as there are; returns the index of the next one. */
  take(samples: Float32Array, from: number): number {
    const to = Math.min(samples.length, from + this.#windowLength - this.#filled);
    const factor = this.#factor;
    const scale = 1 / (factor * factor);
    const pole = this.#pole;
    const ring = this.#ring;
    let highPassed = this.#highPassed;
    let previous = this.#previous;
    let rising = this.#rising;
    let falling = this.#falling;
    let phase = this.#phase;
    let energy = this.#energy;
    let ringEnd = this.#ringEnd;
    for (let i = from; i < to; i++) {
      const sample = samples[i] as number;
      highPassed = sample - previous + pole * highPassed;
      previous = sample;
      energy += highPassed * highPassed;
      phase += 1;
      // Triangular weights over two groups of samples: nothing is folded onto where a voice is strongest.
      falling += (factor - phase) * highPassed;
      rising += phase * highPassed;
      if (phase < factor) continue;
      ring[ringEnd & (ringSize - 1)] = falling * scale;
      ringEnd += 1;
      falling = rising;
      rising = 0;
      phase = 0;
    }
    this.#highPassed = highPassed;
    this.#previous = previous;
    this.#rising = rising;
    this.#falling = falling;
    this.#phase = phase;
    this.#energy = energy;
    this.#ringEnd = ringEnd;
    this.#filled += to - from;
    if (this.#filled === this.#windowLength) this.#complete();
    return to;
  }

  /** Fills `samples` with what came last, at half the rate of the analysis: about 4 kHz. */
  copyRecent(samples: Float64Array): void {
    const mask = ringSize - 1;
    for (let i = 0; i < samples.length; i++) {
      const at = this.#ringEnd - 2 * (samples.length - i);
      const before = this.#ring[(at - 1) & mask] as number;
      const after = this.#ring[(at + 1) & mask] as number;
      samples[i] = (before + 2 * (this.#ring[at & mask] as number) + after) / 4;
    }
  }

  #complete(): void {
    this.#level = Math.sqrt(this.#energy / this.#windowLength);
    this.#energy = 0;
    this.#filled = 0;
    this.#windows += 1;
    // What the high-pass keeps of a sound must not fade into numbers too small for a processor to be fast with.
    if (Math.abs(this.#highPassed) < inaudible) this.#highPassed = 0;
    powerSpectrum(this.#ring, this.#ringEnd, taper, power);
    for (let band = 0; band < bandCount; band++) {
      const start = bandStarts[band] as number;
      const end = bandStarts[band + 1] ?? spectrumBins;
      let sum = 0;
      for (let bin = start; bin < end; bin++) sum += power[bin] as number;
      this.bands[band] = sum / (end - start);
    }
  }
}
