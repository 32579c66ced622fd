import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { DriftEstimator } from '../../../src/stages/playout/drift-estimator.ts';

/** Pulls 10 ms blocks of a device that is `ppm` fast, each noticed up to `jitterMs` late. Gives back when it ended. */
function run(estimator: DriftEstimator, ppm: number, seconds: number, jitterMs = 0, startMs = 0): number {
  const random = new Random(1);
  const blockMs = 10 / (1 + ppm / 1e6);
  for (let i = 0; i < seconds * 100; i++) {
    estimator.observe(startMs + i * blockMs + random.uniform() * jitterMs, 240);
  }
  return startMs + seconds * 1000;
}

describe('a drift estimator', () => {
  test.each([-500, -40, 0, 200, 5000])('finds %i ppm', (ppm) => {
    const estimator = new DriftEstimator(24_000);
    run(estimator, ppm, 12);
    expect(estimator.driftPpm).toBeCloseTo(ppm, 3);
  });

  test('is hardly moved by callbacks that come late', () => {
    const estimator = new DriftEstimator(24_000);
    run(estimator, 150, 30, 4);
    expect(Math.abs((estimator.driftPpm ?? Number.NaN) - 150)).toBeLessThan(80);
  });

  test('says nothing before 10 s', () => {
    const estimator = new DriftEstimator(24_000);
    run(estimator, 100, 9.9);
    expect(estimator.driftPpm).toBeUndefined();
  });

  test('knows the last 10 s only', () => {
    const estimator = new DriftEstimator(24_000);
    const nowMs = run(estimator, 0, 20);
    run(estimator, 300, 13, 0, nowMs);
    expect(estimator.driftPpm).toBeCloseTo(300, 3);
  });

  test('starts again after a jump, instead of taking it for drift', () => {
    const estimator = new DriftEstimator(24_000);
    const nowMs = run(estimator, 0, 20);
    run(estimator, 0, 5, 0, nowMs + 3000);
    expect(estimator.driftPpm).toBeUndefined();
    run(estimator, 0, 11, 0, nowMs + 8000);
    expect(estimator.driftPpm).toBeCloseTo(0, 3);
  });
});
