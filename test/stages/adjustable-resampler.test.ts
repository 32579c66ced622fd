import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { type Inlet, inlet } from '../../src/pipeline/inlet.ts';
import {
  type AdjustableResamplerOptions,
  adjustableResampler,
} from '../../src/stages/adjustable-resampler.ts';
import { resampler } from '../../src/stages/resampler.ts';
import { noise } from '../wasm/conversions.ts';
import { gainAt } from '../wasm/formula.ts';
import { decibels, tone } from '../wasm/tone.ts';
import { CollectedBlocks } from './collected-blocks.ts';

/** An open stage and what comes out of it: copies of the blocks, and what was called. */
function opened(options: AdjustableResamplerOptions) {
  const stage = adjustableResampler(options);
  const { blocks, calls, outlet } = new CollectedBlocks();
  const first = stage.open(outlet);
  return { stage, first, blocks, calls };
}

function push(first: Inlet<AudioBlock>, samples: Float32Array, rateHz: number, timeMs: number, channels = 1) {
  first.push({ samples, rateHz, channels, timeMs });
}

const samplesOf = (blocks: readonly AudioBlock[]) => blocks.flatMap((block) => [...block.samples]);

test('says what it does and what delay that takes', () => {
  const stage = adjustableResampler({ fromHz: 48_000, toHz: 24_000 });
  expect(stage.name).toBe('adjustable resampler 48000→24000');
  expect(stage.delayMs).toBe(resampler({ fromHz: 48_000, toHz: 24_000 }).delayMs);
  expect(adjustableResampler({ fromHz: 48_000, toHz: 48_000, tier: 'best' }).delayMs).toBeCloseTo(2, 4);
});

test('without an adjustment does as the resampler does, but for −110 dB', () => {
  const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
  const plain: number[] = [];
  const beside = resampler({ fromHz: 44_100, toHz: 24_000 }).open(
    inlet((block) => plain.push(...block.samples)),
  );
  for (let n = 0; n < 10; n++) {
    push(first, noise(882, n), 44_100, n * 20);
    push(beside, noise(882, n), 44_100, n * 20);
  }
  first.end();
  beside.end();
  const own = samplesOf(blocks);
  expect(own.length).toBe(plain.length);
  for (const [n, y] of own.entries()) expect(Math.abs(y - (plain[n] as number))).toBeLessThan(3e-6);
});

test('follows a clock that is 300 ppm fast for ten minutes, to within a frame', () => {
  let framesOut = 0;
  const stage = adjustableResampler({ fromHz: 8000, toHz: 8000, tier: 'fast' });
  const first = stage.open(inlet((block) => (framesOut += block.samples.length)));
  stage.adjust(300);
  const block = new Float32Array(160);
  for (let n = 1; n <= 30_000; n++) {
    push(first, block, 8000, n * 20);
    if (n % 3000 === 0) expect(Math.abs(framesOut - (n * 160) / 1.0003)).toBeLessThan(1);
  }
});

test('does not click where the adjustment jumps: sound stays where the time of its block says', () => {
  for (const [fromHz, toHz] of [
    [48_000, 48_000],
    [44_100, 24_000],
  ] as const) {
    const { stage, first, blocks } = opened({ fromHz, toHz });
    const input = tone(997, fromHz, fromHz);
    const amplitude = 0.9 * gainAt(997, fromHz, toHz, 'std');
    const blockFrames = fromHz / 300;
    for (let n = 0; n < 300; n++) {
      if (n === 60) stage.adjust(1000);
      if (n === 200) stage.adjust(-400);
      push(first, input.subarray(n * blockFrames, (n + 1) * blockFrames), fromHz, (n * 1000) / 300);
    }
    const steady = blocks.slice(10);
    expect(steady.length).toBe(290);
    for (const { samples, timeMs } of steady) {
      const expected = amplitude * Math.sin(2 * Math.PI * 0.997 * timeMs);
      expect(decibels(Math.abs((samples[0] as number) - expected))).toBeLessThan(-100);
    }
    // Between the first samples of blocks, no second difference is larger than a tone of this frequency has.
    const all = steady.flatMap(({ samples }) => [...samples]);
    const most = 0.9 * ((2 * Math.PI * 997 * 1.001) / toHz) ** 2;
    for (let n = 1; n < all.length - 1; n++) {
      const bend = (all[n - 1] as number) - 2 * (all[n] as number) + (all[n + 1] as number);
      expect(Math.abs(bend)).toBeLessThan(most * 1.0001);
    }
  }
});

describe('the time of a block', () => {
  test.each([-1000, 0, 1000])('stays with the input for a minute at %i ppm', (ppm) => {
    const { stage, first, blocks } = opened({ fromHz: 16_000, toHz: 24_000, tier: 'fast' });
    stage.adjust(ppm);
    for (let n = 0; n < 3000; n++) {
      const samples = new Float32Array(320);
      if (n % 500 === 250) samples[100] = 1;
      push(first, samples, 16_000, 5000 + n * 20);
    }
    const clicksMs: number[] = [];
    for (const { samples, timeMs } of blocks) {
      const highest = Math.max(...samples);
      if (highest > 0.5) clicksMs.push(timeMs + samples.indexOf(highest) / 24);
    }
    expect(clicksMs.length).toBe(6);
    clicksMs.forEach((clickMs, n) => {
      expect(Math.abs(clickMs - (5000 + (250 + n * 500) * 20 + 6.25))).toBeLessThan(0.5 / 24 + 0.02);
    });
  });

  test('is never further than half a block from the stamps of an input whose clock is fast', () => {
    const { stage, first, blocks } = opened({ fromHz: 8000, toHz: 8000, tier: 'fast' });
    stage.adjust(500);
    const stamps = Array.from({ length: 6000 }, (_, n) => (n * 20) / 1.0005);
    for (const timeMs of stamps) push(first, new Float32Array(160), 8000, timeMs);
    blocks.forEach(({ timeMs }, n) => {
      // The first output may stand up to a sample behind the block's first input.
      expect(Math.abs(timeMs + stage.delayMs - (stamps[n] as number))).toBeLessThan(10 + 0.126);
    });
  });

  test('follows a jump of the input', () => {
    const { stage, first, blocks } = opened({ fromHz: 48_000, toHz: 48_000 });
    for (const timeMs of [0, 20, 540, 560]) push(first, noise(960), 48_000, timeMs);
    expect(blocks.map(({ timeMs }) => timeMs + stage.delayMs)).toEqual(
      [0, 20, 540, 560].map((timeMs) => expect.closeTo(timeMs, 9)),
    );
  });

  test('begins anew after a reset and after an end', () => {
    const { stage, first, blocks } = opened({ fromHz: 48_000, toHz: 48_000 });
    stage.adjust(500);
    push(first, noise(960), 48_000, 0);
    first.reset();
    push(first, noise(960), 48_000, 3000);
    first.end();
    push(first, noise(960), 48_000, 7000);
    expect(blocks[1]?.timeMs).toBeCloseTo(3000 - stage.delayMs, 9);
    expect(blocks.at(-1)?.timeMs).toBeCloseTo(7000 - stage.delayMs, 9);
    expect(blocks.at(-1)?.samples).toEqual(blocks[1]?.samples);
  });
});

describe('the adjustment', () => {
  test('is told, and 0 at first', () => {
    const stage = adjustableResampler({ fromHz: 48_000, toHz: 48_000 });
    expect(stage.adjustmentPpm).toBe(0);
    stage.adjust(-12.5);
    expect(stage.adjustmentPpm).toBe(-12.5);
  });

  test.each([1001, -1000.5, Number.NaN])('of %d ppm is refused, before a stream is open and after', (ppm) => {
    const stage = adjustableResampler({ fromHz: 48_000, toHz: 48_000 });
    const error = new RangeError(`a ratio can be moved by ±1000 ppm, received ${ppm}`);
    stage.adjust(7);
    expect(() => stage.adjust(ppm)).toThrow(error);
    stage.open(inlet(() => {}));
    expect(() => stage.adjust(ppm)).toThrow(error);
    expect(stage.adjustmentPpm).toBe(7);
  });

  test('is that of every stream, of those that are open and of those to come', () => {
    const stage = adjustableResampler({ fromHz: 8000, toHz: 8000, tier: 'fast' });
    const counts = [0, 0];
    const open = (stream: number) =>
      stage.open(inlet((block) => (counts[stream] = (counts[stream] ?? 0) + block.samples.length)));
    const early = open(0);
    stage.adjust(1000);
    const late = open(1);
    for (let n = 0; n < 500; n++) {
      push(early, new Float32Array(160), 8000, n * 20);
      push(late, new Float32Array(160), 8000, n * 20);
    }
    // The early one has glided for 100 ms, which spared it half of 0.8 frames.
    expect(counts).toEqual([Math.ceil(80_000 / 1.001 + 0.4), Math.ceil(80_000 / 1.001)]);
  });
});

test('ends with what still sounds in the filter, and resets', () => {
  const { first, blocks, calls } = opened({ fromHz: 48_000, toHz: 48_000 });
  const samples = new Float32Array(960);
  samples[959] = 1;
  push(first, samples, 48_000, 0);
  first.end();
  first.reset();
  first.end();
  expect(calls).toEqual(['push', 'push', 'end', 'reset', 'end']);
  expect(samplesOf(blocks).reduce((sum, y) => sum + y, 0)).toBeCloseTo(1, 5);
});

test('keeps channels apart', () => {
  const { stage, first, blocks } = opened({ fromHz: 48_000, toHz: 44_100, channels: 2 });
  stage.adjust(250);
  push(
    first,
    Float32Array.from({ length: 1920 }, (_, i) => i % 2),
    48_000,
    0,
    2,
  );
  expect(blocks[0]?.samples.length).toBe(1764);
  expect(blocks[0]?.samples.at(-2)).toBe(0);
  expect(blocks[0]?.samples.at(-1)).toBeCloseTo(1, 6);
});

test('gives the same block again and again', () => {
  const seen = new Set<AudioBlock>();
  const first = adjustableResampler({ fromHz: 48_000, toHz: 48_000 }).open(inlet((block) => seen.add(block)));
  for (let n = 0; n < 20; n++) push(first, new Float32Array(960), 48_000, n * 20);
  expect(seen.size).toBe(1);
});

test('refuses wrong options before it is opened, and blocks of another format', () => {
  const ok = { fromHz: 48_000, toHz: 48_000 };
  expect(() => adjustableResampler({ ...ok, fromHz: 0 })).toThrow(RangeError);
  expect(() => adjustableResampler({ ...ok, toHz: 0.5 })).toThrow(RangeError);
  expect(() => adjustableResampler({ ...ok, channels: 1.5 })).toThrow(RangeError);
  expect(() => adjustableResampler({ ...ok, tier: 'finest' as 'best' })).toThrow(RangeError);
  expect(() => adjustableResampler({ ...ok, tier: 'half-band' as 'best' })).toThrow(RangeError);
  const { first } = opened(ok);
  expect(() => push(first, new Float32Array(320), 16_000, 0)).toThrow(/48000 Hz.*received .*16000 Hz/);
  expect(() => push(first, new Float32Array(320), 48_000, 0, 2)).toThrow(RangeError);
});
