import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAnswer, splitIntoDeltas } from '../../../src/mock/answering/answer-plan.ts';
import { latencyProfiles, StageDelays } from '../../../src/mock/scenario/latency-profile.ts';
import { Random } from '../../../src/random.ts';

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('latencyProfiles', () => {
  test('typical takes 1.1 s to the first audio on average, most of the time 0.83 to 1.57 s', () => {
    const delays = new StageDelays(latencyProfiles.typical, new Random(1));
    const turns = Array.from({ length: 2000 }, () => {
      return delays.draw('transcribe') + delays.draw('firstText') + delays.draw('firstAudio');
    });
    expect(Math.abs(mean(turns) - 1100)).toBeLessThan(30);
    turns.sort((a, b) => a - b);
    expect(turns[100]).toBeGreaterThan(750);
    expect(turns[1900]).toBeLessThan(1570);
  });

  test('typical transcribes in 0.32 s on average', () => {
    const delays = new StageDelays(latencyProfiles.typical, new Random(1));
    expect(Math.abs(mean(Array.from({ length: 2000 }, () => delays.draw('transcribe'))) - 320)).toBeLessThan(
      20,
    );
  });

  test('are in order: fast, typical, slow', () => {
    const means = (['fast', 'typical', 'slow'] as const).map((name) => {
      const delays = new StageDelays(latencyProfiles[name], new Random(1));
      return mean(Array.from({ length: 200 }, () => delays.draw('firstText')));
    });
    expect(means).toEqual([...means].sort((a, b) => a - b));
  });

  test('draw each stage from a generator of its own', () => {
    const alone = new StageDelays(latencyProfiles.typical, new Random(3));
    const mixed = new StageDelays(latencyProfiles.typical, new Random(3));
    mixed.draw('transcribe');
    expect(mixed.draw('firstText')).toBe(alone.draw('firstText'));
  });
});

describe('planAnswer', () => {
  const seconds = 6;
  const plan = (seed: number, name: 'fast' | 'typical' | 'slow' = 'typical', samples = seconds * 24_000) =>
    planAnswer(
      'One two, three. Four five?',
      samples,
      24_000,
      new StageDelays(latencyProfiles[name], new Random(seed)),
    );

  test('covers all the audio and all the text, in the order of time, text first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (seed, samples) => {
          const steps = plan(seed, 'typical', samples);
          const times = steps.map(({ afterMs }) => afterMs);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(steps[0]).toMatchObject({ kind: 'text', afterMs: 0, delta: 'One' });
          let next = 0;
          for (const step of steps) {
            if (step.kind !== 'audio') continue;
            expect(step.fromSample).toBe(next);
            expect(step.toSample).toBeGreaterThan(next);
            next = step.toSample;
          }
          expect(next).toBe(samples);
          expect(samples === 0 || steps.at(-1)?.kind === 'audio').toBe(true);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test('delivers at the profile’s factor of real time on average', () => {
    for (const name of ['fast', 'typical', 'slow'] as const) {
      const factors = Array.from({ length: 100 }, (_, seed) => {
        const audio = plan(seed, name).filter(({ kind }) => kind === 'audio');
        return ((audio.at(-1)?.afterMs ?? 0) - (audio[0]?.afterMs ?? 0)) / (seconds * 1000);
      });
      const factor = 1 / mean(factors);
      expect(factor / latencyProfiles[name].realTimeFactor).toBeGreaterThan(0.85);
      expect(factor / latencyProfiles[name].realTimeFactor).toBeLessThan(1.2);
    }
  });
});

describe('splitIntoDeltas', () => {
  test('cuts words with the space before them, and punctuation by itself', () => {
    expect(splitIntoDeltas('Hi Marcelo, it’s ten-ish!')).toEqual([
      'Hi',
      ' Marcelo',
      ',',
      ' it’s',
      ' ten-ish',
      '!',
    ]);
  });

  test('loses nothing of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(splitIntoDeltas(text).join('')).toBe(text);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
