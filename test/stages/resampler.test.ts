import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { type Inlet, inlet } from '../../src/pipeline/inlet.ts';
import { Random } from '../../src/random.ts';
import type { RateEngine } from '../../src/stages/rate-conversion.ts';
import { type ResamplerOptions, type ResamplerTier, resampler } from '../../src/stages/resampler.ts';
import { noise } from '../wasm/conversions.ts';
import { CollectedBlocks } from './collected-blocks.ts';

/** An open resampler and what comes out of it: copies of the blocks, and what was called. */
function opened(options: ResamplerOptions) {
  const collected = new CollectedBlocks();
  const { blocks, calls, outlet } = collected;
  const first = resampler(options).open(outlet);
  return { first, blocks, calls, samples: () => collected.samples };
}

function push(first: Inlet<AudioBlock>, samples: Float32Array, rateHz: number, timeMs: number, channels = 1) {
  first.push({ samples, rateHz, channels, timeMs });
}

test('says what it does and what delay that takes', () => {
  const stage = resampler({ fromHz: 48_000, toHz: 24_000 });
  expect(stage.name).toBe('resampler 48000→24000');
  expect(stage.delayMs).toBeCloseTo(1.5, 4);
});

test('gives 20 ms for 20 ms from the first block on', () => {
  const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
  for (let n = 0; n < 10; n++) push(first, noise(882), 44_100, n * 20);
  expect(blocks.map((block) => block.samples.length)).toEqual(new Array(10).fill(480));
  expect(blocks.every((block) => block.rateHz === 24_000 && block.channels === 1)).toBe(true);
});

test('cuts a long block into pieces of 100 ms and loses nothing', () => {
  const { first, blocks, samples } = opened({ fromHz: 48_000, toHz: 24_000 });
  const short = opened({ fromHz: 48_000, toHz: 24_000 });
  const input = noise(12_000);
  push(first, input, 48_000, 1000);
  for (let n = 0; n < 12_000; n += 960) push(short.first, input.subarray(n, n + 960), 48_000, 1000 + n / 48);
  expect(blocks.map((block) => block.samples.length)).toEqual([2400, 2400, 1200]);
  const { delayMs } = resampler({ fromHz: 48_000, toHz: 24_000 });
  expect(blocks.map((block) => Math.round((block.timeMs + delayMs) * 1e6) / 1e6)).toEqual([1000, 1100, 1200]);
  expect(samples()).toEqual(short.samples());
});

test('ends with what still sounds in the filter', () => {
  const { first, calls, samples } = opened({ fromHz: 48_000, toHz: 24_000 });
  const impulse = new Float32Array(960);
  impulse[959] = 1;
  push(first, impulse, 48_000, 0);
  first.end();
  expect(calls).toEqual(['push', 'push', 'end']);
  expect(samples().reduce((sum, y) => sum + y, 0)).toBeCloseTo(0.5, 5);
});

test('ends without a block where there was none', () => {
  const { first, calls } = opened({ fromHz: 48_000, toHz: 24_000 });
  push(first, new Float32Array(), 48_000, 0);
  first.end();
  expect(calls).toEqual(['end']);
});

test('is as new after a reset', () => {
  const { first, blocks, calls } = opened({ fromHz: 16_000, toHz: 24_000 });
  push(first, noise(320), 16_000, 500);
  push(first, noise(320, 2), 16_000, 520);
  first.reset();
  push(first, noise(320), 16_000, 500);
  expect(calls).toEqual(['push', 'push', 'reset', 'push']);
  expect(blocks[2]).toEqual(blocks[0]);
});

test('converts each channel for itself', () => {
  const { first, blocks } = opened({ fromHz: 48_000, toHz: 24_000, channels: 2 });
  push(
    first,
    Float32Array.from({ length: 1920 }, (_, i) => i % 2),
    48_000,
    0,
    2,
  );
  expect(blocks[0]?.samples.length).toBe(960);
  expect(blocks[0]?.samples.at(-2)).toBe(0);
  expect(blocks[0]?.samples.at(-1)).toBeCloseTo(1, 6);
});

describe('the time of a block', () => {
  const { delayMs } = resampler({ fromHz: 44_100, toHz: 24_000 });

  test('is when the sound in its first sample was captured', () => {
    const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
    const impulse = new Float32Array(882);
    impulse[441] = 1;
    push(first, impulse, 44_100, 300);
    const block = blocks[0] as AudioBlock;
    const peak = block.samples.indexOf(Math.max(...block.samples));
    expect(Math.abs(block.timeMs + peak / 24 - 310)).toBeLessThan(0.5 / 24 + 1e-9);
  });

  test('of the tail goes on from the block before it', () => {
    const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
    push(first, noise(882), 44_100, 300);
    first.end();
    expect(blocks.map((block) => block.timeMs)).toEqual([300 - delayMs, expect.closeTo(320 - delayMs, 9)]);
  });

  test('begins anew after an end', () => {
    const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
    push(first, noise(882), 44_100, 300);
    first.end();
    push(first, noise(882), 44_100, 301);
    expect(blocks[2]?.timeMs).toBe(301 - delayMs);
    expect(blocks[2]?.samples).toEqual(blocks[0]?.samples);
  });

  test('neither jitters with the stamps nor drifts', () => {
    const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
    const random = new Random(3);
    for (let n = 0; n < 500; n++) {
      const jitterMs = n === 0 ? 0 : random.uniform() * 18 - 9;
      push(first, new Float32Array(882), 44_100, 100 + n * 20 + jitterMs);
    }
    blocks.forEach((block, n) => {
      expect(block.timeMs).toBeCloseTo(100 + n * 20 - delayMs, 9);
    });
  });

  test('follows a jump of more than half a block, both ways', () => {
    const { first, blocks } = opened({ fromHz: 44_100, toHz: 24_000 });
    for (const timeMs of [0, 20, 51, 71, 60, 80]) push(first, new Float32Array(882), 44_100, timeMs);
    const captured = blocks.map((block) => Math.round((block.timeMs + delayMs) * 1e6) / 1e6);
    expect(captured).toEqual([0, 20, 51, 71, 60, 80]);
  });
});

test('refuses blocks of another rate or number of channels, and says both', () => {
  for (const toHz of [24_000, 48_000]) {
    const { first } = opened({ fromHz: 48_000, toHz });
    expect(() => push(first, new Float32Array(320), 16_000, 0)).toThrow(RangeError);
    expect(() => push(first, new Float32Array(320), 16_000, 0)).toThrow(/48000 Hz.*received .*16000 Hz/);
    expect(() => push(first, new Float32Array(320), 48_000, 0, 2)).toThrow(RangeError);
  }
});

test('refuses wrong options before it is opened', () => {
  const ok = { fromHz: 48_000, toHz: 24_000 };
  expect(() => resampler({ ...ok, fromHz: Number.NaN, toHz: Number.NaN })).toThrow(RangeError);
  expect(() => resampler({ ...ok, fromHz: 0 })).toThrow(/received 0/);
  expect(() => resampler({ ...ok, toHz: 24_000.5 })).toThrow(/received 24000.5/);
  expect(() => resampler({ ...ok, channels: 0 })).toThrow(/received 0/);
  expect(() => resampler({ ...ok, tier: 'finest' as ResamplerTier })).toThrow(/received finest/);
  expect(() => resampler({ ...ok, fromHz: 44_100, tier: 'half-band' })).toThrow(/2:1 and 1:2.*44100/);
});

test('converts between any two rates', () => {
  const { first, samples } = opened({ fromHz: 44_101, toHz: 24_000 });
  for (let n = 0; n < 50; n++) push(first, noise(882), 44_101, n * 20);
  expect(samples().length).toBe(Math.ceil((50 * 882 * 24_000) / 44_101));
});

test.each([
  ['fast', 0.9167],
  ['wide', 2.1667],
  ['hq', 2.75],
  ['best', 4],
  ['half-band', 1.1042],
] as const)('in the tier %s says so, and takes %d ms', (tier, delayMs) => {
  const stage = resampler({ fromHz: 48_000, toHz: 24_000, tier });
  expect(stage.name).toBe(`${tier} resampler 48000→24000`);
  expect(stage.delayMs).toBeCloseTo(delayMs, 4);
});

describe('with an engine of another kind', () => {
  /** Halves by leaving out every other frame. */
  const engine: RateEngine = {
    name: 'thinning',
    open: () => ({
      delayMs: 3,
      maxFrames: 100,
      convert: (input, first, frames) => input.subarray(first, first + frames).filter((_, n) => n % 2 === 0),
      flush: () => new Float32Array(7),
      reset: () => {},
    }),
  };

  test('lets it do the arithmetic, and says so', () => {
    const stage = resampler({ fromHz: 48_000, toHz: 24_000, engine });
    expect([stage.name, stage.delayMs]).toEqual(['thinning 48000→24000', 3]);
    const { first, blocks } = opened({ fromHz: 48_000, toHz: 24_000, engine });
    push(first, noise(240), 48_000, 1000);
    first.end();
    expect(blocks.map(({ samples, timeMs }) => [samples.length, timeMs])).toEqual([
      [50, 997],
      [50, 997 + 50 / 24],
      [20, 997 + 100 / 24],
      [7, 997 + 120 / 24],
    ]);
  });

  test('has no tiers', () => {
    expect(() => resampler({ fromHz: 48_000, toHz: 24_000, engine, tier: 'hq' })).toThrow(
      new RangeError('the engine thinning has no tiers, received hq'),
    );
  });
});

test('opens any number of streams that know nothing of each other', () => {
  const stage = resampler({ fromHz: 48_000, toHz: 24_000 });
  const heard: Float32Array[][] = [[], []];
  const firsts = heard.map((pieces) => stage.open(inlet((block) => pieces.push(block.samples.slice()))));
  for (let n = 0; n < 5; n++) {
    firsts.forEach((first, stream) => {
      push(first, noise(960, 10 * stream + n), 48_000, n * 20);
    });
  }
  heard.forEach((pieces, stream) => {
    const alone = opened({ fromHz: 48_000, toHz: 24_000 });
    for (let n = 0; n < 5; n++) push(alone.first, noise(960, 10 * stream + n), 48_000, n * 20);
    expect(pieces).toEqual(alone.blocks.map((block) => block.samples));
  });
});

test('does not let NaN and infinities through', () => {
  const { first, samples } = opened({ fromHz: 48_000, toHz: 24_000 });
  push(first, new Float32Array(960).fill(Number.NaN), 48_000, 0);
  push(first, new Float32Array(960).fill(Number.NEGATIVE_INFINITY), 48_000, 20);
  push(first, new Float32Array(960), 48_000, 40);
  expect(samples().every((y) => y === 0)).toBe(true);
});

test('passes blocks untouched where the rates are equal', () => {
  const seen: unknown[] = [];
  const stage = resampler({ fromHz: 24_000, toHz: 24_000 });
  const first = stage.open(
    inlet(
      (block) => seen.push(block),
      () => seen.push('end'),
      () => seen.push('reset'),
    ),
  );
  const block = { samples: noise(480), rateHz: 24_000, channels: 1, timeMs: 7 };
  first.push(block);
  first.reset();
  first.end();
  expect(stage.delayMs).toBe(0);
  expect(seen[0]).toBe(block);
  expect(seen.slice(1)).toEqual(['reset', 'end']);
});

test('gives the same block and the same samples array again and again', () => {
  const blocks = new Set<AudioBlock>();
  const arrays = new Set<Float32Array>();
  const first = resampler({ fromHz: 48_000, toHz: 24_000 }).open(
    inlet((block) => {
      blocks.add(block);
      arrays.add(block.samples);
    }),
  );
  for (let n = 0; n < 20; n++) push(first, new Float32Array(960), 48_000, n * 20);
  expect([blocks.size, arrays.size]).toEqual([1, 1]);
});

test('keeps a block valid while another resampler behind it works', () => {
  const seen: Float32Array[] = [];
  const behind = resampler({ fromHz: 24_000, toHz: 16_000 }).open(inlet(() => {}));
  const sibling = resampler({ fromHz: 48_000, toHz: 24_000 }).open(inlet(() => {}));
  const first = resampler({ fromHz: 48_000, toHz: 24_000 }).open(
    inlet((block) => {
      const before = block.samples.slice();
      behind.push(block);
      push(sibling, noise(960, 9), 48_000, 0);
      seen.push(before, block.samples.slice());
    }),
  );
  push(first, noise(960), 48_000, 0);
  expect(seen[0]).toEqual(seen[1]);
});
