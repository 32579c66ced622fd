import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../../bench/kernels/candidates.ts';
import { measureQuality } from '../../../bench/kernels/quality.ts';

const down = { fromHz: 48_000, toHz: 24_000 };
const up = { fromHz: 24_000, toHz: 48_000 };

/** A resampler of which every property is known, made of what it does to a block. */
function known(open: () => (block: Float32Array) => Float32Array | Int16Array): Candidate {
  return { name: 'known', ours: false, takes: () => true, open: async () => ({ process: open() }) };
}

/** Every second sample, delayed by whole input samples, with something done to it. */
function decimator(delay = 0, change = (sample: number) => sample): Candidate {
  return known(() => {
    let past: number[] = new Array(delay).fill(0);
    return (block) => {
      const line = [...past, ...block];
      past = line.slice(block.length);
      return Float32Array.from({ length: block.length / 2 }, (_, i) => change(line[2 * i] as number));
    };
  });
}

describe('a resampler without a filter', () => {
  test('aliases everything and loses nothing on the way down', async () => {
    const {
      aliasDb = [],
      edge01,
      edge3,
      residualDb,
      rippleDb,
    } = await measureQuality(decimator(), down, 100);
    for (const alias of aliasDb) expect(alias).toBeCloseTo(0, 1);
    expect([edge01, edge3]).toEqual([1, 1]);
    expect(Math.max(...residualDb)).toBeLessThan(-130);
    expect(rippleDb).toBeLessThan(0.001);
  });

  test('makes images as loud as the tone on the way up, and has no alias there', async () => {
    const stuffer = known(() => (block) => {
      return Float32Array.from({ length: 2 * block.length }, (_, i) =>
        i % 2 ? 0 : 2 * (block[i / 2] as number),
      );
    });
    const { aliasDb, residualDb } = await measureQuality(stuffer, up, 100);
    expect(aliasDb).toBeUndefined();
    expect(residualDb[0]).toBeCloseTo(0, 1);
  });
});

test('latency is the delay of the sound, together with what is held back', async () => {
  const late = await measureQuality(decimator(48), down, 60);
  expect(late.latencyMs).toBeCloseTo(1, 3);
  const hoarder = known(() => {
    let held = 12;
    return (block) => {
      const first = held;
      held = 0;
      return Float32Array.from(
        { length: block.length / 2 - first },
        (_, i) => block[2 * (i + first)] as number,
      );
    };
  });
  // It drops the first half of a millisecond, which makes the rest early by as much, and hands it out late by as much.
  expect((await measureQuality(hoarder, down, 60)).latencyMs).toBeCloseTo(0, 3);
});

test('distortion of a thousandth is heard at −60 dB', async () => {
  const cube = (x: number) => x - (4e-3 / 0.9 ** 2) * (x ** 3 - 0.75 * 0.9 ** 2 * x);
  const { thdN } = await measureQuality(decimator(0, cube), down, 200);
  expect(thdN.at1kDb).toBeCloseTo(-60, 0);
});

test('samples of 16 bits are read at their scale', async () => {
  const rounded = known(() => (block) => {
    return Int16Array.from({ length: block.length / 2 }, (_, i) =>
      Math.round((block[2 * i] as number) * 32_768),
    );
  });
  const { rippleDb, thdN } = await measureQuality(rounded, down, 100);
  expect(rippleDb).toBeLessThan(0.001);
  expect(thdN.at1kDb).toBeGreaterThan(-105);
  expect(thdN.at1kDb).toBeLessThan(-90);
});

test('the edges of a one-pole filter are where its formula has them', async () => {
  // Of y += (x − y) · a the power is a² / (1 − 2(1 − a)cos w + (1 − a)²).
  const a = 0.5;
  const onePole = known(() => {
    let y = 0;
    return (block) => {
      const out = new Float32Array(block.length / 2);
      for (const [i, x] of block.entries()) {
        y += (x - y) * a;
        if (i % 2 === 0) out[i / 2] = y;
      }
      return out;
    };
  });
  const gainDb = (fraction: number) => {
    const w = (2 * Math.PI * fraction * 12_000) / 48_000;
    return 10 * Math.log10(a ** 2 / (1 - 2 * (1 - a) * Math.cos(w) + (1 - a) ** 2));
  };
  const { edge3 } = await measureQuality(onePole, down, 60);
  expect(gainDb(edge3) - gainDb(0.05)).toBeCloseTo(-3, 2);
});
