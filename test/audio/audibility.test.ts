import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AudibilityMeter } from '../../src/audio/audibility.ts';

/** 16 kHz, where a sample lasts a whole number of sixteenths of a millisecond and sums of times are exact. */
const rateHz = 16_000;

const silence = (ms: number) => new Float32Array((rateHz * ms) / 1000);
const sound = (ms: number, amplitude = 0.1) =>
  silence(ms).map((_, i) => (i % 2 === 0 ? amplitude : -amplitude));

function measure(parts: readonly Float32Array[], startMs = 0): AudibilityMeter {
  const meter = new AudibilityMeter(rateHz);
  let timeMs = startMs;
  for (const part of parts) {
    meter.push(part, timeMs);
    timeMs += (part.length * 1000) / rateHz;
  }
  return meter;
}

describe('a sound between silences', () => {
  test('is timed to the sample, wherever it lies', () => {
    for (const leadMs of [0, 3, 10, 107.5]) {
      const meter = measure([silence(leadMs), sound(33), silence(50)], 1_000);
      expect([meter.firstAudibleMs, meter.lastAudibleMs]).toEqual([1_000 + leadMs, 1_033 + leadMs]);
      expect([meter.leadingSilenceMs, meter.audibleMs]).toEqual([leadMs, 33]);
    }
  });

  test('ends with the stream when the stream ends first', () => {
    const meter = measure([silence(20), sound(15)]);
    expect([meter.lastAudibleMs, meter.audibleMs]).toEqual([35, 15]);
  });

  test('is audible from −50 dBFS on', () => {
    expect(measure([sound(30, 0.0031)]).firstAudibleMs).toBeUndefined();
    expect(measure([sound(30, 0.0032)]).firstAudibleMs).toBe(0);
  });

  test('is noise too: quiet samples before it do not count', () => {
    const meter = measure([sound(100, 0.001), sound(20), sound(100, 0.001)]);
    expect([meter.firstAudibleMs, meter.lastAudibleMs, meter.audibleMs]).toEqual([100, 120, 20]);
  });
});

test('silences between sounds do not count as audible, unless they are shorter than the window', () => {
  const apart = measure([sound(20), silence(200), sound(30), silence(40)]);
  expect([apart.firstAudibleMs, apart.lastAudibleMs, apart.audibleMs]).toEqual([0, 250, 50]);
  const together = measure([sound(20), silence(5), sound(30), silence(40)]);
  expect(together.audibleMs).toBe(55);
});

test('blocks that were late have the times that they say', () => {
  const meter = new AudibilityMeter(rateHz);
  meter.push(silence(20), 0);
  meter.push(sound(20), 70);
  meter.push(sound(20), 500);
  expect([meter.firstAudibleMs, meter.lastAudibleMs, meter.leadingSilenceMs]).toEqual([70, 520, 20]);
});

test('silence and nothing at all have no times', () => {
  for (const meter of [measure([]), measure([silence(1_000)])]) {
    expect([meter.firstAudibleMs, meter.lastAudibleMs, meter.leadingSilenceMs]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(meter.audibleMs).toBe(0);
  }
});

test('what is no number does no harm', () => {
  const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NaN);
  const meter = measure([silence(20), broken, silence(100), sound(10), silence(20)]);
  expect(meter.firstAudibleMs).toBe(20 + 1 / 16);
  expect(meter.lastAudibleMs).toBe(130 + 3 / 16);
  expect(meter.audibleMs).toBe(10 + 1 / 16);
});

test('a rate that is none is refused', () => {
  expect(() => new AudibilityMeter(0)).toThrow(RangeError);
  expect(() => new AudibilityMeter(Number.NaN)).toThrow(RangeError);
});

test('any cutting into blocks gives the same result', () => {
  const piece = fc.record({
    ms: fc.integer({ min: 1, max: 60 }),
    amplitude: fc.constantFrom(0, 0.001, 0.003, 0.0033, 0.01, 0.5),
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 10 }), cuts, (pieces, lengths) => {
      const all = Float32Array.from(pieces.flatMap(({ ms, amplitude }) => [...sound(ms, amplitude)]));
      const blocks: Float32Array[] = [];
      for (let at = 0, i = 0; at < all.length; i++) {
        const length = lengths[i % lengths.length] as number;
        blocks.push(all.subarray(at, at + length));
        at += length;
      }
      const whole = measure([all]);
      const cut = measure(blocks);
      for (const figure of ['firstAudibleMs', 'lastAudibleMs', 'audibleMs', 'leadingSilenceMs'] as const) {
        expect(cut[figure]).toBe(whole[figure]);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
