import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioBlock } from '../../src/audio/audio-block.ts';
import { EnergyVoiceDetector } from '../../src/audio/energy-voice-detector.ts';
import { resampleWhole } from '../../src/audio/resample-whole.ts';
import { type VoiceEvent, VoiceHysteresis } from '../../src/audio/voice-hysteresis.ts';
import { chain } from '../../src/pipeline/chain.ts';
import { type Inlet, inlet } from '../../src/pipeline/inlet.ts';
import { loadRnnoise } from '../../src/stages/denoiser/rnnoise.ts';
import { denoiser } from '../../src/stages/denoiser.ts';
import { type VoiceActivityOptions, voiceActivity } from '../../src/stages/voice-activity.ts';
import { inNoise, type NoiseKind, rateHz, spoken } from './denoiser/noisy-speech.ts';

const rnnoise = await loadRnnoise();
const speech = await spoken('opening-hours', 'german-pickup-24k', 'pause-inside', 'reserve-room-16k');

function opened(options: VoiceActivityOptions = {}) {
  const events: VoiceEvent[] = [];
  const passed: unknown[] = [];
  const voice = voiceActivity({ ...options, onVoice: (event) => events.push(event) });
  const first = voice.open(
    inlet(
      (block) => passed.push(block),
      () => passed.push('end'),
      () => passed.push('reset'),
    ),
  );
  return { voice, first, events, passed };
}

/** Pushes in blocks of 20 ms. */
function push(first: Inlet<AudioBlock>, samples: Float32Array, startMs = 0, blockHz = rateHz, channels = 1) {
  const length = (blockHz / 50) * channels;
  for (let n = 0; n < samples.length; n += length) {
    const timeMs = startMs + (n * 1000) / channels / blockHz;
    first.push({ samples: samples.subarray(n, n + length), rateHz: blockHz, channels, timeMs });
  }
}

/** What is to be told: the hysteresis over the detector's steps. */
function expected(samples: Float32Array, startMs: number): VoiceEvent[] {
  const events: (VoiceEvent | undefined)[] = [];
  const hysteresis = new VoiceHysteresis();
  new EnergyVoiceDetector(rateHz).push(samples, (probability, endFrame) => {
    events.push(hysteresis.push(probability, startMs + endFrame / 48 - 10));
  });
  return [...events, hysteresis.finish()].filter((event): event is VoiceEvent => !!event);
}

function rounded(events: readonly VoiceEvent[]): string[] {
  return events.map(({ kind, timeMs }) => `${kind} ${timeMs.toFixed(3)}`);
}

test('passes everything untouched and adds no delay', () => {
  for (const probabilities of ['measured', 'given'] as const) {
    const { voice, first, passed } = opened({ probabilities });
    const block = { samples: new Float32Array(960), rateHz, channels: 1, timeMs: 0 };
    first.push(block);
    first.reset();
    first.end();
    expect(passed[0]).toBe(block);
    expect(passed.slice(1)).toEqual(['reset', 'end']);
    expect(voice).toMatchObject({ name: 'voice activity', delayMs: 0 });
  }
});

describe('with probabilities that are given', () => {
  test('tells when voice begins and ends', () => {
    const { voice, events } = opened({ probabilities: 'given' });
    const { hear } = voice;
    for (let timeMs = 0; timeMs < 800; timeMs += 10) {
      hear(timeMs >= 100 && timeMs < 400 ? 0.9 : 0.1, timeMs);
      expect(voice.isVoice).toBe(timeMs >= 120 && timeMs < 590);
    }
    expect(events).toEqual([
      { kind: 'start', timeMs: 100 },
      { kind: 'end', timeMs: 400 },
    ]);
  });

  test('hears nothing in the blocks', () => {
    const { first, events } = opened({ probabilities: 'given' });
    push(first, speech.samples);
    first.end();
    expect(events).toEqual([]);
  });

  test('believes in voice as it is told to', () => {
    const { voice, events } = opened({
      probabilities: 'given',
      hysteresis: { leastVoiceMs: 10, onThreshold: 0.8 },
    });
    voice.hear(0.7, 0);
    voice.hear(0.9, 10);
    expect(events).toEqual([{ kind: 'start', timeMs: 10 }]);
  });

  test('has the voice end with the stream, and at a reset', () => {
    for (const what of ['end', 'reset'] as const) {
      const { voice, first, events, passed } = opened({ probabilities: 'given' });
      for (const timeMs of [0, 10, 20, 30]) voice.hear(1, timeMs);
      voice.hear(0, 40);
      first[what]();
      expect(events.at(-1)).toEqual({ kind: 'end', timeMs: 40 });
      expect(voice.isVoice).toBe(false);
      expect(passed).toEqual([what]);
      first[what]();
      expect(events).toHaveLength(2);
    }
  });
});

describe('with probabilities that are measured', () => {
  const clip = inNoise(speech, 'white', 20).subarray(0, 4 * rateHz);

  test('tells when voice begins and ends, on the clock of the blocks', () => {
    const { first, events } = opened();
    push(first, clip, 5_000);
    first.end();
    expect(rounded(events)).toEqual(rounded(expected(clip, 5_000)));
    expect(events.length).toBeGreaterThan(0);
  });

  test('tells the same however the blocks are cut', () => {
    const wanted = rounded(expected(clip, 0));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 20 }), (cuts) => {
        const { first, events } = opened();
        let at = 0;
        for (const length of [...cuts, clip.length]) {
          first.push({ samples: clip.subarray(at, at + length), rateHz, channels: 1, timeMs: at / 48 });
          at = Math.min(clip.length, at + length);
        }
        first.end();
        expect(rounded(events)).toEqual(wanted);
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  test('listens to the first channel alone', () => {
    const { first, events } = opened();
    const both = Float32Array.from({ length: 2 * clip.length }, (_, i) =>
      i % 2 ? (i % 7) / 7 : (clip[i / 2] as number),
    );
    push(first, both, 0, rateHz, 2);
    first.end();
    expect(rounded(events)).toEqual(rounded(expected(clip, 0)));
  });

  test('goes on when the rate changes', () => {
    const { first, events } = opened();
    const half = 2 * rateHz;
    push(first, clip.subarray(0, half));
    push(first, resampleWhole(clip.subarray(half), rateHz, 24_000), 2_000, 24_000);
    first.end();
    const last = events.at(-1);
    expect(last?.kind).toBe('end');
    const endMs = (speech.segments[0]?.[1] ?? 0) / 48;
    expect(Math.abs((last?.timeMs ?? 0) - Math.min(endMs, 4_000))).toBeLessThan(300);
  });

  test('is as new after a reset', () => {
    const { first, events } = opened();
    push(first, clip.subarray(0, 100_123));
    first.reset();
    events.length = 0;
    push(first, clip, 700);
    first.end();
    expect(rounded(events)).toEqual(rounded(expected(clip, 700)));
  });

  test('takes no others', () => {
    expect(() => opened().voice.hear(0.5, 0)).toThrow(TypeError);
  });
});

describe('spoken fixtures in noise 10 dB below them', () => {
  /** How much earlier (below 0) or later than the truth; there must be one beginning and one end for each segment. */
  function offsetsOf(events: readonly VoiceEvent[]) {
    const from = speech.segments[0]?.[0] ?? 0;
    const since = events.filter(({ timeMs }) => timeMs > from / 48 - 150);
    expect(since).toHaveLength(2 * speech.segments.length);
    const off = (kind: VoiceEvent['kind'], edge: 0 | 1) =>
      since
        .filter((event) => event.kind === kind)
        .map(({ timeMs }, n) => timeMs - (speech.segments[n]?.[edge] ?? 0) / 48);
    return { before: events.length - since.length, starts: off('start', 0), ends: off('end', 1) };
  }

  const noises: NoiseKind[] = ['white', 'pink', 'fan'];

  test.each(noises)('%s: the denoiser knows where voice begins and ends', (kind) => {
    const { voice, events } = opened({ probabilities: 'given' });
    const path = chain(denoiser({ rnnoise, fromHz: rateHz, onVoiceProbability: voice.hear }), voice);
    const first = path.open(inlet(() => {}));
    push(first, inNoise(speech, kind, 10));
    first.end();
    const { before, starts, ends } = offsetsOf(events);
    expect(before).toBe(0);
    expect(Math.min(...starts)).toBeGreaterThan(0);
    expect(Math.max(...starts)).toBeLessThan(120);
    expect(Math.min(...ends)).toBeGreaterThan(-120);
    expect(Math.max(...ends)).toBeLessThan(60);
  });

  test.each(noises)('%s: the energy is enough where there is no denoiser', (kind) => {
    const { first, events } = opened();
    push(first, inNoise(speech, kind, 10));
    first.end();
    const { starts, ends } = offsetsOf(events);
    expect(Math.min(...starts)).toBeGreaterThan(-30);
    expect(Math.max(...starts)).toBeLessThan(130);
    expect(Math.min(...ends)).toBeGreaterThan(-120);
    expect(Math.max(...ends)).toBeLessThan(200);
  });
});
