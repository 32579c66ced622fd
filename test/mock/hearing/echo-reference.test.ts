/** A client whose loudspeaker is heard by its microphone, with and without the reference that lets the service take it out. */
import { describe, expect, test } from 'vitest';
import { decodeSamples } from '../../../src/audio/sample-format.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import { Random } from '../../../src/random.ts';
import { base64, Harness, speech } from '../harness.ts';

const rateHz = 24_000;
const frameMs = 20;
const frame = (rateHz * frameMs) / 1000;

type Reference = 'client' | 'none' | 'of somebody else';

/** Plays what it is sent as it comes, and hears it again, quieter and later. */
class Room {
  readonly mock: Harness;
  readonly #reference: Reference;
  readonly #echoGain: number;
  /** What has been or will be played, from the beginning. */
  #played: number[] = [];
  #at = 0;
  #read = 0;
  readonly #delay: number;
  readonly #noise = new Random(3);

  constructor(
    mock: Harness,
    { reference, echoDb = -20, delayMs = 40 }: { reference: Reference; echoDb?: number; delayMs?: number },
  ) {
    this.mock = mock;
    this.#reference = reference;
    this.#echoGain = 10 ** (echoDb / 20);
    this.#delay = (delayMs * rateHz) / 1000;
  }

  /** One frame of the microphone, with what the user says in it. */
  async tick(spoken?: Float32Array): Promise<void> {
    await this.mock.clock.sleep(frameMs);
    this.#takeAudio();
    const channels = this.#reference === 'none' ? 1 : 2;
    const samples = new Float32Array(frame * channels);
    for (let i = 0; i < frame; i++) {
      const echo = (this.#played[this.#at + i - this.#delay] ?? 0) * this.#echoGain;
      // −75 dBFS: no microphone is quite silent.
      const hiss = (this.#noise.uniform() - 0.5) * 6e-4;
      samples[i * channels] = (spoken?.[i] ?? 0) + echo + hiss;
      if (this.#reference === 'client') samples[i * 2 + 1] = this.#played[this.#at + i] ?? 0;
      if (this.#reference === 'of somebody else') samples[i * 2 + 1] = (this.#noise.uniform() - 0.5) * 0.2;
    }
    this.#at += frame;
    this.mock.send({ type: 'input_audio_buffer.append', audio: base64(samples) });
  }

  async say(words: Float32Array): Promise<void> {
    for (let i = 0; i < words.length; i += frame) await this.tick(words.subarray(i, i + frame));
  }

  /** Until the answer was played, and some time more. */
  async listen(): Promise<void> {
    const done = this.mock.of('response.done').length;
    for (let ticks = 0; ticks < 1000 && this.mock.of('response.done').length === done; ticks++)
      await this.tick();
    while (this.#played.length > this.#at) await this.tick();
    for (let ticks = 0; ticks < 50; ticks++) await this.tick();
  }

  #takeAudio(): void {
    for (; this.#read < this.mock.received.length; this.#read++) {
      const { event } = this.mock.received[this.#read] ?? {};
      if (event.type === 'input_audio_buffer.speech_started') this.#played = this.#played.slice(0, this.#at);
      if (event.type !== 'response.audio.delta') continue;
      const bytes = Buffer.from(event.delta, 'base64');
      const samples = new Float32Array(bytes.length / 2);
      decodeSamples('pcm16', bytes, samples);
      while (this.#played.length < this.#at) this.#played.push(0);
      for (const sample of samples) this.#played.push(sample);
    }
  }
}

async function conversation(turns: number, options: ConstructorParameters<typeof Room>[1]): Promise<Harness> {
  const { answers } = await loadScenario('library');
  const mock = new Harness({ answers, profile: 'fast' });
  await mock.run(async () => {
    const echo =
      options.reference === 'none'
        ? null
        : { type: 'server_echo_cancellation', reference_source: 'client', channels: 2 };
    const turn_detection = { type: 'server_vad', threshold: 0.5, silence_duration_ms: 500 };
    mock.send({ type: 'session.update', session: { turn_detection, input_audio_echo_cancellation: echo } });
    const room = new Room(mock, options);
    for (let turn = 0; turn < turns; turn++) {
      await room.say(speech(900, rateHz, 0.25));
      await room.listen();
    }
  });
  expect(mock.of('error')).toEqual([]);
  return mock;
}

const cancelled = (mock: Harness) =>
  mock.of('response.done').filter(({ response }) => response.status === 'cancelled');

describe('a client whose microphone hears its loudspeaker', () => {
  test('is never interrupted by its own answers, in twenty of them, if it sends a reference', async () => {
    const mock = await conversation(20, { reference: 'client' });
    expect(mock.of('input_audio_buffer.speech_started')).toHaveLength(20);
    expect(mock.of('response.done')).toHaveLength(20);
    expect(cancelled(mock)).toEqual([]);
  });

  test('is not, however loud the echo is and however late it comes', async () => {
    for (const [echoDb, delayMs] of [
      [-10, 10],
      [-14, 120],
      [-26, 180],
    ] as const) {
      const mock = await conversation(5, { reference: 'client', echoDb, delayMs });
      expect(mock.of('input_audio_buffer.speech_started'), `${echoDb} dB, ${delayMs} ms`).toHaveLength(5);
    }
  });

  test.each<Reference>(['none', 'of somebody else'])(
    'interrupts itself if its reference is %s',
    async (reference) => {
      const mock = await conversation(4, { reference });
      expect(mock.of('input_audio_buffer.speech_started').length).toBeGreaterThan(6);
    },
  );

  test('can still be interrupted by its user', async () => {
    const { answers } = await loadScenario('long-answer');
    const mock = new Harness({ answers, profile: 'fast' });
    await mock.run(async () => {
      const input_audio_echo_cancellation = {
        type: 'server_echo_cancellation',
        reference_source: 'client',
        channels: 2,
      };
      mock.send({ type: 'session.update', session: { input_audio_echo_cancellation } });
      const room = new Room(mock, { reference: 'client' });
      await room.say(speech(900, rateHz, 0.25));
      while (mock.of('response.audio.delta').length === 0) await room.tick();
      for (let ticks = 0; ticks < 100; ticks++) await room.tick();
      const before = mock.clock.now();
      await room.say(speech(900, rateHz, 0.25));
      const started = mock.received.filter(({ event }) => event.type === 'input_audio_buffer.speech_started');
      expect(started).toHaveLength(2);
      expect((started[1]?.atMs ?? 0) - before).toBeLessThan(300);
    });
  });
});
