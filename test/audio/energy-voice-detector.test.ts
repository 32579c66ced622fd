import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EnergyVoiceDetector } from '../../src/audio/energy-voice-detector.ts';
import { mixed } from '../support/loudness.ts';
import { cut, padded, pinkNoise, type Spoken, scaled, speechRms, spoken, whiteNoise } from './spoken.ts';

/** When there was a voice, in steps of 10 ms, as pairs of beginning and end in seconds. */
function voiceIn(samples: Float32Array, rateHz: number): [from: number, to: number][] {
  const runs: [number, number][] = [];
  new EnergyVoiceDetector(rateHz).push(samples, (probability, endFrame) => {
    if (probability <= 0.5) return;
    const end = endFrame / rateHz;
    const last = runs.at(-1);
    if (last && end - last[1] < 0.015) last[1] = end;
    else runs.push([end - 0.01, end]);
  });
  return runs;
}

function secondsOf(runs: [number, number][], from = 0): number {
  return runs.reduce((sum, [start, end]) => sum + Math.max(0, end - Math.max(start, from)), 0);
}

/** How well the truth was found: share of the steps, and the delay of each beginning in ms. */
function judged({ rateHz, samples, segments }: Spoken) {
  const counts = { said: 0, found: 0, quiet: 0, wrong: 0 };
  const onsetsMs = segments.map(() => Number.POSITIVE_INFINITY);
  new EnergyVoiceDetector(rateHz).push(samples, (probability, endFrame) => {
    const middle = endFrame - rateHz / 200;
    const at = segments.findIndex(({ startFrame, endFrame }) => middle >= startFrame && middle < endFrame);
    const isTail = segments.some(({ endFrame }) => middle >= endFrame && middle < endFrame + rateHz / 4);
    const isVoice = probability > 0.5 ? 1 : 0;
    if (at >= 0) {
      counts.said++;
      counts.found += isVoice;
      const onsetMs = ((endFrame - (segments[at]?.startFrame ?? 0)) * 1000) / rateHz;
      if (isVoice) onsetsMs[at] = Math.min(onsetsMs[at] as number, onsetMs);
    } else if (middle > rateHz && !isTail) {
      counts.quiet++;
      counts.wrong += isVoice;
    }
  });
  return { hits: counts.found / counts.said, wrong: counts.wrong / counts.quiet, onsetsMs };
}

/** A voice in noise that is weaker by so much, with 1.5 s of it before and 1 s after. */
function inNoise(name: string, noise: typeof whiteNoise, snrDb: number): Spoken {
  const all = padded(spoken(name), 1.5, 1);
  const level = speechRms(all) * 10 ** (-snrDb / 20);
  return { ...all, samples: mixed(all.samples, noise(all.samples.length, level)) };
}

const clean = [
  ...['opening-hours', 'cancel-order-8k-ulaw', 'lost-card-8k', 'pause-inside'],
  ...['reserve-room-16k', 'renew-book-44k1-stereo', 'german-pickup-24k', 'audiobook-48k-float'],
];

describe('a voice', () => {
  test.each(clean)('in silence is found, and nothing else: %s', (name) => {
    const { hits, wrong, onsetsMs } = judged(padded(spoken(name), 1.5, 1));
    // Closures inside of words are digital silence here.
    expect(hits).toBeGreaterThan(0.88);
    expect(wrong).toBe(0);
    expect(onsetsMs[0]).toBeLessThanOrEqual(30);
  });

  test.each(clean)('10 dB above white or pink noise is found, and nothing else: %s', (name) => {
    for (const noise of [whiteNoise, pinkNoise]) {
      const { hits, wrong, onsetsMs } = judged(inNoise(name, noise, 10));
      expect(hits).toBeGreaterThan(0.9);
      expect(wrong).toBe(0);
      expect(Math.max(...onsetsMs)).toBeLessThanOrEqual(120);
    }
  });

  test('is found as well when it is quiet', () => {
    const { rateHz, samples, segments } = inNoise('german-pickup-24k', pinkNoise, 15);
    const { hits, wrong } = judged({ rateHz, segments, samples: scaled(samples, 0.03) });
    expect(hits).toBeGreaterThan(0.9);
    expect(wrong).toBe(0);
  });

  test('that speaks for half a minute without a pause is not taken for noise', () => {
    const { rateHz, samples, segments } = spoken('answers/long-story');
    const told = samples.subarray(segments[0]?.startFrame, segments.at(-1)?.endFrame);
    const all = new Float32Array(30 * rateHz).map((_, i) => told[i % told.length] as number);
    const runs = voiceIn(mixed(all, pinkNoise(all.length, 0.01)), rateHz);
    expect(secondsOf(runs, 15)).toBeGreaterThan(13);
  });

  test('that holds a vowel is believed for three seconds', () => {
    const vowel = Float32Array.from({ length: 5 * 16_000 }, (_, i) => {
      return i < 16_000 ? 0 : 0.2 * (((i * 150) / 16_000) % 1) - 0.1;
    });
    const runs = voiceIn(mixed(vowel, pinkNoise(vowel.length, 0.002)), 16_000).filter(([, end]) => end > 1);
    expect(runs[0]?.[0]).toBeCloseTo(1, 1);
    expect(runs[0]?.[1]).toBeGreaterThan(4);
  });
});

describe('noise', () => {
  test.each([
    ['white', whiteNoise],
    ['pink', pinkNoise],
  ])('alone is no voice after the first second: %s', (_, noise) => {
    for (const rateHz of [8_000, 24_000, 44_100]) {
      const unscaled = noise(10 * rateHz, 1);
      for (const level of [0.0001, 0.001, 0.03, 0.3]) {
        const runs = voiceIn(scaled(unscaled, level), rateHz);
        expect(secondsOf(runs, 1)).toBeLessThan(0.05);
      }
    }
  });

  test('that grows by 20 dB is known after three and a half seconds, and a voice in it is heard', () => {
    const rateHz = 24_000;
    const noise = pinkNoise(10 * rateHz, 0.001).map((x, i) => (i < 3 * rateHz ? x : 10 * x));
    const { samples, segments } = spoken('german-pickup-24k');
    noise.set(mixed(noise.subarray(8 * rateHz, 8 * rateHz + samples.length), samples), 8 * rateHz);
    const runs = voiceIn(noise, rateHz);
    expect(secondsOf(runs.filter(([, end]) => end < 8))).toBeLessThan(3.5);
    const said = runs.filter(([start]) => start > 7);
    expect(Math.abs((said[0]?.[0] ?? 0) - 8 - (segments[0]?.startFrame ?? 0) / rateHz)).toBeLessThan(0.1);
  });

  test('that fades is known at once: a voice as loud as it had been is heard', () => {
    const rateHz = 24_000;
    const noise = whiteNoise(8 * rateHz, 0.02).map((x, i) => (i < 5 * rateHz ? x : x / 10));
    const { samples } = spoken('german-pickup-24k');
    const quiet = scaled(samples, 0.2);
    noise.set(mixed(noise.subarray(5.2 * rateHz, 5.2 * rateHz + quiet.length), quiet), 5.2 * rateHz);
    expect(secondsOf(voiceIn(noise, rateHz), 5)).toBeGreaterThan(1.2);
  });

  test('below a voice does not matter: neither hum nor an offset is one', () => {
    const hum = Float32Array.from({ length: 5 * 16_000 }, (_, i) => 0.3 + 0.1 * Math.sin((i * 50) / 2_546));
    expect(secondsOf(voiceIn(mixed(hum, whiteNoise(hum.length, 0.001)), 16_000), 1)).toBe(0);
  });

  test('is not found where a stream begins with an offset', () => {
    expect(voiceIn(new Float32Array(16_000).fill(0.4), 16_000)).toEqual([]);
  });

  test('of digital silence is none, nor is what is no number', () => {
    const nothing = new Float32Array(16_000);
    expect(voiceIn(nothing, 16_000)).toEqual([]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(voiceIn(nothing.fill(bad), 16_000)).toEqual([]);
  });
});

test('a sample that is no number, or huge, does not make it deaf', () => {
  const { rateHz, samples, segments } = padded(spoken('german-pickup-24k'), 1, 0);
  samples.set([Number.NaN, Number.POSITIVE_INFINITY, 3e38, -3e38], 100);
  expect(judged({ rateHz, samples, segments }).hits).toBeGreaterThan(0.88);
});

describe('the steps', () => {
  test.each([8_000, 11_025, 24_000, 44_100, 96_000])('are of 10 ms at %i Hz, and are numbered', (rateHz) => {
    const ends: number[] = [];
    new EnergyVoiceDetector(rateHz).push(new Float32Array(rateHz / 10 + 1), (_, end) => ends.push(end));
    const frames = Math.round(rateHz / 100);
    expect(ends).toEqual(Array.from({ length: 10 }, (_, n) => (n + 1) * frames));
  });

  test('say the same however the sound was cut', () => {
    const { rateHz, samples } = spoken('german-pickup-24k');
    const part = samples.subarray(0, 24_000);
    const heard = (pieces: readonly Float32Array[]) => {
      const detector = new EnergyVoiceDetector(rateHz);
      const steps: number[] = [];
      for (const piece of pieces)
        detector.push(piece, (p, endFrame) => steps.push(p, endFrame, detector.stepPower));
      return steps;
    };
    const whole = heard([part]);
    const lengths = fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(lengths, (cuts) => {
        expect(heard(cut(part, cuts))).toEqual(whole);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('begin anew with a reset', () => {
    const { rateHz, samples } = spoken('german-pickup-24k');
    const detector = new EnergyVoiceDetector(rateHz);
    const heard = () => {
      const steps: number[] = [];
      detector.push(samples.subarray(0, 20_000), (p, endFrame) => steps.push(p, endFrame));
      return steps;
    };
    const first = heard();
    detector.reset();
    expect(heard()).toEqual(first);
  });
});

test('refuses rates that it has no filters for', () => {
  for (const rateHz of [0, 4_000, 8_000.5, 400_000, Number.NaN])
    expect(() => new EnergyVoiceDetector(rateHz)).toThrow(RangeError);
});
