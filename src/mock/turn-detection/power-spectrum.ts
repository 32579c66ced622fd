/**
 * A Fourier transform that gives the same bits on every engine.
 *
 * @module
 */

/** How many real samples one spectrum is made of. */
export const spectrumSize = 256;
/** How many bins it has, from 0 up to just below half the sample rate. */
export const spectrumBins = spectrumSize / 2;

const cosines = table((angle) => Math.cos(angle));
const sines = table((angle) => Math.sin(angle));
const bitReversed = Uint8Array.from({ length: spectrumBins }, (_, i) => {
  let reversed = 0;
  for (let bit = 1, mirror = spectrumBins / 2; mirror >= 1; bit *= 2, mirror /= 2) {
    if (i & bit) reversed |= mirror;
  }
  return reversed;
});

// Every call runs to its end, so that all can work in the same place.
const real = new Float64Array(spectrumBins);
const imaginary = new Float64Array(spectrumBins);

/** A quarter of a millionth is far more than the engines differ by: rounded so, they agree. */
function table(wave: (angle: number) => number): Float64Array {
  return Float64Array.from(
    { length: spectrumBins },
    (_, i) => Math.round(wave((2 * Math.PI * i) / spectrumSize) * 2 ** 20) / 2 ** 20,
  );
}

/**
 * Puts |X(k)|² of the last {@link spectrumSize} samples before `end` into `power`.
 *
 * Two real samples make one complex one, a radix-2 transform of half the length follows, and the spectra of the even and the odd
 * samples are told apart again by their symmetry (Press et al., "Numerical Recipes", section 12.3).
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
  for (let i = 0; i < spectrumBins; i++) {
    const even = 2 * i;
    const at = end - spectrumSize + even;
    const to = bitReversed[i] as number;
    real[to] = (ring[at & mask] as number) * (taper[even] as number);
    imaginary[to] = (ring[(at + 1) & mask] as number) * (taper[even + 1] as number);
  }
  transform();
  power[0] = ((real[0] as number) + (imaginary[0] as number)) ** 2;
  for (let k = 1; k < spectrumBins; k++) {
    const mirror = spectrumBins - k;
    const re = real[k] as number;
    const im = imaginary[k] as number;
    const mirrorRe = real[mirror] as number;
    const mirrorIm = imaginary[mirror] as number;
    const oddRe = im + mirrorIm;
    const oddIm = mirrorRe - re;
    const cos = cosines[k] as number;
    const sin = sines[k] as number;
    const sumRe = re + mirrorRe + oddRe * cos + oddIm * sin;
    const sumIm = im - mirrorIm + oddIm * cos - oddRe * sin;
    power[k] = (sumRe * sumRe + sumIm * sumIm) / 4;
  }
}

function transform(): void {
  for (let span = 1; span < spectrumBins; span *= 2) {
    const stride = spectrumBins / span;
    for (let j = 0; j < span; j++) {
      const cos = cosines[j * stride] as number;
      const sin = sines[j * stride] as number;
      for (let a = j; a < spectrumBins; a += 2 * span) {
        const b = a + span;
        const bRe = real[b] as number;
        const bIm = imaginary[b] as number;
        const turnedRe = bRe * cos + bIm * sin;
        const turnedIm = bIm * cos - bRe * sin;
        const aRe = real[a] as number;
        const aIm = imaginary[a] as number;
        real[a] = aRe + turnedRe;
        imaginary[a] = aIm + turnedIm;
        real[b] = aRe - turnedRe;
        imaginary[b] = aIm - turnedIm;
      }
    }
  }
}
