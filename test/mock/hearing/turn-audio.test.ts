import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TurnAudio } from '../../../src/mock/hearing/turn-audio.ts';

const rateHz = 1000;

/** Samples that tell their own place, from 1. */
function numbered(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => (from + i + 1) % 30_000);
}

function floats(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32768);
}

function filled(...lengths: readonly number[]): TurnAudio {
  const audio = new TurnAudio(rateHz);
  let at = 0;
  for (const length of lengths) {
    audio.push(floats(numbered(at, length)));
    at += length;
  }
  return audio;
}

describe('the audio of a turn', () => {
  test('is cut by its place, across the blocks in which it came', () => {
    const audio = filled(20, 20, 20);
    expect(audio.endMs).toBe(60);
    expect(audio.cut(10, 50)).toEqual(numbered(10, 40));
    expect(audio.cut(0, 60)).toEqual(numbered(0, 60));
    expect(audio.cut(20, 40)).toEqual(numbered(20, 20));
  });

  test('is given as far as it is there', () => {
    const audio = filled(20, 20, 20);
    expect(audio.cut(50, 90)).toEqual(numbered(50, 10));
    expect(audio.cut(-10, 5)).toEqual(numbered(0, 5));
    expect(audio.cut(40, 40)).toHaveLength(0);
    expect(audio.cut(40, 30)).toHaveLength(0);
    expect(new TurnAudio(rateHz).cut(0, 100)).toHaveLength(0);
  });

  test('forgets what lies before a place, and nothing else', () => {
    const audio = filled(20, 20, 20);
    audio.forgetBefore(39);
    expect(audio.cut(0, 60)).toEqual(numbered(39, 21));
    audio.forgetBefore(10);
    expect(audio.cut(0, 60)).toEqual(numbered(39, 21));
  });

  test('is the same however long it goes on, while little of it is kept', () => {
    const audio = new TurnAudio(rateHz);
    for (let second = 0; second < 500; second++) {
      audio.push(floats(numbered(second * 1000, 1000)));
      audio.forgetBefore((second - 1) * 1000);
      if (second > 1) expect(audio.cut(0, 1e6)).toEqual(numbered((second - 1) * 1000, 2000));
    }
  });

  test('that is forgotten altogether is nothing, and what comes stands where it would have', () => {
    const audio = filled(20, 20);
    audio.forgetBefore(100);
    expect(audio.cut(0, 40)).toHaveLength(0);
    expect(audio.endMs).toBe(40);
    audio.push(floats(numbered(40, 20)));
    expect(audio.cut(0, 60)).toEqual(numbered(40, 20));
  });

  test('keeps five minutes of a turn that nobody ends', () => {
    const audio = new TurnAudio(rateHz);
    for (let second = 0; second < 400; second++) audio.push(floats(numbered(second * 1000, 1000)));
    const kept = audio.cut(0, 400_000);
    expect(kept).toHaveLength(300_000);
    expect(kept[0]).toBe(100_001 % 30_000);
  });

  test('places milliseconds on the nearest sample', () => {
    const audio = new TurnAudio(24_000);
    audio.push(floats(numbered(0, 2400)));
    expect(audio.cut(1 / 3, 2 / 3)).toEqual(numbered(8, 8));
  });

  test('is what one long recording would be, whatever is pushed, cut and forgotten', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ push: fc.integer({ min: 0, max: 50 }) }),
        fc.record({ forget: fc.integer({ min: 0, max: 400 }) }),
        fc.record({ from: fc.integer({ min: 0, max: 400 }), to: fc.integer({ min: 0, max: 400 }) }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const audio = new TurnAudio(rateHz);
        let length = 0;
        let forgotten = 0;
        for (const step of all) {
          if ('push' in step) {
            audio.push(floats(numbered(length, step.push)));
            length += step.push;
          } else if ('forget' in step) {
            audio.forgetBefore(step.forget);
            forgotten = Math.max(forgotten, Math.min(step.forget, length));
          } else {
            const cut = audio.cut(step.from, step.to);
            const to = Math.min(step.to, length);
            const from = Math.max(step.from, forgotten);
            expect(cut).toEqual(numbered(from, Math.max(0, to - from)));
          }
        }
        expect(audio.endMs).toBe(length);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
