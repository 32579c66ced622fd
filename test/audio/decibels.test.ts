import { expect, test } from 'vitest';
import { amplitudeToDecibels, decibelsToFactor, powerToDecibels } from '../../src/audio/decibels.ts';

test('decibels become factors in single precision', () => {
  expect(decibelsToFactor(0)).toBe(1);
  expect(decibelsToFactor(20)).toBe(10);
  expect(decibelsToFactor(-6)).toBeCloseTo(0.501187, 6);
  for (let db = -60; db <= 60; db++) expect(Math.fround(decibelsToFactor(db))).toBe(decibelsToFactor(db));
});

test('amplitudes and powers become decibels, to a thousandth', () => {
  expect(amplitudeToDecibels(0.1)).toBe(-20);
  expect(amplitudeToDecibels(0.5)).toBe(-6.021);
  expect(powerToDecibels(0.5)).toBe(-3.01);
  expect(powerToDecibels(1e-9)).toBe(-90);
});

test('silence is infinitely quiet', () => {
  expect(amplitudeToDecibels(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(powerToDecibels(0)).toBe(Number.NEGATIVE_INFINITY);
});
