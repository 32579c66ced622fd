import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { chain } from '../../src/pipeline/chain.ts';
import { inlet, type Stage } from '../../src/pipeline/inlet.ts';
import { bypass } from '../../src/stages/bypass.ts';
import { loadRnnoise } from '../../src/stages/denoiser/rnnoise.ts';
import { denoiser } from '../../src/stages/denoiser.ts';
import { preGain } from '../../src/stages/pre-gain.ts';
import { cut, spoken } from '../audio/spoken.ts';
import { noise } from '../wasm/conversions.ts';
import { tone } from '../wasm/tone.ts';
import { CollectedBlocks } from './collected-blocks.ts';

const rateHz = 24_000;
const delay = 72;

/** What 6 dB make of a sound that stays below the ceiling: twice as loud, 3 ms later. */
const gained = () => preGain({ rateHz, gain: 6 });

function opened(stage: Stage<AudioBlock, AudioBlock> = gained(), hz = rateHz) {
  const switched = bypass(stage, { rateHz: hz });
  const collected = new CollectedBlocks();
  const first = switched.open(collected.outlet);
  return {
    switched,
    first,
    collected,
    push: (samples: Float32Array, timeMs = 0) => first.push({ samples, rateHz: hz, channels: 1, timeMs }),
  };
}

function through(
  stage: Stage<AudioBlock, AudioBlock>,
  blocks: readonly Float32Array[],
  hz = rateHz,
): Float32Array {
  const collected = new CollectedBlocks();
  const first = stage.open(collected.outlet);
  for (const samples of blocks) first.push({ samples, rateHz: hz, channels: 1, timeMs: 0 });
  return collected.samples;
}

function later(samples: Float32Array, frames: number): Float32Array {
  const delayed = new Float32Array(samples.length);
  delayed.set(samples.subarray(0, samples.length - frames), frames);
  return delayed;
}

test('has the name and the delay of the stage', () => {
  const stage = bypass(gained(), { rateHz });
  expect([stage.name, stage.delayMs, stage.isBypassed]).toEqual(['pre-gain +6 dB', 3, false]);
});

test('is the stage, to the bit, while it is not bypassed', () => {
  const blocks = cut(
    noise(24_000).map((x) => x * 0.2),
    [480],
  );
  expect(through(bypass(gained(), { rateHz }), blocks)).toEqual(through(gained(), blocks));
});

test('is what came in, to the bit and as late as the stage, while it is bypassed', () => {
  const samples = noise(24_000);
  const { switched, first, collected } = opened();
  switched.isBypassed = true;
  first.reset();
  for (const block of cut(samples, [480])) first.push({ samples: block, rateHz, channels: 1, timeMs: 0 });
  expect(collected.samples).toEqual(later(samples, delay));
});

test('fades from one to the other in 10 ms, and back', () => {
  const samples = noise(24_000).map((x) => x * 0.2);
  const { switched, collected, push } = opened();
  const blocks = cut(samples, [480]);
  for (const [n, block] of blocks.entries()) {
    if (n === 10) switched.isBypassed = true;
    if (n === 20) switched.isBypassed = false;
    push(block);
  }
  const out = collected.samples;
  const [wet, dry] = [through(gained(), blocks), later(samples, delay)];
  const same = (one: Float32Array, from: number, end: number) =>
    expect(out.subarray(from, end)).toEqual(one.subarray(from, end));
  same(wet, 0, 4800);
  same(dry, 4800 + 240, 9600);
  same(wet, 9600 + 240, 24_000);
  for (let i = 4800; i < 5040; i++) {
    // The share of the stage, by which both differ, falls as half a cosine.
    const share = 0.5 * (1 + Math.cos((Math.PI * (i - 4800 + 0.5)) / 240));
    expect(out[i]).toBeCloseTo(share * (wet[i] as number) + (1 - share) * (dry[i] as number), 4);
  }
});

test('does not click, whenever it is switched', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (lengths) => {
      const samples = tone(200, rateHz, 8000, 0.3);
      const { switched, collected, push } = opened();
      for (const block of cut(samples, lengths)) {
        switched.isBypassed = !switched.isBypassed;
        push(block);
      }
      const out = collected.samples.subarray(delay + 240);
      const steps = out.subarray(1).map((sample, i) => Math.abs(sample - (out[i] as number)));
      // The tone at its louder side moves by 0.031 from sample to sample, and the fade by 0.002.
      expect(Math.max(...steps)).toBeLessThan(0.034);
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('does not depend on how the input is cut', () => {
  const samples = noise(9600).map((x) => x * 0.2);
  const run = (lengths: readonly number[]) => {
    const { switched, first, collected, push } = opened();
    for (const block of cut(samples.subarray(0, 4800), lengths)) push(block);
    switched.isBypassed = true;
    for (const block of cut(samples.subarray(4800), lengths)) push(block);
    first.end();
    return collected.samples;
  };
  const whole = run([480]);
  expect(whole).toHaveLength(9600 + delay);
  for (const lengths of [[1, 7, 100], [4800], [333]]) expect(run(lengths)).toEqual(whole);
});

test('ends with what is still on its way, on either side, and begins anew', () => {
  const { switched, first, collected, push } = opened();
  switched.isBypassed = true;
  first.reset();
  const samples = noise(480);
  push(samples, 100);
  first.end();
  push(samples, 100);
  expect(collected.calls).toEqual(['reset', 'push', 'push', 'end', 'push']);
  expect(collected.blocks[1]?.samples).toEqual(samples.subarray(480 - delay));
  expect(collected.blocks[2]).toEqual(collected.blocks[0]);
  expect(collected.blocks[0]?.timeMs).toBe(97);
});

test('drops what is held at a reset', () => {
  const { switched, first, collected, push } = opened();
  push(new Float32Array(480).fill(0.5));
  switched.isBypassed = true;
  first.reset();
  push(new Float32Array(480).fill(0.25));
  const out = collected.blocks[1]?.samples;
  expect(out?.subarray(0, delay).every((sample) => sample === 0)).toBe(true);
  expect(out?.subarray(delay).every((sample) => sample === 0.25)).toBe(true);
});

describe('around the denoiser', async () => {
  const rnnoise = await loadRnnoise();
  const hz = 48_000;
  const words = spoken('audiobook-48k-float').samples.slice(0, 2 * hz);

  test('both sides are at the same time: RNNoise is as late as it says', () => {
    const stage = denoiser({ rnnoise, fromHz: hz });
    const frames = (stage.delayMs * hz) / 1000;
    const blocks = cut(words, [960]);
    const denoised = through(stage, blocks, hz);
    const match = (lag: number) =>
      denoised.subarray(2000).reduce((sum, x, i) => sum + x * (words[i + 2000 - lag] ?? 0), 0);
    const lags = Array.from({ length: 61 }, (_, i) => frames - 30 + i);
    const matches = lags.map(match);
    expect(lags[matches.indexOf(Math.max(...matches))]).toBe(frames);
  });

  test('it can be switched off and on, with blocks of any length', () => {
    const { switched, collected, push } = opened(denoiser({ rnnoise, fromHz: hz }), hz);
    const pieces = cut(words.subarray(0, hz), [960, 441, 1000]);
    for (const [n, piece] of pieces.entries()) {
      if (n === 20) switched.isBypassed = true;
      push(piece);
    }
    const out = collected.samples;
    const dry = later(words.slice(0, out.length), 480);
    expect(out.subarray(-9600)).toEqual(dry.subarray(-9600));
    expect(out.length).toBeGreaterThan(hz - 480);
  });

  test('it keeps time in a chain as well', () => {
    const stage = bypass(chain(denoiser({ rnnoise, fromHz: hz }), preGain({ rateHz: hz, gain: 3 })), {
      rateHz: hz,
    });
    stage.isBypassed = true;
    expect(through(stage, cut(words.subarray(0, 9600), [960]), hz)).toEqual(
      later(words.slice(0, 9600), 480 + 144),
    );
  });
});

test('does not let NaN and infinities past the stage', () => {
  const { switched, collected, push } = opened();
  switched.isBypassed = true;
  push(Float32Array.from({ length: 960 }, (_, i) => [Number.NaN, Number.POSITIVE_INFINITY, 0.5][i % 3] ?? 0));
  expect(collected.samples.every(Number.isFinite)).toBe(true);
  expect(collected.samples).toContain(0.5);
});

test('is one switch for every stream', () => {
  const switched = bypass(gained(), { rateHz });
  switched.isBypassed = true;
  expect(switched.isBypassed).toBe(true);
  expect(through(switched, [new Float32Array(480).fill(0.25)]).at(-1)).toBe(0.25);
});

test('gives the same block again and again', () => {
  const seen = new Set<AudioBlock>();
  const arrays = new Set<Float32Array>();
  const first = bypass(gained(), { rateHz }).open(
    inlet((block) => {
      seen.add(block);
      arrays.add(block.samples);
    }),
  );
  for (let n = 0; n < 20; n++) first.push({ samples: new Float32Array(480), rateHz, channels: 1, timeMs: 0 });
  expect([seen.size, arrays.size]).toEqual([1, 1]);
});

test('refuses a rate that is none, and blocks of another format', () => {
  expect(() => bypass(gained(), { rateHz: 0 })).toThrow(/received 0/);
  expect(() => bypass(gained(), { rateHz: Number.NaN })).toThrow(RangeError);
  const { first } = opened();
  const samples = new Float32Array(480);
  expect(() => first.push({ samples, rateHz: 8000, channels: 1, timeMs: 0 })).toThrow(/24000 Hz.*8000 Hz/);
  expect(() => first.push({ samples, rateHz, channels: 2, timeMs: 0 })).toThrow(RangeError);
});
