import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { FakeHost } from '../../../src/devices/fake/fake-host.ts';
import { Chat } from '../../../src/loops/chat/chat.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import { chatSession } from '../../../src/session/defaults.ts';
import { TemporaryFolder } from '../../audio/build-wav.ts';
import { readWavFile } from '../../fixtures/wav-file.ts';
import { holdChat } from './held-chat.ts';

describe('a chat by voice', () => {
  test('hears the user, and lets the agent be heard', async () => {
    const { held, result } = await holdChat({}, async ({ say, until, clock, chat }) => {
      say('opening-hours');
      await until('answer-done');
      while (chat.state.state === 'speaking') await clock.sleep(50);
    });
    expect(result.turns).toBe(1);
    expect(result.transcript.map(({ who }) => who)).toEqual(['user', 'agent']);
    const [latency] = result.answers;
    expect(latency?.voiceToVoiceMs).toBeGreaterThan(600);
    expect(latency?.clientAddedMs).toBeGreaterThan(20);
    expect(latency?.clientAddedMs).toBeLessThan(150);
    const played = held.loudspeaker.runs.length;
    expect(played).toBeGreaterThan(0);
    expect(result.paths?.uplink).toBe(
      'microphone 48000 Hz → resampler 48000→24000 (+1.5 ms) → microphone gate → 20 ms frames → socket',
    );
    expect(result.counters).toMatchObject({ underruns: 0, speakerUnderruns: 0, captureLostMs: 0 });
    expect(held.notices).toEqual([]);
  });

  test('shows who does what', async () => {
    const states = new Set<string>();
    await holdChat({}, async ({ say, chat, clock }) => {
      say('opening-hours');
      for (let n = 0; n < 1000; n++) {
        states.add(chat.state.state);
        await clock.sleep(10);
      }
    });
    expect([...states]).toEqual(['listening', 'hearing', 'thinking', 'speaking']);
  });

  test('is interrupted by the voice at once, and says what was heard', async () => {
    const { held, result } = await holdChat({ scenario: 'long-answer' }, async ({ say, until, clock }) => {
      say('opening-hours');
      await until('answer-audio');
      await clock.sleep(1500);
      say('stop-16k-stereo');
      await until('interrupted');
      await clock.sleep(3000);
    });
    const [interruption] = result.interruptions;
    // What the device has taken cannot be called back: its block of 10 ms and its latency of 8.
    expect(interruption?.stopMs).toBeLessThanOrEqual(20);
    const [truncate] = held.sent('conversation.item.truncate');
    expect(truncate).toMatchObject({ content_index: 0, audio_end_ms: interruption?.heardMs });
    expect(held.sent('response.cancel')).toEqual([]);
    expect(interruption?.heardMs).toBeGreaterThan(1000);
  });

  test('is interrupted by a key, which cancels the answer', async () => {
    const { held } = await holdChat({ scenario: 'long-answer' }, async ({ say, until, clock, chat }) => {
      say('opening-hours');
      await until('answer-audio');
      await clock.sleep(500);
      chat.interrupt();
      await clock.sleep(2000);
    });
    expect(held.sent('conversation.item.truncate')).toHaveLength(1);
    expect(held.sent('response.cancel')).toHaveLength(1);
    const endMs = held.clock.now();
    expect(Math.max(...held.loudspeaker.soundBetween(endMs - 1500, endMs))).toBe(0);
  });

  test('does not hear a microphone that is muted, and goes on sending silence', async () => {
    const { held, result } = await holdChat({}, async ({ say, chat, clock }) => {
      expect(chat.mute()).toBe(true);
      say('opening-hours');
      await clock.sleep(6000);
      expect(chat.state.isMuted).toBe(true);
      expect(chat.mute()).toBe(false);
    });
    expect(held.turns).toEqual([]);
    expect(result.counters.framesSent).toBeGreaterThan(290);
  });

  test('lets the agent speak first', async () => {
    const { held } = await holdChat({ chat: { greeting: 'Welcome to the library.' } }, ({ until }) =>
      until('answer-transcript'),
    );
    expect(held.turns).toContainEqual(
      expect.objectContaining({ kind: 'answer-transcript', text: 'Welcome to the library.' }),
    );
  });

  test('runs functions that the model calls', async () => {
    const asked: unknown[] = [];
    const tools = ['find_loan', 'renew_loan'].map((name) => ({
      name,
      handler: (args: unknown) => asked.push([name, args]),
    }));
    const { held } = await holdChat(
      { scenario: 'function-call', session: { tools }, chat: { tools } },
      async ({ say, until, clock }) => {
        // The desk greets before it listens.
        await clock.sleep(3000);
        say('opening-hours');
        await until('answer-done', 3);
      },
    );
    expect(asked).toEqual([
      ['find_loan', { title: 'The Sea', branch: 3 }],
      ['renew_loan', {}],
    ]);
    expect(held.sent('response.create')).toHaveLength(1);
  });
});

describe('push to talk', () => {
  const session = { pushToTalk: true };

  test('sends what is said between two presses, and has it answered', async () => {
    const { held, result } = await holdChat({ session }, async ({ say, until, chat, clock }) => {
      await clock.sleep(1000);
      expect(chat.state).toMatchObject({ isTalking: false, state: 'listening' });
      chat.talk();
      const endMs = say('opening-hours');
      await clock.sleep(endMs - clock.now());
      expect(chat.state.isTalking).toBe(true);
      chat.talk();
      await until('answer-done');
    });
    expect(held.sent('input_audio_buffer.commit')).toHaveLength(1);
    const { framesSent } = result.counters;
    const { samples, rateHz } = readWavFile('fixtures/opening-hours.wav');
    const saidMs = ((samples[0]?.length ?? 0) * 1000) / rateHz;
    expect(Math.abs(framesSent * 20 - saidMs)).toBeLessThanOrEqual(60);
    expect(result.answers[0]?.voiceToVoiceMs).toBeGreaterThan(0);
  });

  test('talks over the agent', async () => {
    const { held } = await holdChat(
      { session, scenario: 'long-answer' },
      async ({ say, until, chat, clock }) => {
        chat.talk();
        await clock.sleep(say('opening-hours') - clock.now());
        chat.talk();
        await until('answer-audio');
        await clock.sleep(1000);
        chat.talk();
        await until('interrupted');
        chat.talk();
        await clock.sleep(1000);
      },
    );
    expect(held.sent('conversation.item.truncate')).toHaveLength(1);
    // Nothing was said in between: there is no turn to be answered.
    expect(held.sent('input_audio_buffer.commit')).toHaveLength(1);
  });
});

describe('the echo of the loudspeaker', () => {
  const scenario = 'long-answer';
  const echoed = async (echo: 'off' | 'reference' | 'half-duplex', answers: number) => {
    const { held } = await holdChat(
      { scenario, session: { echo }, echoDb: -20, loudspeaker: { keepMs: 2000 } },
      async ({ say, until, clock, chat }) => {
        for (let n = 1; n <= answers; n++) {
          say('opening-hours');
          await until('answer-audio', n);
          await clock.sleep(4000);
          chat.interrupt();
          await clock.sleep(800);
        }
      },
    );
    return held.turns.filter((turn) => turn.kind === 'interrupted' && turn.reason === 'speech').length;
  };

  test('interrupts the agent where nothing is done about it', async () => {
    expect(await echoed('off', 3)).toBeGreaterThan(0);
  });

  test('interrupts none of twenty answers where the reference is sent along', async () => {
    expect(await echoed('reference', 20)).toBe(0);
  }, 120_000);

  test('interrupts nothing where the microphone is closed while the agent speaks', async () => {
    expect(await echoed('half-duplex', 3)).toBe(0);
  });
});

describe('a chat in writing', () => {
  test('sends what is typed, and needs no device', async () => {
    const { held, result } = await holdChat({ textOnly: true }, async ({ chat, until }) => {
      chat.say('When do you open on Sunday?');
      await until('answer-done');
    });
    expect(result.transcript.map(({ who, isTyped }) => [who, isTyped])).toEqual([
      ['user', true],
      ['agent', undefined],
    ]);
    expect(result.paths).toBeUndefined();
    expect(held.sent('input_audio_buffer.append')).toEqual([]);
  });

  test('sends queued messages one by one, and leaves when all are answered', async () => {
    const { result } = await holdChat({ textOnly: true }, async ({ chat, clock }) => {
      chat.queue('When do you open on Sunday?');
      chat.queue('And on Monday?');
      chat.finish();
      while (chat.state.state !== 'leaving') await clock.sleep(50);
    });
    expect(result.transcript.map(({ who }) => who)).toEqual(['user', 'agent', 'user', 'agent']);
  });
});

describe('the recording of a chat', () => {
  test('has both sides in time, every event, and the talk', async () => {
    using folder = new TemporaryFolder();
    const record = join(folder.path, 'talk');
    await holdChat({ chat: { record } }, async ({ say, until, clock, chat }) => {
      say('opening-hours');
      await until('answer-done');
      while (chat.state.state === 'speaking') await clock.sleep(50);
    });
    const [left, right] = readWavFile(join(record, 'both.wav')).samples;
    const loudAt = (track: Float32Array | undefined) =>
      (track?.findIndex((sample) => Math.abs(sample) > 0.02) ?? 0) / 24_000;
    expect(loudAt(left)).toBeLessThan(0.5);
    expect(loudAt(right)).toBeGreaterThan(loudAt(left) + 2);
    expect(readFileSync(join(record, 'transcript.txt'), 'utf8')).toMatch(
      /^\[\d\d:\d\d\.\d\] user .*\n\[.*agent /,
    );
    expect(readFileSync(join(record, 'events.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(100);
  });

  test('lets the difference be heard that the gain makes', async () => {
    using folder = new TemporaryFolder();
    const record = join(folder.path, 'talk');
    await holdChat({ chat: { record, processing: { gain: -12 } } }, async ({ say, chat, clock }) => {
      await clock.sleep(Math.max(0, say('stop-16k-stereo') - clock.now()) + 500);
      expect(chat.compare()).toBe(false);
      await clock.sleep(Math.max(0, say('stop-16k-stereo') - clock.now()) + 500);
      expect(chat.compare()).toBe(true);
    });
    const [left = new Float32Array()] = readWavFile(join(record, 'both.wav')).samples;
    const half = Math.floor(left.length / 2);
    const peak = (samples: Float32Array) => Math.max(...samples.map(Math.abs));
    const ratio = peak(left.subarray(half)) / peak(left.subarray(0, half));
    expect(20 * Math.log10(ratio)).toBeCloseTo(12, 0);
  });

  test('lacks what an interruption cut off', async () => {
    using folder = new TemporaryFolder();
    const record = join(folder.path, 'talk');
    await holdChat({ scenario: 'long-answer', chat: { record } }, async ({ say, until, clock, chat }) => {
      say('opening-hours');
      await until('answer-audio');
      await clock.sleep(1000);
      chat.interrupt();
      await clock.sleep(1000);
    });
    const [, right = new Float32Array()] = readWavFile(join(record, 'both.wav')).samples;
    const end = right.findLastIndex((sample) => sample !== 0);
    const start = right.findIndex((sample) => sample !== 0);
    expect((end - start) / 24).toBeLessThan(1050);
  });
});

describe('a chat that cannot begin', () => {
  const chatOn = async (host: FakeHost, clock: VirtualClock, more: object = {}) =>
    new Chat({
      clock,
      host,
      service: { kind: 'mock', scenario: await loadScenario('library') },
      model: 'gpt-4o',
      config: chatSession(),
      ...more,
    });

  test('says which device is wrong, and gives the other one back', async () => {
    const clock = new VirtualClock();
    const host = new FakeHost({ clock });
    host.addInput({ name: 'Headset' }).refuse('device-busy');
    const loudspeaker = host.addOutput({ name: 'Loudspeaker' });
    const chat = await chatOn(host, clock);
    await expect(clock.run(() => chat.run())).rejects.toMatchObject({ kind: 'device', code: 'device-busy' });
    expect(loudspeaker.openStreams).toBe(0);
  });

  test('makes no recording', async () => {
    using folder = new TemporaryFolder();
    const clock = new VirtualClock();
    const record = join(folder.path, 'talk');
    const chat = await chatOn(new FakeHost({ clock }), clock, { record });
    await expect(clock.run(() => chat.run())).rejects.toMatchObject({ code: 'device-none' });
    expect(existsSync(record)).toBe(false);
  });

  test('is given up by its signal', async () => {
    const clock = new VirtualClock();
    const host = new FakeHost({ clock });
    const microphone = host.addInput({ name: 'Headset', openingMs: 500 });
    host.addOutput({ name: 'Loudspeaker' });
    const abort = new AbortController();
    const chat = await chatOn(host, clock, { signal: abort.signal });
    clock.at(100, () => abort.abort(new Error('enough')));
    await expect(clock.run(() => chat.run())).rejects.toThrow('enough');
    await clock.run(() => clock.sleep(1000));
    expect(microphone.openStreams).toBe(0);
  });
});

describe('a chat whose devices fail', () => {
  test('goes on when the microphone is unplugged and comes back', async () => {
    const { held, result } = await holdChat({}, async ({ say, until, host, microphone, clock, chat }) => {
      host.unplug(microphone);
      await clock.sleep(500);
      expect(chat.state.state).toBe('no-microphone');
      host.plug(microphone);
      await clock.sleep(2000);
      say('opening-hours');
      await until('answer-done');
    });
    expect(held.notices.map(({ code }) => code)).toEqual(['device-lost', 'device-back']);
    expect(result.turns).toBe(1);
    expect(result.counters.devicesReopened).toBe(1);
  });

  test('goes on with the answer on another loudspeaker', async () => {
    const { held, result } = await holdChat(
      { scenario: 'long-answer' },
      async ({ say, until, host, loudspeaker, clock }) => {
        host.addOutput({ name: 'Monitor', rateHz: 44_100 });
        say('opening-hours');
        await until('answer-audio');
        await clock.sleep(1000);
        host.unplug(loudspeaker);
        await clock.sleep(2000);
      },
    );
    expect(held.notices.length).toBeGreaterThan(0);
    expect(result.counters.devicesReopened).toBeGreaterThanOrEqual(1);
    expect(result.paths?.downlink).toContain('Monitor 44100 Hz');
  });
});
