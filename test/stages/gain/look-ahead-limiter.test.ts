import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LookAheadLimiter } from '../../../src/stages/gain/look-ahead-limiter.ts';
import { cut, scaled, whiteNoise } from '../../audio/spoken.ts';
import { decibels, fitTone, tone } from '../../wasm/tone.ts';

const rates = [8_000, 11_025, 16_000, 24_000, 44_100, 48_000, 96_000];

/** All that comes out for an input, with the tail; `lengths` of the pieces in frames. */
function limited(
  limiter: LookAheadLimiter,
  input: Float32Array,
  lengths = [480],
  channels = 1,
): Float32Array {
  const all = new Float32Array(input.length + limiter.delayFrames * channels);
  all.set(input);
  const pieces = cut(all, lengths, channels);
  for (const piece of pieces) limiter.process(piece);
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}

/** The gain that each frame got. */
function gains(limiter: LookAheadLimiter, input: Float32Array): Float32Array {
  const output = limited(limiter, input).subarray(limiter.delayFrames);
  return input.map((x, i) => (output[i] as number) / x);
}

const samples = fc.oneof(
  { weight: 6, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  { weight: 1, arbitrary: fc.float() },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 3e38, -3e38, 1e-45) },
);

describe('the ceiling', () => {
  test('is exceeded by no sample, whatever comes in', () => {
    const inputs = fc.array(samples, { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(
        inputs,
        fc.constantFrom(...rates),
        fc.double({ min: -40, max: 0, noNaN: true }),
        (input, rateHz, db) => {
          const limiter = new LookAheadLimiter({ rateHz, ceilingDb: db });
          for (const y of limited(limiter, Float32Array.from(input), [77]))
            if (!(Math.abs(y) <= limiter.ceiling)) return false;
          return Math.abs(decibels(limiter.ceiling) - db) < 1e-5;
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test.each(rates)('is reached, not merely kept: a long loud tone at %i Hz', (rateHz) => {
    const limiter = new LookAheadLimiter({ rateHz });
    const output = limited(limiter, tone(440, rateHz, rateHz, 3));
    const highest = output.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    expect(decibels(highest)).toBeLessThanOrEqual(-1);
    expect(decibels(highest)).toBeGreaterThan(-1.01);
  });

  test('is kept without clipping: what is left of a tone is a tone', () => {
    const limiter = new LookAheadLimiter({ rateHz: 48_000 });
    const output = limited(limiter, tone(997, 48_000, 96_000, 2)).subarray(48_000, 96_000);
    const { amplitude, residual } = fitTone(output, 997, 48_000);
    expect(decibels(residual / amplitude)).toBeLessThan(-45);
  });
});

describe('below the ceiling', () => {
  test('the output is the input, 3 ms later, to the bit', () => {
    for (const rateHz of rates) {
      const limiter = new LookAheadLimiter({ rateHz });
      const input = scaled(whiteNoise(3_000, 1), 0.25).map((x) => Math.max(-0.89, Math.min(0.89, x)));
      const output = limited(limiter, input, [123, 7]);
      expect(Math.abs((limiter.delayFrames * 1000) / rateHz - 3)).toBeLessThan(0.07);
      expect(output.subarray(limiter.delayFrames)).toEqual(input);
      expect(output.subarray(0, limiter.delayFrames).every((y) => y === 0)).toBe(true);
    }
  });

  test('it is so again some time after a peak', () => {
    const input = new Float32Array(24_000).fill(0.5);
    input[2_000] = 1.5;
    const factors = gains(new LookAheadLimiter({ rateHz: 24_000 }), input);
    expect(factors.subarray(0, 1_900).every((gain) => gain === 1)).toBe(true);
    expect(factors.subarray(13_000).every((gain) => gain === 1)).toBe(true);
    // It arrives, it does not snap in: the last factor but one is as good as 1.
    expect(1 - Math.max(...factors.subarray(2_000).filter((gain) => gain < 1))).toBeLessThan(1e-6);
  });
});

describe('the gain', () => {
  test('bends down within the look-ahead, and comes back with 90 ms', () => {
    const input = new Float32Array(48_000).fill(0.4);
    input[10_000] = 1.7825;
    const factors = gains(new LookAheadLimiter({ rateHz: 48_000 }), input);
    const first = factors.findIndex((gain) => gain < 1);
    expect(first).toBeGreaterThanOrEqual(10_000 - 144);
    expect(first).toBeLessThan(10_000 - 120);
    expect(factors[10_000]).toBeCloseTo(0.5, 3);
    const released = factors.findIndex((gain, n) => n > 10_000 && gain > 1 - 0.5 / Math.E);
    expect((released - 10_000) / 48).toBeGreaterThan(80);
    expect((released - 10_000) / 48).toBeLessThan(100);
  });

  test('never jumps: not by more than a 70th in a frame at 48 kHz', () => {
    const input = whiteNoise(48_000, 0.05).map((x, i) => (i % 5_000 === 4_999 ? 5 : x || 0.001));
    const factors = gains(new LookAheadLimiter({ rateHz: 48_000 }), input);
    let steepest = 0;
    for (let n = 1; n < factors.length; n++)
      steepest = Math.max(steepest, Math.abs((factors[n] as number) - (factors[n - 1] as number)));
    expect(steepest).toBeLessThan(1 / 70);
    expect(steepest).toBeGreaterThan(1 / 200);
  });

  test('is the same for all channels', () => {
    const left = tone(300, 16_000, 8_000, 2);
    const input = Float32Array.from(
      { length: 16_000 },
      (_, i) => (left[i >> 1] as number) * (i % 2 ? 0.25 : 1),
    );
    const output = limited(new LookAheadLimiter({ rateHz: 16_000, channels: 2 }), input, [480], 2);
    for (let i = 96; i < 16_000; i += 2) expect(output[i + 1]).toBeCloseTo((output[i] as number) / 4, 7);
  });

  test('can be read', () => {
    const limiter = new LookAheadLimiter({ rateHz: 24_000 });
    expect(limiter.gain).toBe(1);
    limiter.process(new Float32Array(4_800).fill(-1.7825));
    expect(limiter.gain).toBeCloseTo(0.5, 4);
  });
});

test('what is no number is silence, and leaves no trace', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const input = new Float32Array(1_000).fill(0.5);
    input[300] = bad;
    const output = limited(new LookAheadLimiter({ rateHz: 24_000 }), input).subarray(72);
    expect(output).toEqual(input.map((x, i) => (i === 300 ? 0 : x)));
  }
});

test('what comes out does not depend on how the input was cut', () => {
  const input = whiteNoise(4_000, 0.7);
  input[1_111] = 40;
  const whole = limited(new LookAheadLimiter({ rateHz: 16_000, channels: 2 }), input, [9_999], 2);
  const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(lengths, (cuts) => {
      const limiter = new LookAheadLimiter({ rateHz: 16_000, channels: 2 });
      expect(limited(limiter, input, cuts, 2)).toEqual(whole);
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('is as new after a reset', () => {
  const input = whiteNoise(2_000, 0.7);
  const limiter = new LookAheadLimiter({ rateHz: 16_000 });
  const first = limited(limiter, input);
  limiter.process(new Float32Array(100).fill(9));
  limiter.reset();
  expect(limited(limiter, input)).toEqual(first);
});

test('refuses what it cannot do, and says what it was given', () => {
  for (const rateHz of [0, 7_999, 24_000.5, 1e6, Number.NaN])
    expect(() => new LookAheadLimiter({ rateHz })).toThrow(RangeError);
  for (const channels of [0, -1, 1.5])
    expect(() => new LookAheadLimiter({ rateHz: 24_000, channels })).toThrow(RangeError);
  for (const ceilingDb of [0.1, -41, Number.NaN])
    expect(() => new LookAheadLimiter({ rateHz: 24_000, ceilingDb })).toThrow(String(ceilingDb));
});
