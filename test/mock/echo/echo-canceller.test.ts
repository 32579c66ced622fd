import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resampleWhole } from '../../../src/audio/resample-whole.ts';
import { EchoCanceller } from '../../../src/mock/echo/echo-canceller.ts';
import { TurnDetector, type TurnEvent } from '../../../src/mock/turn-detection/turn-detector.ts';
import { Random } from '../../../src/random.ts';
import { readWavFile } from '../../fixtures/wav-file.ts';
import { joined, noise, quantised, silence, speech } from '../harness.ts';

const rateHz = 24_000;
const answers = ['opening-hours', 'book-renewed', 'yes-of-course', 'ask-at-the-desk', 'long-story'];

function rms(
  samples: Float32Array,
  fromMs = 0,
  toMs = (samples.length * 1000) / rateHz,
  rate = rateHz,
): number {
  const part = samples.subarray((fromMs * rate) / 1000, (toMs * rate) / 1000);
  return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
}

/** How far `a` is over `b`. */
function decibels(a: number, b: number): number {
  return 20 * Math.log10(a / b);
}

/** Brought to a level, RMS over all of it. */
function atLevel(samples: Float32Array, levelDb: number): Float32Array {
  const gain = 10 ** (levelDb / 20) / rms(samples);
  return samples.map((sample) => gain * sample);
}

function spoken(name: string, levelDb: number, rate = rateHz): Float32Array {
  const wav = readWavFile(fileURLToPath(new URL(`../../../fixtures/${name}.wav`, import.meta.url)));
  const [samples = new Float32Array(0)] = wav.samples;
  return atLevel(resampleWhole(samples, wav.rateHz, rate), levelDb);
}

function answer(index: number, rate = rateHz): Float32Array {
  return spoken(`answers/${answers[index % answers.length]}`, -20, rate);
}

/** A loudspeaker near a microphone: the direct sound, and seven reflections that die away within 40 ms. */
function echoOf(played: Float32Array, gainDb: number, delayMs: number, rate = rateHz): Float32Array {
  const random = new Random(3);
  const taps = [[0, 1]];
  for (let i = 0; i < 7; i++) {
    const at = random.uniform();
    taps.push([Math.round((at * 40 * rate) / 1000), (random.chance(0.5) ? 0.5 : -0.5) * (1 - 0.8 * at)]);
  }
  const energy = taps.reduce((sum, [, gain = 0]) => sum + gain * gain, 0);
  const scale = 10 ** (gainDb / 20) / Math.sqrt(energy);
  const echo = new Float32Array(played.length);
  for (const [at = 0, gain = 0] of taps) {
    const delay = at + Math.round((delayMs * rate) / 1000);
    for (let i = delay; i < echo.length; i++) {
      echo[i] = (echo[i] as number) + scale * gain * (played[i - delay] as number);
    }
  }
  return echo;
}

function sum(a: Float32Array, b: Float32Array, atMs = 0): Float32Array {
  const at = (atMs * rateHz) / 1000;
  return a.map((sample, i) => sample + (b[i - at] ?? 0));
}

/** The microphone as it comes out in blocks of 20 ms, without the canceller's delay. */
function cancelled(microphone: Float32Array, reference: Float32Array, rate = rateHz): Float32Array {
  const canceller = new EchoCanceller(rate);
  const padded = joined(microphone, new Float32Array(canceller.delaySamples));
  const played = joined(reference, new Float32Array(canceller.delaySamples));
  const output = new Float32Array(padded.length);
  for (let at = 0; at < padded.length; at += rate / 50) {
    const end = at + rate / 50;
    output.set(canceller.process(padded.subarray(at, end), played.subarray(at, end)), at);
  }
  return output.subarray(canceller.delaySamples);
}

function heard(samples: Float32Array, rate = rateHz): readonly TurnEvent[] {
  const settings = {
    threshold: 0.5,
    prefixPaddingMs: 0,
    silenceDurationMs: 500,
    speechDurationMs: 100,
  };
  return new TurnDetector(rate, settings).push(samples);
}

function startsMs(samples: Float32Array, rate = rateHz): number[] {
  return heard(samples, rate).flatMap((event) =>
    event.type === 'speech-started' ? [event.audioStartMs] : [],
  );
}

function checksum(samples: Float32Array): number {
  const words = samples.map((sample) => Math.round(sample * 32_768));
  return words.reduce((hash, word) => Math.imul(hash ^ (word & 0xffff), 0x01000193) >>> 0, 0x811c9dc5);
}

describe('the echo of an answer', () => {
  test.each([
    [24_000, -20, 5],
    [24_000, -20, 40],
    [24_000, -10, 150],
    [24_000, -6, 200],
    [24_000, -30, 0],
    [16_000, -10, 40],
    [8_000, -10, 150],
  ])(
    'at %i Hz, %i dB and %i ms has 30 dB less from three quarters of a second on',
    (rate, gainDb, delayMs) => {
      const played = joined(answer(0, rate), answer(2, rate));
      const echo = echoOf(played, gainDb, delayMs, rate);
      const left = cancelled(quantised(echo), quantised(played), rate);
      const fromMs = delayMs + 750;
      const endMs = (played.length * 1000) / rate;
      expect(decibels(rms(echo, fromMs, endMs, rate), rms(left, fromMs, endMs, rate))).toBeGreaterThan(30);
    },
  );

  test('of a synthetic voice has 35 dB less after a second', () => {
    const played = quantised(speech(2000));
    const echo = echoOf(played, -20, 40);
    const left = cancelled(quantised(echo), played);
    expect(decibels(rms(echo, 1000), rms(left, 1000))).toBeGreaterThan(35);
  });

  test('that saturates a little in the loudspeaker still has 20 dB less', () => {
    const played = answer(1);
    const echo = echoOf(
      played.map((sample) => sample - 0.3 * sample ** 3),
      -10,
      40,
    );
    const left = cancelled(quantised(echo), quantised(played));
    expect(decibels(rms(echo, 1000), rms(left, 1000))).toBeGreaterThan(20);
  });

  test.each([5, -5])('is found again within a second when its delay jumps by %i ms', (jumpMs) => {
    const played = joined(answer(4));
    const jumpAt = 3 * rateHz;
    const after = echoOf(played, -20, 40 + jumpMs);
    const echo = echoOf(played, -20, 40).map((sample, i) => (i < jumpAt ? sample : (after[i] as number)));
    const left = cancelled(quantised(echo), quantised(played));
    expect(decibels(rms(echo, 4000, 5500), rms(left, 4000, 5500))).toBeGreaterThan(25);
  });
});

describe('an agent that hears itself', () => {
  /** The loopback: answers in a row with pauses between them. */
  const played = (count: number) =>
    joined(...Array.from({ length: count }, (_, i) => joined(silence(400), answer(i), silence(300))));

  test('at −20 dB and 40 ms does not interrupt itself in 20 answers, as it does without the canceller', () => {
    const reference = played(20);
    const microphone = quantised(echoOf(reference, -20, 40));
    expect(startsMs(microphone).length).toBeGreaterThan(0);
    expect(startsMs(cancelled(microphone, quantised(reference)))).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4])('at −10 dB does not interrupt its first answer, number %i', (index) => {
    const reference = joined(silence(400), answer(index));
    const microphone = quantised(echoOf(reference, -10, 100));
    expect(startsMs(microphone).length).toBeGreaterThan(0);
    expect(startsMs(cancelled(microphone, quantised(reference)))).toEqual([]);
  });

  test('interrupts itself when it sends another reference than it plays', () => {
    const microphone = quantised(echoOf(played(3), -10, 40));
    const reference = quantised(joined(answer(4), answer(3))).subarray(0, microphone.length);
    const padded = joined(reference, new Float32Array(microphone.length - reference.length));
    expect(startsMs(cancelled(microphone, padded)).length).toBeGreaterThan(0);
  });
});

describe('a user', () => {
  const played = joined(silence(300), answer(4));
  const atMs = 2500;

  test.each([
    [-20, -20],
    [-26, -20],
    [-20, -10],
    [-26, -10],
  ])('of %i dBFS over an echo of %i dB is heard once, in time and as loud', (levelDb, gainDb) => {
    const near = spoken('stop-16k-stereo', levelDb);
    const alone = sum(new Float32Array(played.length), near, atMs);
    const microphone = quantised(sum(echoOf(played, gainDb, 40), alone));
    const left = cancelled(microphone, quantised(played));
    const starts = startsMs(left);
    const [trueStart = Number.NaN] = startsMs(alone);
    expect(starts).toHaveLength(1);
    expect(Math.abs((starts[0] as number) - trueStart)).toBeLessThanOrEqual(100);
    const endMs = atMs + (near.length * 1000) / rateHz;
    expect(Math.abs(decibels(rms(left, atMs, endMs), rms(alone, atMs, endMs)))).toBeLessThan(1);
  });

  test('does not spoil what is known of the echo', () => {
    const near = spoken('stop-16k-stereo', -20).subarray(0, 1.5 * rateHz);
    const echo = echoOf(played, -20, 40);
    const left = cancelled(quantised(sum(echo, near, atMs)), quantised(played));
    const endMs = atMs + 1500;
    expect(
      decibels(rms(echo, endMs + 50, endMs + 1000), rms(left, endMs + 50, endMs + 1000)),
    ).toBeGreaterThan(25);
  });

  test.each([-20, -26])('of %i dBFS keeps the level beside a reference that is not heard', (levelDb) => {
    const near = spoken('new-novels-24k-24bit', levelDb);
    const alone = sum(new Float32Array(played.length), near, 500);
    const left = cancelled(quantised(alone), quantised(played));
    expect(Math.abs(decibels(rms(left), rms(alone)))).toBeLessThan(3);
    expect(startsMs(left)).toHaveLength(startsMs(alone).length);
  });
});

describe('the output', () => {
  test.each([24_000, 16_000, 8_000])(
    'at %i Hz is the microphone, 10 ms later, while nothing is played',
    (rate) => {
      const { delaySamples } = new EchoCanceller(rate);
      expect((delaySamples * 1000) / rate).toBe(10);
      const microphone = joined(speech(300, rate), noise(300, 0.1, 5, rate));
      expect(cancelled(microphone, new Float32Array(microphone.length), rate)).toEqual(microphone);
    },
  );

  test('is the microphone again when the last echo has died away', () => {
    const played = joined(speech(600), silence(900));
    const microphone = sum(echoOf(played, -20, 40), noise(1500, 0.05, 5));
    const fromSample = rateHz;
    expect(cancelled(microphone, played).subarray(fromSample)).toEqual(microphone.subarray(fromSample));
  });

  test('is the same however the audio is cut', () => {
    const played = speech(300);
    const microphone = sum(echoOf(played, -10, 5), noise(300, 0.01, 9));
    const whole = new EchoCanceller(rateHz).process(microphone, played);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 12 }), (lengths) => {
        const canceller = new EchoCanceller(rateHz);
        const output = new Float32Array(microphone.length);
        for (let at = 0, i = 0; at < microphone.length; i++) {
          const end = at + ((lengths[i % lengths.length] as number) || 1);
          output.set(canceller.process(microphone.subarray(at, end), played.subarray(at, end)), at);
          at = end;
        }
        expect(output).toEqual(whole);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  test('is silent where the input is no number, and the echo is still removed afterwards', () => {
    const played = joined(answer(1));
    const echo = echoOf(played, -10, 40);
    const broken = echo.slice();
    const reference = played.slice();
    broken.set([Number.NaN, Infinity, -Infinity, 1e30], rateHz);
    reference.set([Number.NaN, Infinity, -Infinity, 1e30], rateHz + 500);
    const left = cancelled(broken, reference);
    expect([...left.subarray(rateHz, rateHz + 4)]).toEqual([0, 0, 0, 0]);
    expect(left.every(Number.isFinite)).toBe(true);
    expect(decibels(rms(echo, 1500), rms(left, 1500))).toBeGreaterThan(30);
  });

  test('after a reset is that of a new canceller', () => {
    const played = speech(400);
    const microphone = sum(echoOf(played, -10, 5), noise(400, 0.01, 9));
    const canceller = new EchoCanceller(rateHz);
    const first = canceller.process(microphone, played).slice();
    canceller.process(microphone.subarray(0, 77), played.subarray(0, 77));
    canceller.reset();
    expect(canceller.process(microphone, played)).toEqual(first);
  });

  test('is equal on every runtime', () => {
    const played = speech(1500);
    const near = noise(1500, 0.01, 9);
    const microphone = near.map(
      (sample, i) => sample + 0.3 * (played[i - 960] ?? 0) - 0.1 * (played[i - 1400] ?? 0),
    );
    expect(checksum(new EchoCanceller(rateHz).process(microphone, played))).toBe(648484145);
  });
});

test('a rate without whole blocks and channels of different lengths are refused', () => {
  expect(() => new EchoCanceller(22_050)).toThrow(RangeError);
  expect(() => new EchoCanceller(rateHz).process(new Float32Array(2), new Float32Array(3))).toThrow(
    RangeError,
  );
});
