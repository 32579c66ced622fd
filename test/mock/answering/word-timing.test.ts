import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeWords } from '../../../src/mock/answering/word-timing.ts';
import { joined, silence, speech } from '../harness.ts';

const rateHz = 24_000;
const steady = (ms: number, level = 0.5) => new Float32Array((ms * rateHz) / 1000).fill(level);

describe('the words of an answer', () => {
  test('share the time of the audio by their letters', () => {
    expect(timeWords('one three', steady(800), rateHz)).toEqual([
      { text: 'one', offsetMs: 0, durationMs: 300 },
      { text: 'three', offsetMs: 300, durationMs: 500 },
    ]);
  });

  test('lie where something can be heard', () => {
    const samples = joined(silence(300), steady(400), silence(700));
    expect(timeWords('ab cd', samples, rateHz)).toEqual([
      { text: 'ab', offsetMs: 300, durationMs: 200 },
      { text: 'cd', offsetMs: 500, durationMs: 200 },
    ]);
  });

  test('do not fall into a pause: it counts as speech', () => {
    const samples = joined(steady(100), silence(800), steady(100));
    expect(timeWords('ab cd', samples, rateHz).at(-1)).toEqual({
      text: 'cd',
      offsetMs: 500,
      durationMs: 500,
    });
  });

  test('keep their punctuation and lose the space between them', () => {
    const words = timeWords(' It opens\nat ten,  on Sundays too. ', speech(2000), rateHz);
    expect(words.map(({ text }) => text)).toEqual(['It', 'opens', 'at', 'ten,', 'on', 'Sundays', 'too.']);
  });

  test('have no time in what cannot be heard', () => {
    expect(timeWords('One.', silence(500), rateHz)).toEqual([]);
    expect(timeWords('One.', steady(500, 0.003), rateHz)).toEqual([]);
    expect(timeWords('One.', new Float32Array(0), rateHz)).toEqual([]);
    expect(timeWords('One.', steady(500, 0.004), rateHz)).toHaveLength(1);
  });

  test('are none where nothing is said', () => {
    expect(timeWords('', speech(500), rateHz)).toEqual([]);
    expect(timeWords('  \n', speech(500), rateHz)).toEqual([]);
  });

  test('follow each other without a gap, inside the audio, however many there are', () => {
    const texts = fc
      .array(fc.stringMatching(/^\S{1,12}$/), { minLength: 1, maxLength: 40 })
      .map((words) => words.join(' '));
    const rates = fc.constantFrom(8000, 16_000, 24_000);
    const lengths = fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 20_000 }), fc.nat(2000));
    fc.assert(
      fc.property(texts, rates, lengths, (text, rate, [before, sounding, after]) => {
        const samples = joined(
          new Float32Array(before),
          new Float32Array(sounding).fill(-0.1),
          new Float32Array(after),
        );
        const words = timeWords(text, samples, rate);
        expect(words.map((word) => word.text).join(' ')).toBe(text);
        for (const [i, word] of words.entries()) {
          expect(word.durationMs).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(word.offsetMs) && Number.isInteger(word.durationMs)).toBe(true);
          const next = words[i + 1];
          if (next) expect(next.offsetMs).toBe(word.offsetMs + word.durationMs);
          // A word whose beginning lay behind the last sample would never be told.
          expect(word.offsetMs).toBeLessThan((samples.length / rate) * 1000);
        }
        const last = words.at(-1);
        const endMs = ((before + sounding) / rate) * 1000;
        expect((last?.offsetMs ?? 0) + (last?.durationMs ?? 0)).toBeLessThanOrEqual(endMs + 1e-6);
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});
