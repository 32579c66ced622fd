import { describe, expect, test } from 'vitest';
import { resampleWhole } from '../../src/audio/resample-whole.ts';
import { gainAt } from '../wasm/formula.ts';

describe.each([
  [48_000, 24_000],
  [44_100, 24_000],
  [16_000, 24_000],
  [11_025, 24_000],
  [24_000, 44_100],
])('a whole signal from %i to %i Hz', (fromHz, toHz) => {
  test.each([0, 1, 2, 99, 20_011])('of %i samples has the length that its duration asks for', (length) => {
    expect(resampleWhole(new Float32Array(length), fromHz, toHz).length).toBe(
      Math.round((length * toHz) / fromHz),
    );
  });

  test('starts where its input starts and does not shift', () => {
    const sine = (rateHz: number, length: number) =>
      Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * 440 * n) / rateHz));
    const output = resampleWhole(sine(fromHz, fromHz), fromHz, toHz);
    const expected = sine(toHz, toHz);
    const gain = gainAt(440, fromHz, toHz, 'std');
    const edge = toHz / 100;
    const worst = output
      .subarray(edge, -edge)
      .reduce((max, y, n) => Math.max(max, Math.abs(y - gain * (expected[n + edge] as number))), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  test('keeps its first and its last sample in place', () => {
    const length = fromHz / 25;
    for (const position of [0, length - 1]) {
      const input = new Float32Array(length);
      input[position] = 1;
      const output = resampleWhole(input, fromHz, toHz);
      const peak = output.indexOf(Math.max(...output));
      expect(Math.abs(peak - (position * toHz) / fromHz)).toBeLessThanOrEqual(1);
    }
  });
});

test('a whole signal at its own rate is copied', () => {
  const input = Float32Array.of(0.1, 0.2);
  const output = resampleWhole(input, 24_000, 24_000);
  expect(output).toEqual(input);
  expect(output).not.toBe(input);
});
