import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { microphoneGate } from '../../src/stages/microphone-gate.ts';
import { noise } from '../wasm/conversions.ts';
import { CollectedBlocks } from './collected-blocks.ts';

const rateHz = 24_000;

function opened(isOpen?: boolean) {
  const gate = microphoneGate({ rateHz, ...(isOpen !== undefined && { isOpen }) });
  const collected = new CollectedBlocks();
  const first = gate.open(collected.outlet);
  const push = (samples: Float32Array, timeMs = 0) => first.push({ samples, rateHz, channels: 1, timeMs });
  return { gate, first, collected, push };
}

const ones = (length: number) => new Float32Array(length).fill(1);

test('is named, and adds no delay', () => {
  const gate = microphoneGate({ rateHz });
  expect([gate.name, gate.delayMs, gate.isOpen]).toEqual(['microphone gate', 0, true]);
  expect(microphoneGate({ rateHz, isOpen: false }).isOpen).toBe(false);
});

test('lets the very same block through while it is open', () => {
  const seen: AudioBlock[] = [];
  const block = { samples: Float32Array.of(0.1, Number.NaN, -0), rateHz, channels: 1, timeMs: 3 };
  microphoneGate({ rateHz })
    .open(inlet((each) => seen.push(each)))
    .push(block);
  expect(seen[0]).toBe(block);
  expect([...block.samples]).toEqual([Math.fround(0.1), Number.NaN, -0]);
});

test('gives silence of the same length at the same time while it is closed', () => {
  const { collected, push } = opened(false);
  push(noise(480), 40);
  push(noise(100), 60);
  expect(collected.blocks.map(({ samples, timeMs }) => [samples.length, timeMs])).toEqual([
    [480, 40],
    [100, 60],
  ]);
  expect(collected.samples).toEqual(new Float32Array(580));
});

describe('the fade', () => {
  test('begins with the next block and takes 10 ms, both ways', () => {
    const { gate, collected, push } = opened();
    push(ones(100));
    gate.isOpen = false;
    push(ones(480));
    gate.isOpen = true;
    push(ones(480));
    const gains = collected.samples;
    const [closing, opening] = [gains.subarray(100, 340), gains.subarray(580, 820)];
    expect(gains.subarray(0, 100).every((y) => y === 1)).toBe(true);
    expect(gains.subarray(340, 580).every((y) => y === 0)).toBe(true);
    expect(gains.subarray(820).every((y) => y === 1)).toBe(true);
    expect(closing.subarray(2, -2).every((y) => y > 0 && y < 1)).toBe(true);
    expect(opening.toReversed()).toEqual(closing);
    for (let n = 0; n < 240; n++)
      expect(closing[n]).toBeCloseTo(0.5 + 0.5 * Math.cos((Math.PI * (n + 0.5)) / 240), 4);
  });

  test('never jumps, however often the gate is turned', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean())), (turns) => {
        const { gate, collected, push } = opened();
        push(ones(1));
        for (const [length, isOpen] of turns) {
          gate.isOpen = isOpen;
          push(ones(length));
        }
        const gains = collected.samples;
        const steepest = Math.PI / 2 / 240 + 2 ** -14;
        return gains.every((y, n) => n === 0 || Math.abs(y - (gains[n - 1] ?? 0)) <= steepest);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('does not depend on how the sound was cut into blocks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const sound = noise(total);
        const [whole, cut] = [opened(), opened()];
        whole.gate.isOpen = false;
        cut.gate.isOpen = false;
        whole.push(sound);
        let done = 0;
        for (const length of lengths) {
          cut.push(sound.subarray(done, done + length));
          done += length;
        }
        expect(cut.collected.samples).toEqual(whole.collected.samples);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('is ended by a reset', () => {
    const { gate, first, collected, push } = opened();
    gate.isOpen = false;
    push(ones(100));
    first.reset();
    push(ones(100));
    first.end();
    expect(collected.calls).toEqual(['push', 'reset', 'push', 'end']);
    expect(collected.blocks[1]?.samples).toEqual(new Float32Array(100));
  });
});

test('does not change what it is given', () => {
  const { gate, push } = opened();
  gate.isOpen = false;
  const block = ones(480);
  push(block);
  expect(block).toEqual(ones(480));
});

test('lets no NaN and no infinity through a closed gate, nor through a fade', () => {
  const { gate, collected, push } = opened(false);
  const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, -1);
  push(broken);
  gate.isOpen = true;
  push(broken);
  expect([...collected.samples.subarray(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test('sends the same block and the same samples again and again', () => {
  const blocks = new Set<AudioBlock>();
  const arrays = new Set<Float32Array>();
  const gate = microphoneGate({ rateHz });
  const first = gate.open(
    inlet((block) => {
      blocks.add(block);
      arrays.add(block.samples);
    }),
  );
  gate.isOpen = false;
  for (let n = 0; n < 10; n++) first.push({ samples: ones(480), rateHz, channels: 1, timeMs: n * 20 });
  expect([blocks.size, arrays.size]).toEqual([1, 1]);
});

test('is one gate for all inlets that it is opened onto', () => {
  const gate = microphoneGate({ rateHz });
  const collected = [new CollectedBlocks(), new CollectedBlocks()];
  const firsts = collected.map(({ outlet }) => gate.open(outlet));
  gate.isOpen = false;
  for (const first of firsts) first.push({ samples: ones(480), rateHz, channels: 1, timeMs: 0 });
  expect(collected.map(({ samples }) => samples.at(-1))).toEqual([0, 0]);
});

test('refuses a rate that is none, and blocks of another format', () => {
  expect(() => microphoneGate({ rateHz: Number.NaN })).toThrow(/received NaN/);
  const { first } = opened();
  const samples = new Float32Array(480);
  expect(() => first.push({ samples, rateHz: 48_000, channels: 1, timeMs: 0 })).toThrow(RangeError);
  expect(() => first.push({ samples, rateHz, channels: 2, timeMs: 0 })).toThrow(/1 channel.*and 2/);
});
