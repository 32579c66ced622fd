import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleQueue } from '../../../src/stages/playout/sample-queue.ts';

describe('a sample queue', () => {
  test('gives back what it was given, in order, whatever the pieces', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ push: fc.integer({ min: 0, max: 20_000 }) }) },
      { weight: 5, arbitrary: fc.record({ shift: fc.integer({ min: 0, max: 20_000 }) }) },
      { weight: 1, arbitrary: fc.constant({ clear: true }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new SampleQueue();
        let written = 0;
        let read = 0;
        for (const step of steps) {
          if ('push' in step) {
            queue.push(Float32Array.from({ length: step.push }, () => written++));
          } else if ('shift' in step) {
            const count = Math.min(step.shift, written - read);
            const out = new Float32Array(count + 2).fill(-1);
            queue.shift(out, 1, count);
            if (out[0] !== -1 || out[count + 1] !== -1) return false;
            for (let i = 0; i < count; i++) if (out[1 + i] !== read++) return false;
          } else {
            queue.clear();
            read = written;
          }
          if (queue.length !== written - read) return false;
        }
        return true;
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('holds what is left where more is asked for', () => {
    const queue = new SampleQueue();
    queue.push(new Float32Array(10));
    expect(() => queue.shift(new Float32Array(20), 0, 11)).toThrow(RangeError);
    expect(queue.length).toBe(10);
  });
});
