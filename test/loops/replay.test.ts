import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SystemClock } from '../../src/clock.ts';
import { replay } from '../../src/loops/replay.ts';
import type { SpokenFile } from '../../src/loops/spoken-file.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import type { NetworkName } from '../../src/protocol/network-link.ts';
import { defaultSession } from '../../src/session/defaults.ts';
import { samplesOf } from '../mock/harness.ts';
import { hold, onTheWire, sounds, spoken } from './conversation.ts';

let opening: SpokenFile;
let renewing: SpokenFile;
beforeAll(async () => {
  opening = await spoken('opening-hours');
  renewing = await spoken('renew-book-44k1-stereo');
});

describe('a conversation from WAV files', () => {
  test('gets each file answered in its turn', async () => {
    const { result } = await hold([opening, renewing], { turnGapMs: 900 });
    expect(result.turns.map(({ outcome, file }) => [file, outcome])).toEqual([
      ['opening-hours.wav', 'answered'],
      ['renew-book-44k1-stereo.wav', 'answered'],
    ]);
    expect(result.turns[0]?.userTranscript).toBe(opening.speech.text);
    expect(result.turns[0]?.agentTranscript).toMatch(/^The library opens at ten/);
    expect(result.session.turn_detection).toMatchObject({ type: 'server_vad', silence_duration_ms: 500 });
  });

  test('waits for the turn gap after the answer was heard', async () => {
    const { left, right, scenario } = await hold([opening, renewing], { turnGapMs: 900 });
    const answer = onTheWire(samplesOf(scenario.answers[0]));
    const lead = answer.findIndex((sample) => sample !== 0);
    const answerEnd = (sounds(right)[0]?.[0] ?? 0) - lead + answer.length;
    const secondSpeech = sounds(left, 12_000)[1]?.[0] ?? 0;
    const secondFile = secondSpeech - (renewing.speech.startMs ?? 0) * 24;
    // Time is looked at with every block of the sink, and files begin with a block of the source.
    expect((secondFile - answerEnd) / 24).toBeGreaterThanOrEqual(890);
    expect((secondFile - answerEnd) / 24).toBeLessThanOrEqual(950);
  });

  test('splits the latency of every turn into parts that add up', async () => {
    const { result } = await hold([opening, renewing, opening], { seed: 3 });
    for (const { latency } of result.turns) {
      const { uplinkMs = 0, networkUpMs = 0, endpointingMs = 0, thinkingMs = 0, networkDownMs = 0 } = latency;
      const { leadingSilenceMs = 0, playoutMs = 0 } = latency;
      const sum =
        uplinkMs + networkUpMs + endpointingMs + thinkingMs + networkDownMs + leadingSilenceMs + playoutMs;
      expect(sum).toBeCloseTo(latency.voiceToVoiceMs ?? Number.NaN, 2);
      expect(latency.clientAddedMs).toBeLessThan(60);
      expect(networkUpMs).toBeCloseTo(10, 6);
    }
  });

  test('shows the same in the recording as in the figures', async () => {
    const { result, left, right } = await hold([opening]);
    const [, speechEnd = 0] = sounds(left, 12_000)[0] ?? [];
    const heardFrom = right.findIndex((sample) => Math.abs(sample) > 32_768 * 10 ** (-50 / 20));
    const recordedMs = (heardFrom - speechEnd) / 24;
    // The filter rings on for its length behind the last word.
    expect(Math.abs(recordedMs - (result.turns[0]?.latency.voiceToVoiceMs ?? 0))).toBeLessThan(15);
  });

  test('is the same to the byte with the same seed, and another with another', async () => {
    const [a, b, c] = [
      await hold([opening, renewing], { seed: 7 }),
      await hold([opening, renewing], { seed: 7 }),
      await hold([opening, renewing], { seed: 8 }),
    ];
    expect(b.result).toEqual(a.result);
    expect(b.events).toEqual(a.events);
    expect(b.right).toEqual(a.right);
    expect(c.result.turns[0]?.latency.thinkingMs).not.toBe(a.result.turns[0]?.latency.thinkingMs);
  });

  test('takes a long pause inside a file for the end of a turn, as the service does, and reports the last answer', async () => {
    const { result, events } = await hold([await spoken('pause-inside')]);
    const stopped = events.filter(
      ({ event }) => (event as { type: string }).type === 'input_audio_buffer.speech_stopped',
    );
    expect(stopped).toHaveLength(2);
    expect(result.turns).toHaveLength(1);
    expect(result.turns[0]?.outcome).toBe('answered');
    expect(result.turns[0]?.latency.endpointingMs).toBeGreaterThan(400);
  });

  test('says of noise that no speech was heard, and goes on with the next file', async () => {
    const { result } = await hold([await spoken('noise-only'), opening]);
    expect(result.turns.map(({ outcome }) => outcome)).toEqual(['unheard', 'answered']);
    expect(result.turns[0]?.latency).toEqual({});
  });
});

describe('the recorded answer', () => {
  test.each([false, true])(
    'is what the mock sent, sample for sample (deltas cut inside samples: %s)',
    async (oddSplits) => {
      const { scenario, right, result } = await hold([opening, renewing], { scenario: { oddSplits } });
      const parts = sounds(right, 10_000);
      expect(parts).toHaveLength(2);
      for (const [i, [start, end]] of parts.entries()) {
        const sent = onTheWire(samplesOf(scenario.answers[i]));
        const lead = sent.findIndex((sample) => sample !== 0);
        const tail = sent.findLastIndex((sample) => sample !== 0) + 1;
        expect(right.slice(start, end)).toEqual(sent.slice(lead, tail));
      }
      for (const turn of result.turns) expect(turn.playedAudioMs).toBe(turn.receivedAudioMs);
      expect(result.counters).toMatchObject({ underruns: 0, concealedMs: 0, discardedMs: 0, malformed: 0 });
    },
  );

  test.each(['clean', 'wifi', 'mobile', 'congested', 'stalls'] satisfies NetworkName[])(
    'is whole and in order over the network %s, whatever the seed',
    async (network) => {
      const scenario = { network, profile: 'fast' } as const;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async (seed) => {
          const { result } = await hold([await spoken('stop-16k-stereo')], { seed, scenario });
          const [turn] = result.turns;
          expect(turn?.outcome).toBe('answered');
          expect(turn?.playedAudioMs).toBe(turn?.receivedAudioMs);
          if (result.counters.underruns === 0) expect(result.counters.underrunMs).toBe(0);
          else expect(result.counters.underrunMs).toBeGreaterThan(0);
          expect(result.counters.discardedMs).toBe(0);
        }),
        { seed: 1, numRuns: 6 },
      );
    },
  );
});

describe('speaking over an answer', () => {
  const bargingIn = async (seed = 7, network: NetworkName = 'clean') =>
    hold([opening, renewing], {
      seed,
      bargeInMs: 1500,
      scenario: { ...(await loadScenario('long-answer')), network },
    });

  test('silences it within 20 ms of speech_started, and the next turn works', async () => {
    const { result, right, events } = await bargingIn();
    const [first, second] = result.turns;
    expect(first).toMatchObject({ outcome: 'interrupted' });
    expect(first?.interruption?.stopMs).toBeLessThanOrEqual(20);
    expect(second).toMatchObject({ outcome: 'answered' });
    expect(sounds(right, 10_000)).toHaveLength(2);
    const sent = events
      .filter(({ direction }) => direction === 'sent')
      .map(({ event }) => event as { type: string });
    expect(sent.filter(({ type }) => type === 'conversation.item.truncate')).toHaveLength(1);
    expect(sent.filter(({ type }) => type === 'response.cancel')).toHaveLength(0);
  });

  test('truncates where the recording ends, within 10 ms, whatever the seed and the network', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom<NetworkName>('clean', 'wifi', 'mobile'),
        async (seed, network) => {
          const { right, events, scenario } = await bargingIn(seed, network);
          const truncate = events.find(
            ({ event }) => (event as { type: string }).type === 'conversation.item.truncate',
          );
          const { audio_end_ms } = (truncate?.event ?? {}) as { audio_end_ms: number };
          const sent = onTheWire(samplesOf(scenario.answers[0]));
          const [start = 0, end = 0] = sounds(right, 10_000)[0] ?? [];
          const lead = sent.findIndex((sample) => sample !== 0);
          // Where the network made no gap, the recording is the answer up to the fade.
          const untouched = right.slice(start, end - 241);
          const isWhole = untouched.every((sample, i) => sample === sent[lead + i]);
          if (network === 'clean') expect(isWhole).toBe(true);
          if (isWhole) expect(Math.abs((lead + end - start) / 24 - audio_end_ms)).toBeLessThanOrEqual(10);
        },
      ),
      { seed: 1, numRuns: 10 },
    );
  });

  test('drops what still comes of the interrupted answer, and counts it', async () => {
    const counts: number[] = [];
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const scenario = { ...(await loadScenario('long-answer')), profile: 'slow' } as const;
      const { result } = await hold([opening, renewing], { seed, bargeInMs: 0, scenario });
      expect(result.turns.map(({ outcome }) => outcome)).toEqual(['interrupted', 'answered']);
      counts.push(result.counters.lateDeltas);
    }
    expect(Math.max(...counts)).toBeGreaterThan(0);
  });
});

describe('on the real clock', () => {
  test('the same conversation is held over a real socket', async () => {
    const library = await loadScenario('library');
    const answers = library.answers.toSorted((a, b) => samplesOf(a).length - samplesOf(b).length).slice(0, 1);
    const scenario = { ...library, answers, profile: 'fast' } as const;
    const result = await replay({
      clock: new SystemClock(),
      files: [await spoken('stop-16k-stereo')],
      service: { kind: 'mock', scenario },
      model: 'gpt-4o',
      config: defaultSession(),
    });
    expect(result.turns.map(({ outcome }) => outcome)).toEqual(['answered']);
    expect(result.turns[0]?.latency.voiceToVoiceMs).toBeGreaterThan(500);
    expect(result.turns[0]?.playedAudioMs).toBe(result.turns[0]?.receivedAudioMs);
  });

  test('a signal ends it in mid-word with its reason', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const held = replay({
      clock: new SystemClock(),
      files: [opening],
      service: { kind: 'mock', scenario: await loadScenario('library') },
      model: 'gpt-4o',
      config: defaultSession(),
      signal: abort.signal,
      onProgress: ({ saidMs }) => saidMs > 200 && abort.abort(reason),
    });
    await expect(held).rejects.toBe(reason);
  });
});
