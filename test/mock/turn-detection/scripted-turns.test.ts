import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScriptedTurn } from '../../../src/mock/scenario/scenario.ts';
import { ScriptedTurns } from '../../../src/mock/turn-detection/scripted-turns.ts';
import type { TurnDetectorSettings, TurnEvent } from '../../../src/mock/turn-detection/turn-detector.ts';
import { Harness, silence, speech } from '../harness.ts';

const rateHz = 8000;
const settings: TurnDetectorSettings = {
  threshold: 0.5,
  prefixPaddingMs: 300,
  silenceDurationMs: 500,
  speechDurationMs: 100,
};

/** An event, and after how much audio it came. */
type Timed = TurnEvent & { readonly afterMs: number };

/** What is said of so much audio, which is pushed in blocks. */
function listen(finder: ScriptedTurns, ms: number, blockMs = 10, fromMs = 0): Timed[] {
  const events: Timed[] = [];
  for (let atMs = 0; atMs < ms; atMs += blockMs) {
    const afterMs = fromMs + atMs + blockMs;
    for (const event of finder.push(silence(blockMs, rateHz))) events.push({ ...event, afterMs });
  }
  return events;
}

function scripted(
  turns: readonly ScriptedTurn[],
  longerSilenceMs = () => 0,
  with_ = settings,
): ScriptedTurns {
  return new ScriptedTurns(rateHz, turns, with_, longerSilenceMs);
}

const started = (audioStartMs: number, afterMs: number) => ({
  type: 'speech-started',
  audioStartMs,
  afterMs,
});
const stopped = (audioEndMs: number, afterMs: number) => ({ type: 'speech-stopped', audioEndMs, afterMs });

describe('scripted turns', () => {
  test('are told as a perfect detector would: after the speech that it wants, and after the silence', () => {
    expect(listen(scripted([{ startMs: 1000, endMs: 2000 }]), 5000)).toEqual([
      started(700, 1100),
      stopped(2500, 2500),
    ]);
  });

  test('begin no earlier than the session, however much padding there is', () => {
    expect(listen(scripted([{ startMs: 100, endMs: 400 }]), 2000)[0]).toEqual(started(0, 200));
  });

  test('that are shorter than the speech that is wanted are told at their end', () => {
    expect(listen(scripted([{ startMs: 1000, endMs: 1050 }]), 3000)).toEqual([
      started(700, 1050),
      stopped(1550, 1550),
    ]);
  });

  test('are one where there is less silence between them than the session waits for', () => {
    const turns = [
      { startMs: 1000, endMs: 1500 },
      { startMs: 1900, endMs: 2500 },
      { startMs: 3000, endMs: 3500 },
    ];
    expect(listen(scripted(turns), 6000)).toEqual([
      started(700, 1100),
      stopped(3000, 3000),
      started(2700, 3100),
      stopped(4000, 4000),
    ]);
  });

  test('end later where the sentence is not over, unless the user goes on', () => {
    const turns = [
      { startMs: 0, endMs: 1000 },
      { startMs: 2000, endMs: 3000 },
      { startMs: 5000, endMs: 6000 },
    ];
    let asked = 0;
    const longer = () => {
      asked += 1;
      return 1000;
    };
    const ends = listen(scripted(turns, longer), 9000).filter(({ type }) => type === 'speech-stopped');
    // The second lies in the longer silence after the first, the third does not.
    expect(ends).toEqual([stopped(4500, 4500), stopped(7500, 7500)]);
    expect(asked).toBe(3);
  });

  test('are not told while nobody listens, and not afterwards', () => {
    const turns = [
      { startMs: 1000, endMs: 2000 },
      { startMs: 4000, endMs: 5000 },
    ];
    const finder = scripted(turns);
    finder.configure(undefined);
    expect(listen(finder, 3000)).toEqual([]);
    finder.configure(settings);
    expect(listen(finder, 4000, 10, 3000)).toEqual([started(3700, 4100), stopped(5500, 5500)]);
  });

  test('that are dropped end without a word, and the next one comes', () => {
    const turns = [
      { startMs: 1000, endMs: 2000 },
      { startMs: 4000, endMs: 5000 },
    ];
    for (const drop of [
      (finder: ScriptedTurns) => finder.reset(),
      (finder: ScriptedTurns) => finder.configure(undefined),
    ]) {
      const finder = scripted(turns);
      expect(listen(finder, 1500)).toEqual([started(700, 1100)]);
      drop(finder);
      finder.configure(settings);
      expect(listen(finder, 4500, 10, 1500)).toEqual([started(3700, 4100), stopped(5500, 5500)]);
    }
  });

  test('a reset before speech drops nothing', () => {
    const finder = scripted([{ startMs: 1000, endMs: 2000 }]);
    finder.reset();
    expect(listen(finder, 3000)).toHaveLength(2);
  });

  test('follow a change of the silence from then on', () => {
    const finder = scripted([{ startMs: 0, endMs: 1000 }]);
    listen(finder, 500);
    finder.configure({ ...settings, silenceDurationMs: 200 });
    expect(listen(finder, 2000, 10, 500)).toEqual([stopped(1200, 1200)]);
  });

  test('are the same however the audio is cut', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 2000 })), {
      maxLength: 6,
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(gaps, cuts, fc.integer({ min: 0, max: 1500 }), (lengths, blocks, longerMs) => {
        let atMs = 0;
        const turns = lengths.map(([gapMs, ms]) => {
          const startMs = atMs + gapMs;
          atMs = startMs + ms;
          return { startMs, endMs: atMs };
        });
        const totalMs = atMs + 4000;
        const whole = scripted(turns, () => longerMs).push(silence(totalMs, rateHz));
        const finder = scripted(turns, () => longerMs);
        const pieces: TurnEvent[] = [];
        let pushedMs = 0;
        for (let i = 0; pushedMs < totalMs; i++) {
          const ms = Math.min(blocks[i % blocks.length] as number, totalMs - pushedMs);
          pieces.push(...finder.push(silence(ms, rateHz)));
          pushedMs += ms;
        }
        expect(pieces).toEqual(whole);
        expect(whole.map(({ type }) => type)).toEqual(
          whole.map((_, i) => (i % 2 === 0 ? 'speech-started' : 'speech-stopped')),
        );
        expect(whole.length % 2).toBe(0);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('a session with scripted turns', () => {
  test('does not listen: silence is a turn, and speech elsewhere is none', async () => {
    const mock = new Harness({ profile: 'fast', turns: [{ startMs: 1000, endMs: 1800 }] });
    await mock.run(async () => {
      await mock.speak(speech(800));
      await mock.speak(silence(2000));
      await mock.speak(speech(1000));
      await mock.speak(silence(2000));
    });
    expect(mock.only('input_audio_buffer.speech_started').audio_start_ms).toBe(600);
    expect(mock.only('input_audio_buffer.speech_stopped').audio_end_ms).toBe(2300);
    expect(mock.atMs('input_audio_buffer.speech_started')).toBe(1100);
    expect(mock.atMs('input_audio_buffer.speech_stopped')).toBe(2300);
    mock.only('response.done');
  });

  test('interrupts at a known place of the audio', async () => {
    const turns = [
      { startMs: 0, endMs: 500 },
      { startMs: 2500, endMs: 3200 },
    ];
    const mock = new Harness({ profile: 'slow', turns });
    await mock.run(() => mock.speak(silence(9000)));
    const starts = mock.of('input_audio_buffer.speech_started').map(({ audio_start_ms: ms }) => ms);
    expect(starts).toEqual([0, 2100]);
    expect(mock.of('response.done')[0]?.response.status_details).toMatchObject({ reason: 'turn_detected' });
  });

  test('keeps to what the session wants of turns', async () => {
    const mock = new Harness({ profile: 'fast', turns: [{ startMs: 1000, endMs: 2000 }] });
    const detection = {
      type: 'server_vad',
      silence_duration_ms: 200,
      prefix_padding_ms: 0,
      speech_duration_ms: 40,
    };
    mock.send({ type: 'session.update', session: { turn_detection: detection } });
    await mock.run(() => mock.speak(silence(3000)));
    expect(mock.only('input_audio_buffer.speech_started').audio_start_ms).toBe(1000);
    expect(mock.atMs('input_audio_buffer.speech_started')).toBe(1040);
    expect(mock.only('input_audio_buffer.speech_stopped').audio_end_ms).toBe(2200);
  });
});
