import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RealFft } from '../../src/audio/real-fft.ts';

const lengths = [4, 8, 64, 256, 1024];

function spectrum(samples: Float64Array): { real: Float64Array; imaginary: Float64Array } {
  const fft = new RealFft(samples.length);
  const real = new Float64Array(fft.bins);
  const imaginary = new Float64Array(fft.bins);
  fft.forward(samples, real, imaginary);
  return { real, imaginary };
}

function samplesOf(length: number): fc.Arbitrary<Float64Array> {
  const sample = fc.double({ min: -1, max: 1, noNaN: true });
  return fc.array(sample, { minLength: length, maxLength: length }).map((all) => Float64Array.from(all));
}

describe('RealFft', () => {
  test.each(lengths.slice(0, 4))('of %i samples is the sum that defines it', (length) => {
    fc.assert(
      fc.property(samplesOf(length), (samples) => {
        const { real, imaginary } = spectrum(samples);
        expect(real).toHaveLength(length / 2 + 1);
        for (let k = 0; k < real.length; k++) {
          let re = 0;
          let im = 0;
          for (const [n, sample] of samples.entries()) {
            re += sample * Math.cos((2 * Math.PI * k * n) / length);
            im -= sample * Math.sin((2 * Math.PI * k * n) / length);
          }
          expect(Math.abs((real[k] as number) - re)).toBeLessThan(1e-6 * length);
          expect(Math.abs((imaginary[k] as number) - im)).toBeLessThan(1e-6 * length);
        }
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test.each(lengths)('of %i samples and back gives the samples again', (length) => {
    fc.assert(
      fc.property(samplesOf(length), (samples) => {
        const fft = new RealFft(length);
        const { real, imaginary } = spectrum(samples);
        const back = new Float64Array(length);
        fft.inverse(real, imaginary, back);
        for (const [i, sample] of samples.entries()) {
          expect(Math.abs((back[i] as number) - sample)).toBeLessThan(1e-6);
        }
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  test('writes to and reads from any place of longer arrays', () => {
    const fft = new RealFft(8);
    const samples = Float64Array.of(1, 2, 3, 4, 0, -1, 0, 1);
    const { real, imaginary } = spectrum(samples);
    const [longReal, longImaginary] = [new Float64Array(20), new Float64Array(20)];
    fft.forward(samples, longReal, longImaginary, 7);
    expect(longReal.slice(7, 12)).toEqual(real);
    expect(longImaginary.slice(7, 12)).toEqual(imaginary);
    const back = new Float64Array(8);
    fft.inverse(longReal, longImaginary, back, 7);
    for (const [i, sample] of samples.entries()) expect(back[i]).toBeCloseTo(sample, 6);
  });

  test('has the same bits on every runtime', () => {
    const samples = Float64Array.from({ length: 64 }, (_, i) => ((i * 37) % 64) / 64 - 0.5);
    const { real, imaginary } = spectrum(samples);
    const sum = [...real, ...imaginary].reduce((total, value) => total + Math.round(value * 2 ** 40), 0);
    expect(sum).toBe(-25_239_659_914_875);
  });
});
