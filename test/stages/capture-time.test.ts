import { expect, test } from 'vitest';
import { CaptureTime } from '../../src/stages/capture-time.ts';

const block = (timeMs: number) => ({ samples: new Float32Array(480), rateHz: 24_000, channels: 1, timeMs });

test('stamps that jitter do not move the beginning', () => {
  const captured = new CaptureTime();
  for (const [n, jitterMs] of [0, 9, -9, 10, -10].entries())
    captured.follow(block(100 + n * 20 + jitterMs), n * 20);
  expect(captured.startMs).toBe(100);
});

test('a jump by more than half a block does, either way', () => {
  const captured = new CaptureTime();
  captured.follow(block(100), 0);
  captured.follow(block(131), 20);
  expect(captured.startMs).toBe(111);
  captured.follow(block(140), 40);
  expect(captured.startMs).toBe(100);
});

test('after a reset nothing is known', () => {
  const captured = new CaptureTime();
  expect(captured.hasStarted).toBe(false);
  captured.follow(block(100), 0);
  expect(captured.hasStarted).toBe(true);
  captured.reset();
  expect([captured.hasStarted, captured.startMs]).toEqual([false, 0]);
});
