import { describe, expect, test } from 'vitest';
import { Concealment } from '../../../src/stages/playout/concealment.ts';
import { loudNoise, RATE_HZ, SAMPLES_PER_MS } from './listening-room.ts';

/** A voice of `pitchHz`: ten harmonics, each weaker than the one before. */
function voice(pitchHz: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let h = 1; h <= 10; h++) sum += Math.sin((2 * Math.PI * pitchHz * h * i) / RATE_HZ + h) / h;
    return 0.25 * sum;
  });
}

function concealed(past: Float32Array, ms = 80): Float32Array {
  const concealment = new Concealment(RATE_HZ);
  concealment.remember(past, 0, past.length);
  concealment.start();
  return Float32Array.from({ length: ms * SAMPLES_PER_MS }, () => concealment.next());
}

function steepest(samples: Float32Array): number {
  let most = 0;
  for (let i = 1; i < samples.length; i++) {
    most = Math.max(most, Math.abs((samples[i] as number) - (samples[i - 1] as number)));
  }
  return most;
}

describe('concealment', () => {
  test.each([80, 123, 200, 317, 390])('goes on with a voice of %i Hz for 20 ms', (pitchHz) => {
    const whole = voice(pitchHz, 3600);
    const made = concealed(whole.subarray(0, 2400));
    let error = 0;
    let energy = 0;
    for (let i = 0; i < 20 * SAMPLES_PER_MS; i++) {
      error += ((made[i] as number) - (whole[2400 + i] as number)) ** 2;
      energy += (whole[2400 + i] as number) ** 2;
    }
    // 12 dB under the voice: what is left is the fraction of a sample by which no lag fits.
    expect(error / energy).toBeLessThan(0.0625);
  });

  test('clicks neither where it begins nor within', () => {
    for (const pitchHz of [80, 123, 200, 317, 390]) {
      for (let cut = 2400; cut < 2800; cut += 37) {
        const past = voice(pitchHz, cut);
        const joined = new Float32Array([...past.subarray(-480), ...concealed(past)]);
        expect(steepest(joined)).toBeLessThan(1.25 * steepest(past));
      }
    }
  });

  test('falls to silence in 60 ms and stays silent', () => {
    const made = concealed(voice(150, 2400), 100);
    const rms = (fromMs: number) => {
      const part = made.subarray(fromMs * SAMPLES_PER_MS, (fromMs + 10) * SAMPLES_PER_MS);
      return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
    };
    const levels = [10, 20, 30, 40, 50].map(rms);
    for (let i = 1; i < levels.length; i++) expect(levels[i]).toBeLessThan(levels[i - 1] as number);
    expect(made.subarray(60 * SAMPLES_PER_MS).every((sample) => sample === 0)).toBe(true);
  });

  test('does not click where almost nothing came before it', () => {
    const onset = Float32Array.from({ length: 120 }, (_, i) => i / 150);
    const made = concealed(onset);
    expect(made[0]).toBeCloseTo(onset.at(-1) as number, 1);
    expect(steepest(made)).toBeLessThan(0.03);
  });

  test('is silence after silence', () => {
    expect(concealed(new Float32Array(2400)).every((sample) => sample === 0)).toBe(true);
  });

  test('stays within full scale', () => {
    const past = loudNoise(50).map((sample) => Math.sign(sample));
    expect(concealed(past).every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });

  test('remembers across pieces of any size, and nothing once it was told to forget', () => {
    const past = voice(150, 3000);
    const whole = concealed(past);
    const concealment = new Concealment(RATE_HZ);
    for (let at = 0; at < past.length; at += 7) concealment.remember(past, at, Math.min(7, past.length - at));
    concealment.start();
    expect(Float32Array.from(whole, () => concealment.next())).toEqual(whole);
    concealment.forget();
    expect(concealment.remaining).toBe(0);
    concealment.start();
    expect(concealment.remaining).toBe(60 * SAMPLES_PER_MS);
    expect(concealment.next()).toBe(0);
  });
});
