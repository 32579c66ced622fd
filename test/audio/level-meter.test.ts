import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LevelMeter } from '../../src/audio/level-meter.ts';
import { tone } from '../wasm/tone.ts';
import { cut, whiteNoise } from './spoken.ts';

const silent = Number.NEGATIVE_INFINITY;

/** A meter that has heard `seconds` of the same sample. */
function after(seconds: number, sample = 0, meter = new LevelMeter(8_000)): LevelMeter {
  meter.push(new Float32Array(Math.round(8_000 * seconds)).fill(sample));
  return meter;
}

test('shows silence before there is sound, and for digital silence', () => {
  expect([new LevelMeter(8_000).peakDb, new LevelMeter(8_000).rmsDb]).toEqual([silent, silent]);
  expect([after(1).peakDb, after(1).rmsDb]).toEqual([silent, silent]);
});

test('shows the peak of a sine, and its RMS 3 dB below', () => {
  const meter = new LevelMeter(24_000);
  meter.push(tone(1_000, 24_000, 12_000, 0.5));
  expect(meter.peakDb).toBeCloseTo(-6.021, 2);
  expect(meter.rmsDb).toBeCloseTo(-9.031, 2);
});

test('takes the RMS over the last 300 ms', () => {
  const meter = after(1, 0.1);
  expect(meter.rmsDb).toBe(-20);
  after(0.15, 0, meter);
  expect(meter.rmsDb).toBeCloseTo(-23.01, 2);
  after(0.15, 0, meter);
  expect(meter.rmsDb).toBe(silent);
});

test('shows a peak at once, holds it for half a second, then lets it fall by 20 dB a second', () => {
  const meter = after(0.02);
  meter.push(Float32Array.of(0.5));
  expect(meter.peakDb).toBe(-6.021);
  after(0.5, 0, meter);
  expect(meter.peakDb).toBe(-6.021);
  after(1, 0, meter);
  expect(meter.peakDb).toBeCloseTo(-26, 0);
});

test('holds a new peak that exceeds the falling one', () => {
  const meter = after(0.1, 0.5);
  after(1, 0.01, meter);
  const fallen = meter.peakDb;
  after(0.01, -0.3, meter);
  expect(fallen).toBeLessThan(-11);
  expect(meter.peakDb).toBeCloseTo(-10.458, 3);
  after(0.49, 0, meter);
  expect(meter.peakDb).toBeCloseTo(-10.458, 3);
});

test('takes NaN and infinities for silence and is not poisoned by them', () => {
  const meter = new LevelMeter(8_000);
  meter.push(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
  expect(meter.peakDb).toBe(silent);
  after(1, 0.1, meter);
  expect([meter.peakDb, meter.rmsDb]).toEqual([-20, -20]);
});

test('forgets a huge sample completely', () => {
  const meter = after(0.1, 0.1);
  meter.push(Float32Array.of(3e38));
  after(1, 0.1, meter);
  expect(meter.rmsDb).toBe(-20);
});

test('takes the highest peak and the mean power of all channels', () => {
  const meter = new LevelMeter(8_000, 2);
  meter.push(Float32Array.from({ length: 16_000 }, (_, i) => (i % 2 === 0 ? 0.1 : 0)));
  expect(meter.peakDb).toBe(-20);
  expect(meter.rmsDb).toBeCloseTo(-23.01, 2);
});

test('reads the same however the sound was cut', () => {
  const samples = whiteNoise(5_000, 0.1);
  const whole = new LevelMeter(11_025);
  whole.push(samples);
  const lengths = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(lengths, (cuts) => {
      const meter = new LevelMeter(11_025);
      for (const piece of cut(samples, cuts)) meter.push(piece);
      return meter.peakDb === whole.peakDb && meter.rmsDb === whole.rmsDb;
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('is as new after a reset', () => {
  const meter = after(0.123, 0.5);
  meter.reset();
  expect([meter.peakDb, meter.rmsDb]).toEqual([silent, silent]);
  after(0.3, 0.1, meter);
  expect(meter.rmsDb).toBe(-20);
});

test('refuses what is no rate or no number of channels', () => {
  for (const rateHz of [0, -8_000, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => new LevelMeter(rateHz)).toThrow(RangeError);
  for (const channels of [0, -1, 1.501, Number.NaN])
    expect(() => new LevelMeter(8_000, channels)).toThrow(RangeError);
});
