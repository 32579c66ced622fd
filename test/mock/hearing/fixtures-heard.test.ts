import { describe, expect, test } from 'vitest';
import { TurnDetector, type TurnEvent } from '../../../src/mock/turn-detection/turn-detector.ts';
import { mixed, rms } from '../../support/loudness.ts';
import {
  atRate,
  type Colour,
  colouredNoise,
  type Decision,
  decisions,
  type Fixture,
  fixtureNames,
  inputFormats,
  readFixture,
  received,
  semanticVad,
  serverVad,
  speechLevel,
} from '../turn-detection/turn-detector-audio.ts';

const toleranceMs = 60;
/** 10 dB under the speech. */
const noiseShare = 10 ** (-10 / 20);
const noises = (['white', 'pink'] as const).flatMap((colour) => [1, 2, 3].map((seed) => ({ colour, seed })));

/** Beyond `speech_duration_ms`, from where the first word begins. */
const longestLagMs = 60;
/** "Stop" begins with 107 ms of hiss and closure that no noise lets through, nor a telephone line: only its vowel is heard. */
const longestLagOfStopMs = 90;

const fixtures = new Map<string, Fixture>();
for (const name of fixtureNames) fixtures.set(name, await readFixture(name));

const longestMs = 6000;
const noiseOnce = new Map<string, Float32Array>();

/** Noise at a level of 1, longer than any fixture. */
function noiseOf(colour: Colour, seed: number, rateHz: number): Float32Array {
  const key = `${colour} ${seed} ${rateHz}`;
  const known = noiseOnce.get(key) ?? colouredNoise(colour, (longestMs * rateHz) / 1000, rateHz, 1, seed);
  noiseOnce.set(key, known);
  return known;
}

/** Start and end of the speech, as the detector has them. */
function edge(event: TurnEvent): number {
  return event.type === 'speech-started'
    ? event.audioStartMs
    : event.audioEndMs - serverVad.silenceDurationMs;
}

function expectEdges(heard: readonly Decision[], edgesMs: readonly number[], context: string) {
  expect(
    heard.map(({ event }) => event.type),
    context,
  ).toEqual(edgesMs.map((_, i) => (i % 2 === 0 ? 'speech-started' : 'speech-stopped')));
  for (const [i, { event }] of heard.entries()) {
    const offMs = edge(event) - (edgesMs[i] as number);
    expect(Math.abs(offMs), `${event.type} of ${context}`).toBeLessThanOrEqual(toleranceMs);
  }
}

function expectPromptStarts(
  heard: readonly Decision[],
  edgesMs: readonly number[],
  speechDurationMs: number,
  mostMs: number,
  context: string,
) {
  for (let i = 0; i < edgesMs.length; i += 2) {
    const lagMs = (heard[i] as Decision).atMs - (edgesMs[i] as number) - speechDurationMs;
    expect(lagMs, `lag of ${context}`).toBeLessThanOrEqual(mostMs);
  }
}

describe.each(inputFormats)('in $format at $rateHz Hz', (format) => {
  const { rateHz } = format;

  function expectHeard(name: string, audio: Float32Array, noise: string) {
    const { edgesMs } = fixtures.get(name) as Fixture;
    const lagMs = name.startsWith('stop') ? longestLagOfStopMs : longestLagMs;
    const arrived = received(audio, format);
    for (const settings of [serverVad, semanticVad]) {
      const { speechDurationMs } = settings;
      const heard = decisions(new TurnDetector(rateHz, settings), arrived, rateHz);
      const context = `${name}, ${noise}, speech of ${speechDurationMs} ms`;
      expectEdges(heard, edgesMs, context);
      expectPromptStarts(heard, edgesMs, speechDurationMs, lagMs, context);
    }
  }

  test.each(fixtureNames)('what is said in %s is heard, and nothing else', (name) => {
    expectHeard(name, atRate(fixtures.get(name) as Fixture, rateHz), 'clean');
  });

  test.each(fixtureNames)('so it is in noise 10 dB under what is said in %s', (name) => {
    const fixture = fixtures.get(name) as Fixture;
    const clean = atRate(fixture, rateHz);
    const level = fixture.edgesMs.length > 0 ? speechLevel(clean, rateHz, fixture.edgesMs) : 0.1;
    for (const { colour, seed } of noises) {
      const noise = noiseOf(colour, seed, rateHz).subarray(0, clean.length);
      const gain = (noiseShare * level) / rms(noise);
      const audio = clean.map((sample, i) => sample + gain * (noise[i] as number));
      expectHeard(name, audio, `${colour} ${seed}`);
    }
  });
});

test('in a quiet line words begin within 20 ms of where they are heard to begin', () => {
  for (const [name, fixture] of fixtures) {
    if (name.startsWith('noisy')) continue;
    const heard = decisions(new TurnDetector(24_000, serverVad), atRate(fixture, 24_000), 24_000);
    for (let i = 0; i < heard.length; i += 2) {
      const offMs = edge((heard[i] as Decision).event) - (fixture.edgesMs[i] as number);
      expect(Math.abs(offMs), name).toBeLessThanOrEqual(20);
    }
  }
});

test.each<Colour>(['white', 'pink'])('noise that was there for a second changes nothing (%s)', (colour) => {
  const rateHz = 8_000;
  const fixture = fixtures.get('opening-hours.wav') as Fixture;
  const clean = atRate(fixture, rateHz);
  const audio = new Float32Array(rateHz + clean.length);
  audio.set(clean, rateHz);
  const level = noiseShare * speechLevel(clean, rateHz, fixture.edgesMs);
  const noise = colouredNoise(colour, audio.length, rateHz, level, 9);
  const heard = decisions(new TurnDetector(rateHz, serverVad), mixed(audio, noise), rateHz);
  expectEdges(
    heard,
    fixture.edgesMs.map((ms) => ms + 1000),
    colour,
  );
});
