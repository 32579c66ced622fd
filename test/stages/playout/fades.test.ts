import { describe, expect, test } from 'vitest';
import { raisedCosineFade } from '../../../src/stages/playout/fades.ts';

describe('a raised cosine fade', () => {
  test.each([1, 2, 120, 240, 481])(
    'of %i samples is the cosine to 16 bits, and made of whole steps',
    (length) => {
      const fade = raisedCosineFade(length);
      expect(fade).toHaveLength(length);
      fade.forEach((gain, i) => {
        const exact = 0.5 + 0.5 * Math.cos((Math.PI * (i + 0.5)) / length);
        expect(Math.abs(gain - exact)).toBeLessThan(1 / 65_535);
        expect(Number.isInteger(gain * 32_768)).toBe(true);
      });
    },
  );

  test('adds up to one with itself read backwards', () => {
    const fade = raisedCosineFade(240);
    fade.forEach((gain, i) => {
      expect(gain + (fade[239 - i] as number)).toBe(1);
    });
  });
});
