import { describe, expect, test } from 'vitest';
import { between, convert, noise, settlingFrames, worstDifference } from './conversions.ts';
import { halfBand } from './formula.ts';
import { decibels, fitTone, strength, tone } from './tone.ts';

/** A tone through the filter, from where nothing of its beginning is heard any more. */
function passed(fromHz: number, toHz: number, frequencyHz: number, chunk: number, frames = 1200) {
  const converter = between(fromHz, toHz, 'half-band');
  const input = tone(frequencyHz, fromHz, (frames * fromHz) / toHz);
  return convert(converter, input, [chunk]).subarray(settlingFrames(converter, toHz));
}

/** Four vectors of four outputs are computed at a time: chunks of which each is the last one that counts, and odd ones. */
const chunks = [1, 2, 3, 5, 8, 15, 16, 17, 31, 32, 33, 96, 127, 480, 960];

describe.each(chunks)('in chunks of %i frames', (chunk) => {
  test.each([
    [48_000, 24_000],
    [24_000, 48_000],
  ])('%i → %i Hz is flat up to 0.9 of the band and adds nothing below 0.866', (fromHz, toHz) => {
    for (const fraction of [0.05, 0.4, 0.7, 0.866, 0.9, 0.91]) {
      const frequencyHz = fraction * 12_000;
      const { amplitude, residual } = fitTone(passed(fromHz, toHz, frequencyHz, chunk), frequencyHz, toHz);
      expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(fraction > 0.9 ? 0.1 : 0.03);
      if (fraction <= 0.866) expect(decibels(residual / 0.9)).toBeLessThan(-108);
    }
  });

  test('halving stops what lies beyond 1.134 of the new band', () => {
    for (const fraction of [1.134, 1.151, 1.3, 1.6, 1.95]) {
      expect(decibels(strength(passed(48_000, 24_000, fraction * 12_000, chunk)) / 0.9)).toBeLessThan(-108);
    }
  });
});

test('halving is at −6 dB where the new band ends, as half-band filters are', () => {
  // At that frequency itself, samples may fall into the zeros of the wave.
  const output = passed(48_000, 24_000, 11_999, 960, 24_000);
  expect(decibels(fitTone(output, 11_999, 24_000).amplitude / 0.9)).toBeCloseTo(-6.02, 1);
});

test.each([
  [48_000, 24_000, 1, 2],
  [24_000, 48_000, 2, 1],
  [16_000, 8000, 1, 2],
  [8000, 16_000, 2, 1],
])('%i → %i Hz agrees with the formula in double precision', (fromHz, toHz, up, down) => {
  const input = noise(1500);
  const exact = halfBand(input, up, down);
  for (const sizes of [[700], [1, 2, 3, 250]]) {
    const output = convert(between(fromHz, toHz, 'half-band'), input, sizes);
    expect(output.length).toBe(exact.length);
    expect(worstDifference(output, exact)).toBeLessThan(3e-7);
  }
});

test.each([
  [48_000, 24_000, 53],
  [24_000, 48_000, 26.5],
])('%i → %i Hz puts an impulse as late as it says, %d input frames', (fromHz, toHz, delayFrames) => {
  const converter = between(fromHz, toHz, 'half-band');
  expect(converter.delayMs).toBe((delayFrames * 1000) / fromHz);
  for (const position of [101, 102]) {
    const input = new Float32Array(400);
    input[position] = 1;
    const output = convert(between(fromHz, toHz, 'half-band'), input);
    // Halving keeps the impulse response's odd taps, of which the middle one is all, or its even ones, which are symmetric.
    const centre =
      output.reduce((sum, y, n) => sum + y * y * n, 0) / output.reduce((sum, y) => sum + y * y, 0);
    expect(centre).toBeCloseTo(((position + delayFrames) * toHz) / fromHz, 5);
  }
});

test('doubling passes the samples of the input themselves', () => {
  const input = noise(300);
  const output = convert(between(24_000, 48_000, 'half-band'), input, [77]);
  expect(output.filter((_, n) => n % 2 === 1).subarray(26)).toEqual(input.subarray(0, 274));
});
