import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StereoRecording } from '../../src/audio/stereo-recording.ts';
import { TemporaryFolder } from './build-wav.ts';

/** The 16-bit values of both sides, as they are in the file. */
function sidesOf(path: string): { left: number[]; right: number[] } {
  const file = readFileSync(path);
  const left: number[] = [];
  const right: number[] = [];
  for (let at = 44; at < file.length; at += 4) {
    left.push(file.readInt16LE(at));
    right.push(file.readInt16LE(at + 2));
  }
  return { left, right };
}

const values = (...int16s: number[]) => Float32Array.from(int16s, (int16) => int16 / 32768);

function record(run: (recording: StereoRecording) => void): { left: number[]; right: number[] } {
  using folder = new TemporaryFolder();
  const recording = new StereoRecording(folder.file('both.wav'), { rateHz: 8_000 });
  run(recording);
  recording.close();
  expect(recording.error).toBeUndefined();
  return sidesOf(folder.file('both.wav'));
}

test('both sides lie on one axis, with silence where nothing was written', () => {
  const { left, right } = record((recording) => {
    recording.right.write(4, values(5, 6));
    recording.left.write(1, values(1, -2));
  });
  expect(left).toEqual([0, 1, -2, 0, 0, 0]);
  expect(right).toEqual([0, 0, 0, 0, 5, 6]);
});

test('what comes later wins', () => {
  const { left } = record((recording) => {
    recording.left.write(0, values(1, 1, 1, 1));
    recording.left.write(1, values(2, 2));
  });
  expect(left).toEqual([1, 2, 2, 1]);
});

test('frames before the start and before what is final are cut off', () => {
  const { left, right } = record((recording) => {
    recording.left.write(-2, values(1, 2, 3));
    recording.left.write(-9, values(4));
    recording.advance(2);
    recording.right.write(1, values(7, 8, 9));
    recording.right.write(0, values(7));
  });
  expect(left).toEqual([3, 0, 0, 0]);
  expect(right).toEqual([0, 0, 8, 9]);
});

test('advancing writes silence, and never goes back', () => {
  const { left } = record((recording) => {
    recording.advance(10_000.7);
    recording.advance(3);
    recording.left.write(10_000, values(1));
  });
  expect(left).toHaveLength(10_001);
  expect(left.at(-1)).toBe(1);
});

test('what is final is in the file before the end, but for a quarter of a second', () => {
  using folder = new TemporaryFolder();
  const recording = new StereoRecording(folder.file('both.wav'), { rateHz: 8_000 });
  recording.left.write(0, new Float32Array(16_000).fill(0.5));
  recording.right.write(40_000, new Float32Array(160));
  expect(sidesOf(folder.file('both.wav')).left).toHaveLength(0);
  recording.advance(16_000);
  expect(sidesOf(folder.file('both.wav')).left.length).toBeGreaterThanOrEqual(16_000 - 2_000);
  recording.close();
  expect(sidesOf(folder.file('both.wav')).left).toHaveLength(40_160);
});

test('after the end what comes is dropped', () => {
  const { left } = record((recording) => {
    recording.left.write(0, values(1));
    recording.close();
    recording.left.write(1, values(2));
    recording.advance(50);
  });
  expect(left).toEqual([1]);
});

test('a place that is no frame is refused', () => {
  record((recording) => {
    expect(() => recording.left.write(0.5, values(1))).toThrow(RangeError);
    expect(() => recording.left.write(Number.NaN, values(1))).toThrow(RangeError);
  });
});

test('any order of writing and advancing gives what one long array would hold', () => {
  const step = fc.record({
    side: fc.constantFrom('left' as const, 'right' as const),
    atFrame: fc.integer({ min: -50, max: 20_000 }),
    count: fc.integer({ min: 0, max: 6_000 }),
    advanceBy: fc.integer({ min: 0, max: 3_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const expected = { left: new Int16Array(40_000), right: new Int16Array(40_000) };
      let final = 0;
      let end = 0;
      const actual = record((recording) => {
        for (const [i, { side, atFrame, count, advanceBy }] of steps.entries()) {
          recording[side].write(atFrame, new Float32Array(count).fill((i + 1) / 32768));
          for (let at = Math.max(atFrame, final); at < atFrame + count; at++) expected[side][at] = i + 1;
          if (atFrame + count > final && count > 0) end = Math.max(end, atFrame + count);
          final += advanceBy;
          recording.advance(final);
        }
      });
      const length = Math.max(end, final);
      expect(actual.left).toEqual([...expected.left.subarray(0, length)]);
      expect(actual.right).toEqual([...expected.right.subarray(0, length)]);
    }),
    { seed: 1, numRuns: 60 },
  );
});
