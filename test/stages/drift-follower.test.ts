import { describe, expect, test } from 'vitest';
import { inlet } from '../../src/pipeline/inlet.ts';
import { Random } from '../../src/random.ts';
import { adjustableResampler } from '../../src/stages/adjustable-resampler.ts';
import { DriftFollower } from '../../src/stages/drift-follower.ts';
import { decibels, fitTone } from '../wasm/tone.ts';

const blockMs = 20;
const targetMs = 40;

/**
 * A device whose clock runs fast plays a tone into a queue, from which another clock takes 20 ms every 20 ms: the levels, and what
 * was taken.
 */
function follow({
  driftPpm,
  minutes,
  jitterMs = 0,
}: {
  driftPpm: number;
  minutes: number;
  jitterMs?: number;
}) {
  const [fromHz, toHz, toneHz] = [48_000, 24_000, 997];
  const fastHz = fromHz * (1 + driftPpm * 1e-6);
  const random = new Random(1);
  const follower = new DriftFollower({ targetMs });
  const stage = adjustableResampler({ fromHz, toHz });
  const taken: number[] = [];
  const levels: number[] = [];
  let written = 0;
  const device = stage.open(
    inlet(({ samples }) => {
      taken.push(...samples);
      written += samples.length;
    }),
  );
  const block = new Float32Array((fromHz * blockMs) / 1000);
  let blocks = 0;
  let read = 0;
  for (let nowMs = 0; nowMs < minutes * 60_000; nowMs += blockMs) {
    const capturedBlocks = Math.floor((nowMs * fastHz) / 1000 / block.length);
    for (; blocks < capturedBlocks; blocks++) {
      const first = blocks * block.length;
      for (let i = 0; i < block.length; i++) {
        block[i] = 0.5 * Math.sin((2 * Math.PI * toneHz * (first + i)) / fastHz);
      }
      device.push({ samples: block, rateHz: fromHz, channels: 1, timeMs: (first * 1000) / fastHz });
    }
    // What the device has captured since its last block will be there in a moment.
    const sinceBlockMs = nowMs - (blocks * block.length * 1000) / fastHz;
    const levelMs = ((written - read) * 1000) / toHz + sinceBlockMs;
    if (nowMs >= targetMs) {
      levels.push(levelMs);
      stage.adjust(follower.update(levelMs + (random.uniform() - 0.5) * 2 * jitterMs, nowMs));
      read += (toHz * blockMs) / 1000;
    }
  }
  return { levels, samples: Float32Array.from(taken), follower, toneHz, toHz };
}

/** Everything but the tone, whose frequency by the other clock is looked for, in a second of samples. */
function residualDb(samples: Float32Array, nominalHz: number, rateHz: number): number {
  const residualAt = (hz: number) => {
    const { residual, amplitude } = fitTone(samples, hz, rateHz);
    return decibels(residual / amplitude);
  };
  let [low, high] = [nominalHz * (1 - 2e-4), nominalHz * (1 + 2e-4)];
  for (let turn = 0; turn < 60; turn++) {
    const [a, b] = [low + (high - low) * 0.382, low + (high - low) * 0.618];
    if (residualAt(a) < residualAt(b)) high = b;
    else low = a;
  }
  return residualAt((low + high) / 2);
}

describe('a queue between two clocks that differ by 300 ppm', () => {
  const { levels, samples, follower, toneHz, toHz } = follow({ driftPpm: 300, minutes: 10 });

  test('keeps its level within a millisecond for ten minutes', () => {
    const off = levels.map((levelMs) => Math.abs(levelMs - targetMs));
    expect(Math.max(...off)).toBeLessThan(1);
    expect(Math.max(...off.slice(-1000))).toBeLessThan(0.05);
  });

  test('has found the drift', () => {
    expect(follower.driftPpm).toBeCloseTo(300, 0);
  });

  test('lets the tone through, with everything else 100 dB below', () => {
    for (const second of [60, 300, 599]) {
      const piece = samples.subarray((second - 1) * toHz, second * toHz);
      expect(residualDb(piece, toneHz, toHz)).toBeLessThan(-100);
    }
  });
});

test('a slow clock is followed as well as a fast one', () => {
  const { levels, follower } = follow({ driftPpm: -300, minutes: 2 });
  expect(follower.driftPpm).toBeCloseTo(-300, 0);
  expect(levels.at(-1)).toBeCloseTo(targetMs, 1);
});

test('jitter in what is measured stays out of the level', () => {
  const { levels } = follow({ driftPpm: 150, minutes: 2, jitterMs: 0.5 });
  for (const levelMs of levels.slice(1000)) expect(Math.abs(levelMs - targetMs)).toBeLessThan(0.5);
});

test('more than can be followed is asked for up to the limit, and forgotten when it is over', () => {
  const follower = new DriftFollower({ targetMs: 20 });
  for (let timeMs = 0; timeMs < 60_000; timeMs += 20) follower.update(200, timeMs);
  expect(follower.update(200, 60_000)).toBe(1000);
  expect(Math.abs(follower.driftPpm)).toBeLessThan(1000);
});

test('lengths that cannot be are refused', () => {
  expect(() => new DriftFollower({ targetMs: 0 })).toThrow(/not at 0 ms/);
  expect(() => new DriftFollower({ targetMs: Number.NaN })).toThrow(RangeError);
});
