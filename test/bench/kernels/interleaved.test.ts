import { expect, test } from 'vitest';
import { timeInterleaved, timesFaster } from '../../../bench/kernels/interleaved.ts';

/** Adds up so many numbers; what it comes to keeps the loop from being left out. */
function work(count: number): () => void {
  const sum = { value: 0 };
  return () => {
    for (let i = 0; i < count; i++) sum.value = (sum.value + Math.sqrt(i)) % 1000;
  };
}

test('a task of ten times the work takes several times as long, in every round', () => {
  const [short = [], long = []] = timeInterleaved(
    [
      { name: 'short', run: work(1000) },
      { name: 'long', run: work(10_000) },
    ],
    { rounds: 5, sampleMs: 4 },
  );
  expect([short.length, long.length]).toEqual([5, 5]);
  expect(timesFaster(short, long)).toBeGreaterThan(3);
  expect(timesFaster(short, long)).toBeLessThan(30);
});

test('what a task throws is thrown', () => {
  const tasks = [
    {
      name: 'broken',
      run: () => {
        throw new RangeError('on purpose');
      },
    },
  ];
  expect(() => timeInterleaved(tasks, { rounds: 1, sampleMs: 1 })).toThrow('on purpose');
});

test('a ratio is the median of the ratios of the rounds, so that a disturbed round does not count', () => {
  expect(timesFaster([1, 2, 50], [10, 20, 500])).toBe(10);
  expect(timesFaster([1, 1, 9], [10, 10, 10])).toBe(10);
  expect(timesFaster([1], [])).toBeNaN();
});
