import { afterEach, describe, expect, test, vi } from 'vitest';
import { FilterBank } from '../../wasm/loader.ts';
import { RateConverter } from '../../wasm/rate-converter.ts';

const ramp = Float32Array.from({ length: 400 }, (_, n) => n / 400);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the memory of the kernels', () => {
  test('may grow while streams run', () => {
    const undisturbed = new RateConverter(48_000, 24_000);
    const expected = [...undisturbed.convert(ramp, 0, 200), ...undisturbed.convert(ramp, 200, 200)];
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    const disturbed = new RateConverter(48_000, 24_000);
    const output = [...disturbed.convert(ramp, 0, 200)];
    FilterBank.between(22_254, 24_000);
    expect(grow).toHaveBeenCalled();
    output.push(...disturbed.convert(ramp, 200, 200));
    expect(output).toEqual(expected);
  });

  test('does not grow with the number of streams', () => {
    new RateConverter(32_000, 24_000).convert(ramp, 0, 400);
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    for (let n = 0; n < 1000; n++) new RateConverter(32_000, 24_000, 2).convert(ramp, 0, 200);
    expect(grow).not.toHaveBeenCalled();
  });
});

describe('a filter bank', () => {
  test('is designed once for a pair of rates', () => {
    expect(FilterBank.between(44_100, 24_000)).toBe(FilterBank.between(44_100, 24_000));
  });

  test.each([
    [48_000, 24_000, 1, 2, 184],
    [44_100, 24_000, 80, 147, 168],
    [16_000, 24_000, 3, 2, 96],
    [24_000, 48_000, 2, 1, 96],
    [24_000, 44_100, 147, 80, 96],
  ])('for %i → %i Hz has %i phases, %i inputs apart, of %i taps', (fromHz, toHz, up, down, taps) => {
    expect(FilterBank.between(fromHz, toHz)).toMatchObject({
      up,
      down,
      taps,
      delayMs: ((taps / 2) * 1000) / fromHz,
    });
  });

  test('is refused where all its phases would be too many, with both rates', () => {
    expect(() => FilterBank.between(44_101, 24_000)).toThrow(RangeError);
    expect(() => FilterBank.between(44_101, 24_000)).toThrow(/44101 Hz to 24000 Hz.*24000\/44101/);
  });

  test.each([0, -8000, 44_100.5, Number.NaN, Number.POSITIVE_INFINITY, 768_001])(
    'is refused for a rate of %d Hz',
    (rateHz) => {
      expect(() => FilterBank.between(rateHz, 24_000)).toThrow(RangeError);
      expect(() => FilterBank.between(24_000, rateHz)).toThrow(`received ${rateHz}`);
    },
  );
});
