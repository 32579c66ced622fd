import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/random.ts';
import { AutomaticGain, type AutomaticGainOptions } from '../../../src/stages/gain/automatic-gain.ts';

/** Steps of a voice of this level: syllables of 180 ms whose power goes up and down. */
function speak(gain: AutomaticGain, levelDb: number, seconds: number): number[] {
  const random = new Random(3);
  return Array.from({ length: Math.round(seconds * 100) }, (_, n) => {
    const syllable = [0.05, 0.6, 1.6, 2.4, 2.2, 1.4, 0.8, 0.4, 0.2][Math.floor(n / 2) % 9] as number;
    return gain.step(0.9, 10 ** (levelDb / 10) * syllable * (0.7 + 0.6 * random.uniform()));
  });
}

/** The gain that a voice of this level should have: what the detector misses of it is 0.9 dB. */
function ideal(levelDb: number): number {
  return -20.9 - levelDb;
}

function offAtEnd(gains: number[], levelDb: number): number {
  return Math.abs((gains.at(-1) as number) - ideal(levelDb));
}

function spread(gains: number[]): number {
  return Math.max(...gains) - Math.min(...gains);
}

describe('a steady voice', () => {
  test.each([-42, -40, -35, -30, -25, -20, -15, -10, -3])(
    'of %i dBFS is at the target in a second, and stays',
    (level) => {
      const gain = new AutomaticGain();
      expect(offAtEnd(speak(gain, level, 1), level)).toBeLessThan(1.5);
      expect(spread(speak(gain, level, 60))).toBeLessThan(1);
    },
  );

  test.each([
    [-20, -40],
    [-25, -37],
    [-12, -40],
  ])('that falls from %i to %i dBFS is at the target again in 1.2 s', (before, after) => {
    const gain = new AutomaticGain();
    speak(gain, before, 5);
    expect(offAtEnd(speak(gain, after, 1.2), after)).toBeLessThan(1.5);
    expect(spread(speak(gain, after, 30))).toBeLessThan(1);
  });

  test.each([
    [-40, -20],
    [-35, -20],
    [-30, -8],
  ])('that rises from %i to %i dBFS is turned down within 200 ms', (before, after) => {
    const gain = new AutomaticGain();
    speak(gain, before, 5);
    const gains = speak(gain, after, 1);
    expect((gains[19] as number) - ideal(after)).toBeLessThan(6);
    expect(offAtEnd(gains, after)).toBeLessThan(1.5);
  });

  test('that changes by a little is followed within two seconds', () => {
    const gain = new AutomaticGain();
    speak(gain, -26, 8);
    expect(offAtEnd(speak(gain, -20, 2), -20)).toBeLessThan(2.1);
  });
});

describe('the gain', () => {
  test('is 0 dB before there is a voice, and stands still while there is none', () => {
    const gain = new AutomaticGain();
    for (let n = 0; n < 500; n++) gain.step(0.4, 0.1);
    expect(gain.gainDb).toBe(0);
    const spoken = speak(gain, -35, 2).at(-1);
    for (const power of [0.5, 1e-3, 1e-6, 0]) for (let n = 0; n < 300; n++) gain.step(0.5, power);
    expect(gain.gainDb).toBe(spoken);
  });

  test('does not rise for steady noise that is taken for a voice', () => {
    const gain = new AutomaticGain();
    const spoken = speak(gain, -26, 3).at(-1) as number;
    const random = new Random(4);
    for (let n = 0; n < 400; n++) gain.step(0.9, 1e-5 * (0.5 + random.uniform()));
    expect(gain.gainDb - spoken).toBeLessThan(0.5);
  });

  test('does not change for a whisper far below every voice', () => {
    const gain = new AutomaticGain();
    speak(gain, -70, 3);
    expect(gain.gainDb).toBe(0);
  });

  test('stays in its limits', () => {
    const limits: AutomaticGainOptions = { targetDb: -20, maxDb: 12, minDb: -6 };
    expect(speak(new AutomaticGain(limits), -50, 3).at(-1)).toBeCloseTo(12, 0);
    expect(speak(new AutomaticGain(limits), -5, 3).at(-1)).toBeCloseTo(-6, 0);
    expect(Math.max(...speak(new AutomaticGain(limits), -50, 9))).toBeLessThanOrEqual(12);
    expect(Math.max(...speak(new AutomaticGain(), -52, 9))).toBeCloseTo(24, 0);
  });

  test('leads to the target it is given', () => {
    const gain = new AutomaticGain({ targetDb: -26 });
    expect((speak(gain, -40, 3).at(-1) as number) - ideal(-40)).toBeCloseTo(-6, 0);
  });

  test('rises by at most 50 dB a second, and falls by at most 200', () => {
    const gain = new AutomaticGain();
    const gains = [...speak(gain, -40, 3), ...speak(gain, -10, 3), ...speak(gain, -40, 3)];
    const moves = gains.slice(1).map((db, n) => db - (gains[n] as number));
    expect(Math.max(...moves)).toBeCloseTo(0.5, 6);
    expect(Math.min(...moves)).toBeCloseTo(-2, 6);
  });

  test('may begin elsewhere, within its limits, and measures anew', () => {
    const gain = new AutomaticGain();
    speak(gain, -40, 3);
    gain.beginAt(-50);
    expect(gain.gainDb).toBe(-20);
    expect(offAtEnd(speak(gain, -30, 1.2), -30)).toBeLessThan(1.5);
  });
});

test('limits that are not in order are refused', () => {
  for (const options of [{ maxDb: -1 }, { minDb: 1 }, { targetDb: 3 }, { maxDb: Number.NaN }])
    expect(() => new AutomaticGain(options)).toThrow(RangeError);
});
