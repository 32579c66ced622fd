import { expect, test } from 'vitest';
import { GainRamp } from '../../../src/stages/gain/gain-ramp.ts';

function applied(ramp: GainRamp, length: number): number[] {
  const output = new Float32Array(length);
  ramp.apply(new Float32Array(length).fill(1), output, 0, length);
  return [...output];
}

test('goes to its next value along a straight line', () => {
  const ramp = new GainRamp(1, 1);
  ramp.moveTo(2, 4);
  expect(applied(ramp, 6)).toEqual([1.25, 1.5, 1.75, 2, 2, 2]);
  expect(ramp.factor).toBe(2);
});

test('turns round in the middle without a jump', () => {
  const ramp = new GainRamp(1, 1);
  ramp.moveTo(2, 4);
  applied(ramp, 2);
  ramp.moveTo(1, 4);
  expect(applied(ramp, 5)).toEqual([1.375, 1.25, 1.125, 1, 1]);
});

test('gives all channels of a frame the same factor', () => {
  const ramp = new GainRamp(1, 2);
  ramp.moveTo(0, 2);
  expect(applied(ramp, 6)).toEqual([0.5, 0.5, 0, 0, 0, 0]);
});

test('is there at once when it is told to finish', () => {
  const ramp = new GainRamp(1, 1);
  ramp.moveTo(3, 100);
  ramp.finish();
  expect(applied(ramp, 2)).toEqual([3, 3]);
});
