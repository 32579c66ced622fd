import { describe, expect, test } from 'vitest';
import { TurnDetector } from '../../../src/mock/turn-detection/turn-detector.ts';
import { mixed, rms } from '../../support/loudness.ts';
import { joined, silence, speech } from '../harness.ts';
import {
  type Colour,
  colouredNoise,
  inputFormats,
  received,
  semanticVad,
  serverVad,
} from './turn-detector-audio.ts';

const colours: readonly Colour[] = ['white', 'pink', 'fan'];
const levels = [0.003, 0.01, 0.03, 0.1, 0.25];

describe.each(colours)('noise only (%s)', (colour) => {
  test.each(inputFormats)(
    'has no turn in $format at $rateHz Hz, from the beginning or suddenly',
    (format) => {
      const { rateHz } = format;
      for (const [i, level] of levels.entries()) {
        const noise = (ms: number, seed: number) =>
          colouredNoise(colour, (ms * rateHz) / 1000, rateHz, level, 10 * seed + i);
        const audio = received(
          joined(noise(2000, 1), silence(1003, rateHz), noise(1500, 2), silence(507, rateHz), noise(1000, 3)),
          format,
        );
        for (const settings of [serverVad, semanticVad]) {
          expect(new TurnDetector(rateHz, settings).push(audio), `level ${level}`).toEqual([]);
        }
      }
    },
  );

  test('has no turn where it comes in bursts as long as a word', () => {
    const rateHz = 8_000;
    const bursts = Array.from({ length: 40 }, (_, i) =>
      joined(
        silence(300, rateHz),
        colouredNoise(colour, (rateHz / 1000) * (60 + 7 * i), rateHz, 0.05, 100 + i),
      ),
    );
    expect(new TurnDetector(rateHz, semanticVad).push(joined(...bursts))).toEqual([]);
  });

  test('has no turn where it becomes louder or softer at once', () => {
    const rateHz = 8_000;
    const steps = [0.01, 0.05, 0.2, 0.02, 0.1].map((level, i) =>
      colouredNoise(colour, 1500 * 8, rateHz, level, 200 + i),
    );
    expect(new TurnDetector(rateHz, semanticVad).push(joined(...steps))).toEqual([]);
  });

  test.each([8_000, 24_000])('that comes up while somebody speaks lets the turn end (%i Hz)', (rateHz) => {
    for (const level of [0.005, 0.05, 0.2]) {
      const noise = colouredNoise(colour, 6 * rateHz, rateHz, level, 3);
      const audio = joined(silence(500, rateHz), speech(1000, rateHz), noise);
      const types = new TurnDetector(rateHz, serverVad).push(audio).map(({ type }) => type);
      expect(types, `level ${level}`).toEqual(['speech-started', 'speech-stopped']);
    }
  });

  test.each([8_000, 24_000])('10 dB under speech does not split it at its short pauses (%i Hz)', (rateHz) => {
    const pause = silence(300, rateHz);
    const word = speech(500, rateHz);
    const audio = joined(silence(700, rateHz), word, pause, word, pause, word, silence(1200, rateHz));
    for (const seed of [1, 2, 3]) {
      const noise = colouredNoise(colour, audio.length, rateHz, rms(word) / Math.sqrt(10), seed);
      const events = new TurnDetector(rateHz, serverVad).push(mixed(audio, noise));
      expect(events.map(({ type }) => type)).toEqual(['speech-started', 'speech-stopped']);
    }
  });

  test('10 dB under speech does not join two turns over a pause of 1.2 s', () => {
    const rateHz = 8_000;
    const word = speech(1000, rateHz);
    const audio = joined(silence(500, rateHz), word, silence(1200, rateHz), word, silence(1000, rateHz));
    const noise = colouredNoise(colour, audio.length, rateHz, rms(word) / Math.sqrt(10), 4);
    expect(new TurnDetector(rateHz, serverVad).push(mixed(audio, noise))).toHaveLength(4);
  });
});

test('a click in the silence after a word does not prolong the turn', () => {
  const click = new Float32Array(240).fill(0.5);
  const audio = joined(silence(500), speech(1000), silence(300), click, silence(1000));
  const [, stopped] = new TurnDetector(24_000, serverVad).push(audio);
  expect(stopped).toEqual({ type: 'speech-stopped', audioEndMs: 2010 });
});

test('a voice is heard however long the turn must be', () => {
  const audio = joined(silence(500), speech(2000), silence(1000));
  const settings = { ...serverVad, speechDurationMs: 1500 };
  expect(new TurnDetector(24_000, settings).push(audio)).toHaveLength(2);
});

test('a push in which nothing is decided allocates no list', () => {
  const detector = new TurnDetector(24_000, serverVad);
  expect(detector.push(silence(20))).toBe(detector.push(silence(20)));
});

test('decides the same to the millisecond on every engine', () => {
  const rateHz = 16_000;
  const audio = joined(silence(500, rateHz), speech(900, rateHz), silence(900, rateHz), speech(700, rateHz));
  const heard = colours.map((colour) => {
    const both = mixed(audio, colouredNoise(colour, audio.length, rateHz, 0.05, 6));
    return new TurnDetector(rateHz, { ...serverVad, silenceDurationMs: 300 })
      .push(both)
      .map((event) => (event.type === 'speech-started' ? event.audioStartMs : event.audioEndMs));
  });
  expect(heard).toEqual([
    [445, 1755, 2245],
    [445, 1754, 2245],
    [445, 1756, 2245],
  ]);
});
