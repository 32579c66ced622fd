import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { type EchoReferenceOptions, echoReference } from '../../src/stages/echo-reference.ts';
import { noise } from '../wasm/conversions.ts';
import { CollectedBlocks } from './collected-blocks.ts';

const rateHz = 24_000;

function opened(options: Partial<EchoReferenceOptions> = {}) {
  const stage = echoReference({ wireHz: rateHz, playedHz: rateHz, ...options });
  const collected = new CollectedBlocks();
  const microphone = stage.open(collected.outlet);
  const channel = (offset: number) => collected.samples.filter((_, i) => i % 2 === offset);
  return {
    stage,
    microphone,
    collected,
    left: () => channel(0),
    right: () => channel(1),
    /** The microphone hears silence, in blocks of 20 ms. */
    hear(fromMs: number, untilMs: number, wireHz = options.wireHz ?? rateHz) {
      for (let timeMs = fromMs; timeMs < untilMs - 1e-6; timeMs += 20)
        microphone.push(block(new Float32Array(wireHz / 50), timeMs, wireHz));
    },
    play(samples: Float32Array, timeMs: number, playedHz = options.playedHz ?? rateHz) {
      stage.play(block(samples, timeMs, playedHz));
    },
  };
}

function block(samples: Float32Array, timeMs: number, hz = rateHz): AudioBlock {
  return { samples, rateHz: hz, channels: 1, timeMs };
}

function click(length: number, at: number): Float32Array {
  const samples = new Float32Array(length);
  samples[at] = 1;
  return samples;
}

function peak(samples: Float32Array): number {
  return samples.indexOf(Math.max(...samples));
}

test('says what it is, and adds no delay', () => {
  const stage = echoReference({ wireHz: 24_000, playedHz: 48_000 });
  expect([stage.name, stage.delayMs]).toEqual(['echo reference', 0]);
});

test('puts silence on the right of the microphone while nothing is played', () => {
  const { microphone, collected, left, right } = opened();
  const heard = noise(480);
  microphone.push(block(heard, 300));
  expect(collected.blocks).toHaveLength(1);
  expect(collected.blocks[0]).toMatchObject({ rateHz, channels: 2, timeMs: 300 });
  expect(left()).toEqual(heard);
  expect(right().every((sample) => sample === 0)).toBe(true);
});

test.each([
  [48_000, 24_000],
  [44_100, 24_000],
  [24_000, 24_000],
  [48_000, 16_000],
  [16_000, 48_000],
])('has what is played at %d Hz where the microphone hears it, at %d Hz', (playedHz, wireHz) => {
  const { hear, play, right } = opened({ playedHz, wireHz });
  // The click sounds 30 ms after the block begins.
  play(click(playedHz / 10, (playedHz * 30) / 1000), 1020, playedHz);
  hear(1000, 1120);
  expect(Math.abs((peak(right()) * 1000) / wireHz - 50)).toBeLessThan(500 / wireHz + 1e-9);
});

test('joins blocks of what is played without a seam', () => {
  const { hear, play, right } = opened();
  const samples = Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 20));
  for (let n = 0; n < 20; n++) play(samples.slice(n * 240, n * 240 + 240), 500 + n * 10 + (n % 3));
  hear(500, 700);
  const middle = right().slice(1000, 4000);
  const steps = middle.slice(1).map((sample, i) => Math.abs(sample - (middle[i] as number)));
  expect(Math.max(...steps)).toBeLessThan(0.052);
});

test('lets the microphone through untouched, to the bit, however it is cut', () => {
  const heard = noise(2000);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const { microphone, play, left } = opened();
      play(noise(4800, 3), 0);
      let at = 0;
      for (const size of [...sizes, 2000]) {
        const end = Math.min(2000, at + size);
        microphone.push(block(heard.slice(at, end), at / 24));
        at = end;
      }
      expect(left()).toEqual(heard);
    }),
    { seed: 1, numRuns: 50 },
  );
});

describe('what is recalled', () => {
  test('does not sound, and what sounds before it does', () => {
    const { stage, hear, play, right } = opened();
    play(new Float32Array(4800).fill(0.5), 1000);
    stage.recall(1100);
    hear(1000, 1200);
    expect(
      right()
        .slice(100, 2300)
        .every((sample) => Math.abs(sample - 0.5) < 0.01),
    ).toBe(true);
    expect(
      right()
        .slice(2500)
        .every((sample) => sample === 0),
    ).toBe(true);
    expect(stage.statistics.realigned).toBe(0);
  });

  test('makes room for what sounds sooner, at its own time', () => {
    const { stage, hear, play, right } = opened();
    play(new Float32Array(4800).fill(0.1), 1000);
    stage.recall(1050);
    // Less than 20 ms after the end: still, nothing goes on here.
    play(click(2400, 0), 1065);
    hear(1000, 1200);
    expect(peak(right()) / 24).toBeCloseTo(65, 1);
    expect(
      right()
        .slice(1300, 1500)
        .every((sample) => Math.abs(sample) < 0.001),
    ).toBe(true);
  });

  test('may be everything, even what began before the first sound', () => {
    const { stage, hear, play, right } = opened();
    play(new Float32Array(2400).fill(0.5), 1080);
    stage.recall(900);
    play(click(2400, 0), 1010);
    hear(1000, 1200);
    expect(peak(right()) / 24).toBeCloseTo(10, 1);
    expect(
      right()
        .slice(480)
        .every((sample) => sample === 0),
    ).toBe(true);
  });

  test('is nothing while nothing was played', () => {
    const { stage, hear, right } = opened();
    stage.recall(0);
    hear(1000, 1100);
    expect(right().every((sample) => sample === 0)).toBe(true);
  });
});

test('a later announcement for the same time is the one that holds', () => {
  const { stage, hear, play, right } = opened();
  play(new Float32Array(4800).fill(0.5), 1000);
  play(new Float32Array(1200).fill(-0.5), 1050);
  hear(1000, 1200);
  expect(right()[1000]).toBeCloseTo(0.5, 3);
  expect(right()[1800]).toBeCloseTo(-0.5, 3);
  expect(
    right()
      .slice(2600)
      .every((sample) => sample === 0),
  ).toBe(true);
  expect(stage.statistics.realigned).toBe(1);
});

test('there is silence where there was a pause of any length', () => {
  for (const pauseMs of [60, 900, 10_000, 700_000]) {
    const { hear, play, right } = opened();
    play(new Float32Array(2400).fill(0.5), 1000);
    hear(1000, 1100);
    play(new Float32Array(2400).fill(0.25), 1100 + pauseMs);
    const before = right().length;
    hear(1100 + pauseMs - 20, 1100 + pauseMs + 100);
    const after = right().slice(before);
    expect(after.slice(0, 400).every((sample) => Math.abs(sample) < 1e-6)).toBe(true);
    expect(after[1500]).toBeCloseTo(0.25, 3);
  }
});

test('keeps the last four seconds of what is played', () => {
  const { hear, play, right } = opened();
  for (let n = 0; n < 60; n++) play(new Float32Array(2400).fill(0.5), 1000 + n * 100);
  hear(2900, 3100);
  expect(
    right()
      .slice(0, 2300)
      .every((sample) => sample === 0),
  ).toBe(true);
  expect(right()[3000]).toBeCloseTo(0.5, 3);
});

test('the microphone may go back in time, and hears the same again', () => {
  const { stage, microphone, collected, hear, play, right } = opened();
  play(click(9600, 1200), 1000);
  hear(1000, 1300);
  microphone.reset();
  hear(1040, 1100);
  expect(peak(right().slice(0, 2400)) / 24).toBeCloseTo(50, 1);
  expect(peak(right().slice(15 * 480)) / 24).toBeCloseTo(10, 1);
  microphone.end();
  expect(collected.calls.filter((call) => call !== 'push')).toEqual(['reset', 'end']);
  expect(stage.statistics.realigned).toBe(0);
});

test('a loudspeaker that is opened again at another rate begins anew', () => {
  const { stage, hear, play, right } = opened({ playedHz: 48_000 });
  play(new Float32Array(9600).fill(0.5), 1000);
  hear(1000, 1100);
  play(click(4410, 2205), 1100, 44_100);
  hear(1100, 1200);
  expect(peak(right().slice(2400)) / 24).toBeCloseTo(50, 1);
  expect(stage.statistics.realigned).toBe(1);
});

test('NaN and infinities that are played are silence', () => {
  const { hear, play, right } = opened();
  play(new Float32Array(480).fill(Number.NaN), 1000);
  play(new Float32Array(480).fill(Number.POSITIVE_INFINITY), 1020);
  play(click(480, 240), 1040);
  hear(1000, 1100);
  expect(right().every(Number.isFinite)).toBe(true);
  expect(peak(right()) / 24).toBeCloseTo(50, 1);
});

test('gives the same block again and again', () => {
  const stage = echoReference({ wireHz: rateHz, playedHz: rateHz });
  const blocks = new Set<AudioBlock>();
  const samples = new Set<Float32Array>();
  const microphone = stage.open(
    inlet((each) => {
      blocks.add(each);
      samples.add(each.samples);
    }),
  );
  for (let n = 0; n < 20; n++) microphone.push(block(new Float32Array(480), n * 20));
  expect([blocks.size, samples.size]).toEqual([1, 1]);
});

test('refuses rates that are none, and blocks of another format, on both sides', () => {
  for (const wrong of [0, -1, 0.5, Number.NaN]) {
    expect(() => echoReference({ wireHz: wrong, playedHz: rateHz })).toThrow(RangeError);
    expect(() => echoReference({ wireHz: rateHz, playedHz: wrong })).toThrow(RangeError);
  }
  const { stage, microphone } = opened();
  expect(() => microphone.push(block(new Float32Array(160), 0, 8000))).toThrow(
    /24000 Hz.*received .*8000 Hz/,
  );
  expect(() => microphone.push({ ...block(new Float32Array(960), 0), channels: 2 })).toThrow(RangeError);
  expect(() => stage.play({ ...block(new Float32Array(960), 0), channels: 2 })).toThrow(RangeError);
  expect(() => stage.play(block(new Float32Array(960), 0, 0.5))).toThrow(RangeError);
});
