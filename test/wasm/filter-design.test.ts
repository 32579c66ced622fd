import { describe, expect, test } from 'vitest';
import { chunkFrames, designFilter, ratioBetween } from '../../wasm/filter-design.ts';
import { between, polyphaseTiers } from './conversions.ts';

describe('a pair of rates', () => {
  test.each([
    [48_000, 24_000, 1, 2],
    [44_100, 24_000, 80, 147],
    [16_000, 24_000, 3, 2],
    [24_000, 44_100, 147, 80],
    [44_101, 24_000, 24_000, 44_101],
    [24_000, 24_000, 1, 1],
  ])('%i → %i Hz is %i/%i in lowest terms', (fromHz, toHz, up, down) => {
    expect(ratioBetween(fromHz, toHz)).toEqual({ fromHz, toHz, up, down });
  });

  test.each([0, -8000, 44_100.5, Number.NaN, Number.POSITIVE_INFINITY, 768_001])(
    'is refused with a rate of %d Hz',
    (rateHz) => {
      const error = new RangeError(
        `a sample rate must be an integer from 1 to 768000 Hz, received ${rateHz}`,
      );
      expect(() => ratioBetween(rateHz, 24_000)).toThrow(error);
      expect(() => ratioBetween(24_000, rateHz)).toThrow(error);
    },
  );
});

describe('a filter', () => {
  test.each([
    ['fast', 48_000, 24_000, 88],
    ['std', 48_000, 24_000, 144],
    ['wide', 48_000, 24_000, 208],
    ['hq', 48_000, 24_000, 264],
    ['best', 48_000, 24_000, 384],
    ['std', 44_100, 24_000, 132],
    ['std', 16_000, 24_000, 72],
    ['std', 24_000, 48_000, 72],
  ] as const)('in the tier %s for %i → %i Hz has %i taps', (tier, fromHz, toHz, taps) => {
    expect(designFilter(ratioBetween(fromHz, toHz), tier).taps).toBe(taps);
    expect(between(fromHz, toHz, tier).delayMs).toBe(((taps / 2) * 1000) / fromHz);
  });

  test('has its cut-off in the middle of the transition, below the lower of the two Nyquist frequencies', () => {
    expect(designFilter(ratioBetween(24_000, 48_000), 'std').cutoff).toBeCloseTo(0.929_45 * 0.5, 12);
    expect(designFilter(ratioBetween(48_000, 24_000), 'std').cutoff).toBeCloseTo(0.929_45 * 0.25, 12);
    expect(designFilter(ratioBetween(44_100, 24_000), 'best').cutoff).toBeCloseTo(
      (0.968 * 12_000) / 44_100,
      12,
    );
  });

  test('is whole vectors long', () => {
    for (const tier of polyphaseTiers) {
      for (let fromHz = 8000; fromHz < 100_000; fromHz += 1234) {
        expect(designFilter(ratioBetween(fromHz, 24_000), tier).taps % 4).toBe(0);
      }
    }
  });

  test('is the same for every pair of rates, but for its length', () => {
    const [down, up] = [
      designFilter(ratioBetween(44_100, 24_000), 'hq'),
      designFilter(ratioBetween(24_000, 32_000), 'hq'),
    ];
    expect(down.terms).toBe(up.terms);
    expect(down.span / up.span).toBeCloseTo(44_100 / 24_000, 12);
  });
});

test('a chunk is 100 ms, and never shorter than what a window reaches back', () => {
  expect(chunkFrames(48_000, 183)).toBe(4800);
  expect(chunkFrames(11_025, 95)).toBe(1102);
  expect(chunkFrames(500, 95)).toBe(95);
});
