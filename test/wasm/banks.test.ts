import { describe, expect, test } from 'vitest';
import { interpolatingBank, rationalBank } from '../../wasm/banks.ts';
import type { ResamplerTier } from '../../wasm/filter-design.ts';
import { DoublingBank, HalvingBank } from '../../wasm/loader/half-band-bank.ts';
import { PolyphaseBank } from '../../wasm/loader/polyphase-bank.ts';

const noTier = 'finest' as ResamplerTier;

describe('the bank for a fixed ratio', () => {
  test('is designed once for a pair of rates and a tier', () => {
    expect(rationalBank(44_100, 24_000, 'std')).toBe(rationalBank(44_100, 24_000, 'std'));
    expect(rationalBank(44_100, 24_000, 'std')).not.toBe(rationalBank(44_100, 24_000, 'hq'));
    expect(rationalBank(44_100, 24_000, 'std')).not.toBe(rationalBank(24_000, 44_100, 'std'));
  });

  test.each([
    ['std', 44_100, 24_000, { up: 80, down: 147, pastFrames: 131, delayFrames: 66, maxFrames: 4410 }],
    ['hq', 48_000, 24_000, { up: 1, down: 2, pastFrames: 263, delayFrames: 132, maxFrames: 4800 }],
    ['half-band', 48_000, 24_000, { up: 1, down: 2, pastFrames: 106, delayFrames: 53, maxFrames: 4800 }],
    ['half-band', 24_000, 48_000, { up: 2, down: 1, pastFrames: 53, delayFrames: 26.5, maxFrames: 2400 }],
  ] as const)('%s %i → %i Hz is laid out so', (tier, fromHz, toHz, layout) => {
    expect(rationalBank(fromHz, toHz, tier)).toMatchObject(layout);
  });

  test('says how many outputs are due', () => {
    const bank = rationalBank(44_100, 24_000, 'std');
    expect([0, 1, 2, 3, 147, 882].map((frames) => bank?.framesFor(frames, 0))).toEqual([0, 1, 2, 2, 80, 480]);
    expect([0, 1, 2, 3].map((frames) => bank?.framesFor(frames, 146))).toEqual([0, 0, 1, 1]);
  });

  test('is a half-band one where that is asked for, for 2:1 and 1:2 alone', () => {
    expect(rationalBank(48_000, 24_000, 'half-band')).toBeInstanceOf(HalvingBank);
    expect(rationalBank(22_050, 44_100, 'half-band')).toBeInstanceOf(DoublingBank);
    expect(rationalBank(48_000, 24_000, 'std')).toBeInstanceOf(PolyphaseBank);
    for (const [fromHz, toHz] of [
      [44_100, 24_000],
      [48_000, 16_000],
      [24_000, 24_000],
      [12_000, 48_000],
    ] as const) {
      expect(() => rationalBank(fromHz, toHz, 'half-band')).toThrow(
        new RangeError(`a half-band filter is for 2:1 and 1:2, received ${fromHz} Hz to ${toHz} Hz`),
      );
    }
  });

  test('is none where all phases are too many', () => {
    expect(rationalBank(44_101, 24_000, 'std')).toBeUndefined();
    expect(rationalBank(11_025, 96_000, 'best')).toBeDefined();
    expect(rationalBank(11_025, 192_000, 'best')).toBeUndefined();
  });

  test('is refused for rates that are none, and for a tier that is none', () => {
    expect(() => rationalBank(0, 24_000, 'std')).toThrow(RangeError);
    expect(() => rationalBank(44_101, 24_000.5, 'std')).toThrow(RangeError);
    expect(() => rationalBank(48_000, 24_000, noTier)).toThrow(
      new RangeError("a resampler's tier is one of fast, std, wide, hq, best, half-band, received finest"),
    );
    expect(() => rationalBank(48_000, 24_000, 'toString' as ResamplerTier)).toThrow(RangeError);
  });
});

describe('the bank for a ratio that moves', () => {
  test('is designed once for a pair of rates and a tier', () => {
    expect(interpolatingBank(48_000, 48_000, 'std')).toBe(interpolatingBank(48_000, 48_000, 'std'));
    expect(interpolatingBank(48_000, 48_000, 'std')).not.toBe(interpolatingBank(48_000, 48_000, 'best'));
    expect(interpolatingBank(48_000, 48_000, 'std')).not.toBe(interpolatingBank(48_000, 44_100, 'std'));
  });

  test('is as long as the one for the fixed ratio', () => {
    expect(interpolatingBank(44_100, 24_000, 'std')).toMatchObject({
      pastFrames: 131,
      delayFrames: 66,
      maxFrames: 4410,
    });
  });

  test('is refused for rates that are none, for a tier that is none, and as a half-band', () => {
    expect(() => interpolatingBank(Number.NaN, 24_000, 'std')).toThrow(RangeError);
    expect(() => interpolatingBank(48_000, 24_000, noTier)).toThrow(RangeError);
    expect(() => interpolatingBank(48_000, 24_000, 'half-band')).toThrow(
      new RangeError('a half-band filter has a fixed ratio'),
    );
  });
});
