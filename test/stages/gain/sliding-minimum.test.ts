import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingMinimum } from '../../../src/stages/gain/sliding-minimum.ts';

test('gives the least of the last so many values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 9 }), (all, window) => {
      const minimum = new SlidingMinimum(window, 6);
      const given = all.map((value) => minimum.push(value));
      expect(given).toEqual(all.map((_, n) => Math.min(...all.slice(Math.max(0, n + 1 - window), n + 1))));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('is as new after a reset', () => {
  const minimum = new SlidingMinimum(3, 1);
  minimum.push(0.1);
  minimum.reset();
  expect([minimum.push(1), minimum.push(0.5), minimum.push(1)]).toEqual([1, 0.5, 0.5]);
});
