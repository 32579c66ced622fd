import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RepeatableSource } from '../../../src/stages/device-sink/repeatable-source.ts';

/** Counts: each sample is its own number. */
function counting() {
  let next = 1;
  const dues: number[] = [];
  const source = {
    pull(out: Float32Array, dueMs: number): void {
      dues.push(dueMs);
      for (let i = 0; i < out.length; i++) out[i] = next++;
    },
  };
  return { source, dues };
}

test('what is repeated comes once more, and what follows it follows', () => {
  const step = fc.record({
    kind: fc.constantFrom('pull' as const, 'pull' as const, 'back' as const, 'drop' as const),
    count: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const repeatable = new RepeatableSource(counting().source, 8000);
      let last = 0;
      let newest = 0;
      for (const { kind, count } of steps) {
        if (kind === 'pull') {
          const out = new Float32Array(count);
          repeatable.pull(out, 0);
          for (const sample of out) expect(sample).toBe(++last);
          newest = Math.max(newest, last);
        } else if (kind === 'back') {
          repeatable.goBack(count);
          last = Math.max(0, last - count, newest - 8000);
        } else {
          expect(repeatable.drop()).toBe(newest - last);
          last = newest;
        }
        expect(repeatable.pending).toBe(newest - last);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('it goes back a second at most', () => {
  const repeatable = new RepeatableSource(counting().source, 8000);
  for (let n = 0; n < 200; n++) repeatable.pull(new Float32Array(80), n * 10);
  repeatable.goBack(20_000);
  const out = new Float32Array(80);
  repeatable.pull(out, 0);
  expect(out[0]).toBe(8001);
});

test('the source is told when the samples after the repetition leave', () => {
  const { source, dues } = counting();
  const repeatable = new RepeatableSource(source, 8000);
  repeatable.pull(new Float32Array(80), 0);
  repeatable.goBack(40);
  repeatable.pull(new Float32Array(80), 100);
  expect(dues).toEqual([0, 105]);
});
