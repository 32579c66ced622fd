/**
 * How much power there is at which frequency.
 *
 * @module
 */
import { RealFft } from '../../audio/real-fft.ts';

/** How many real samples one spectrum is made of. */
export const spectrumSize = 256;
/** How many bins it has, from 0 up to just below half the sample rate. */
export const spectrumBins = spectrumSize / 2;

const fft = new RealFft(spectrumSize);
// Every call runs to its end, so that all can work in the same place.
const tapered = new Float64Array(spectrumSize);
const real = new Float64Array(fft.bins);
const imaginary = new Float64Array(fft.bins);

/**
 * Puts |X(k)|² of the last {@link spectrumSize} samples before `end` into `power`.
 *
 * @param ring samples in a ring whose length is a power of two
 * @param end the index after the last sample; it may be any number of times around the ring
 * @param taper what every sample is multiplied with
 */
export function powerSpectrum(
  ring: Float64Array,
  end: number,
  taper: Float64Array,
  power: Float64Array,
): void {
  const mask = ring.length - 1;
  const start = end - spectrumSize;
  for (let i = 0; i < spectrumSize; i++) {
    tapered[i] = (ring[(start + i) & mask] as number) * (taper[i] as number);
  }
  fft.forward(tapered, real, imaginary);
  for (let k = 0; k < spectrumBins; k++) {
    const re = real[k] as number;
    const im = imaginary[k] as number;
    power[k] = re * re + im * im;
  }
}
