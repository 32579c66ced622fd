import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  TurnDetector,
  type TurnDetectorSettings,
  type TurnEvent,
} from '../../../src/mock/turn-detection/turn-detector.ts';
import { joined, noise, silence, speech } from '../harness.ts';

const settings: TurnDetectorSettings = {
  threshold: 0.5,
  prefixPaddingMs: 300,
  silenceDurationMs: 500,
  speechDurationMs: 100,
};

function heard(samples: Float32Array, overrides: Partial<TurnDetectorSettings> = {}, rateHz = 24_000) {
  return new TurnDetector(rateHz, { ...settings, ...overrides }).push(samples);
}

/** Within a window of what is true. */
function expectTimes(events: readonly TurnEvent[], expected: readonly number[], toleranceMs = 10) {
  const times = events.map((event) =>
    event.type === 'speech-started' ? event.audioStartMs : event.audioEndMs,
  );
  expect(times).toHaveLength(expected.length);
  for (const [i, time] of times.entries()) {
    expect(Math.abs(time - (expected[i] as number)), `${times} near ${expected}`).toBeLessThanOrEqual(
      toleranceMs,
    );
  }
}

describe('TurnDetector', () => {
  test('reports where speech starts, less the padding, and where the silence after it has lasted', () => {
    const events = heard(joined(silence(1000), speech(3000), silence(1000)));
    expect(events.map(({ type }) => type)).toEqual(['speech-started', 'speech-stopped']);
    expectTimes(events, [700, 4500]);
  });

  test.each([8_000, 16_000, 24_000])('hears the same at %i Hz', (rateHz) => {
    const audio = joined(silence(500, rateHz), speech(1500, rateHz), silence(1000, rateHz));
    expectTimes(heard(audio, {}, rateHz), [200, 2500]);
  });

  test('decides a tenth of a second after the speech began', () => {
    const detector = new TurnDetector(24_000, settings);
    detector.push(silence(1000));
    expect(detector.push(speech(90))).toEqual([]);
    expect(detector.push(speech(20))).toHaveLength(1);
    expect(detector.isSpeech).toBe(true);
  });

  test('does not pad to before the beginning', () => {
    expect(heard(joined(silence(100), speech(500)))).toEqual([{ type: 'speech-started', audioStartMs: 0 }]);
  });

  test('ends a turn in a pause of 1.2 s and hears another one after it', () => {
    const events = heard(joined(silence(500), speech(1000), silence(1200), speech(1000), silence(1000)));
    expect(events.map(({ type }) => type)).toEqual([
      'speech-started',
      'speech-stopped',
      'speech-started',
      'speech-stopped',
    ]);
  });

  test('keeps a turn through a pause that is shorter than the silence asked for', () => {
    const events = heard(joined(silence(500), speech(1000), silence(400), speech(1000), silence(1000)));
    expect(events).toHaveLength(2);
  });

  test('waits as long as silence_duration_ms says', () => {
    const audio = joined(silence(500), speech(1000), silence(1200), speech(1000), silence(2000));
    expectTimes(heard(audio, { silenceDurationMs: 200 }), [200, 1700, 2400, 3900]);
    expectTimes(heard(audio, { silenceDurationMs: 1500 }), [200, 5200]);
  });

  test('hears nothing in speech that is shorter than speech_duration_ms', () => {
    const audio = joined(silence(500), speech(150), silence(500));
    expect(heard(audio, { speechDurationMs: 200 })).toEqual([]);
    expect(heard(audio, { speechDurationMs: 100 })).not.toEqual([]);
  });

  test.each([
    [0.1, 0.01],
    [0.5, 0.03],
    [0.9, 0.08],
  ])('threshold %f lets in speech of amplitude %f and keeps out a twentieth of that', (threshold, level) => {
    const spoken = (amplitude: number) => joined(silence(500), speech(1000, 24_000, amplitude * 2));
    expect(heard(spoken(level), { threshold })).toHaveLength(1);
    expect(heard(spoken(level / 20), { threshold })).toEqual([]);
  });

  describe('in noise', () => {
    const levels = [0.01, 0.03, 0.1, 0.4];

    test.each(levels)('of amplitude %f alone, from the beginning, there is no turn', (level) => {
      for (const rateHz of [8_000, 24_000])
        expect(heard(noise(5000, level, 1, rateHz), {}, rateHz)).toEqual([]);
    });

    test.each(levels)('of amplitude %f that sets in after silence there is no turn', (level) => {
      expect(
        heard(joined(silence(2000), noise(5000, level, 2), silence(1000), noise(2000, level, 3))),
      ).toEqual([]);
    });

    test('a voice 15 dB above it is found within 60 ms of where it begins and ends', () => {
      const voice = joined(silence(1000), speech(2000), silence(1500));
      const hiss = noise(4500, 0.045, 4);
      const both = voice.map((sample, i) => sample + (hiss[i] as number));
      expectTimes(heard(both), [700, 3500], 60);
    });

    test('that comes up while somebody speaks, the turn ends all the same', () => {
      const audio = joined(silence(500), speech(1000), noise(6000, 0.05, 5));
      expect(heard(audio).map(({ type }) => type)).toEqual(['speech-started', 'speech-stopped']);
    });
  });

  test('takes a sung note for a voice, however steady it is', () => {
    const note = Float32Array.from({ length: 24_000 }, (_, i) => ((i >> 5) % 2 === 0 ? 0.2 : -0.2));
    expect(heard(joined(silence(500), note, silence(1000)))).toHaveLength(2);
  });

  test('decides the same however the audio is cut', () => {
    const audio = joined(
      silence(300),
      speech(700),
      silence(900),
      noise(300, 0.05, 6),
      speech(400),
      silence(700),
    );
    const whole = heard(audio);
    expect(whole).toHaveLength(4);
    const cuts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(cuts, (lengths) => {
        const detector = new TurnDetector(24_000, settings);
        const events: TurnEvent[] = [];
        for (let at = 0, i = 0; at < audio.length; i++) {
          const length = lengths[i % lengths.length] as number;
          events.push(...detector.push(audio.subarray(at, at + length)));
          at += length;
        }
        expect(events).toEqual(whole);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test('finds no turns without settings, and remembers the noise it heard meanwhile', () => {
    const detector = new TurnDetector(24_000, undefined);
    expect(detector.push(joined(silence(500), speech(1000)))).toEqual([]);
    detector.push(noise(4000, 0.03, 7));
    detector.configure(settings);
    expect(detector.push(noise(1000, 0.03, 8))).toEqual([]);
    expectTimes(detector.push(speech(500)), [6200], 60);
  });

  test('a reset drops the turn without an event', () => {
    const detector = new TurnDetector(24_000, settings);
    detector.push(joined(silence(500), speech(500)));
    detector.reset();
    expect(detector.push(silence(1000))).toEqual([]);
  });
});
