import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { defaultSession } from '../../src/session/defaults.ts';
import { setUp } from './fake-service.ts';
import { created, done, heard, part, speechStarted } from './traces.ts';

const delta = (responseId: string, itemId: string, samples: number) => ({
  type: 'response.audio.delta',
  ...part(responseId, itemId),
  delta: Buffer.alloc(2 * samples).toString('base64'),
});

describe('the agent speaks', () => {
  test('in the format that the service says', async () => {
    const { service, playback, run } = setUp();
    service.effective = { ...defaultSession(), output_audio_format: 'pcm16_16000hz' };
    await run(
      created('P'),
      delta('P', 'A', 320),
      { type: 'response.audio.done', ...part('P', 'A') },
      done('P'),
    );
    expect(playback.calls).toEqual(['push A 320 at 16000', 'finish A 0']);
  });

  test('and is interrupted: silence, truncation, nothing more of that answer', async () => {
    const { service, playback, session, turns, run } = setUp();
    playback.heard = heard('P', 'A', 7.5, 20);
    await run(
      created('P'),
      delta('P', 'A', 480),
      speechStarted('U'),
      delta('P', 'A', 480),
      done('P', 'cancelled'),
    );
    expect(playback.calls).toEqual(['push A 480 at 24000', 'flush']);
    expect(service.received.at(-1)).toEqual({
      type: 'conversation.item.truncate',
      item_id: 'A',
      content_index: 0,
      audio_end_ms: 7,
    });
    expect(service.types()).not.toContain('response.cancel');
    expect(session.counters).toMatchObject({ lateDeltas: 1, eventsSent: 2, eventsReceived: 7 });
    const startedAtMs = 10 + 2 * 10 + 5;
    expect(turns.slice(2, 4)).toEqual([
      [expect.objectContaining({ kind: 'interrupted', heardMs: 7, receivedMs: 20 }), startedAtMs],
      [{ kind: 'user-started', itemId: 'U', audioStartMs: 1000 }, startedAtMs],
    ]);
  });

  test('and is stopped by a key', async () => {
    const { service, playback, session, run } = setUp();
    playback.heard = heard('P', 'A', 7.5, 20);
    await run(created('P'), delta('P', 'A', 480), () => session.interrupt());
    expect(playback.calls.at(-1)).toBe('flush');
    expect(service.types().slice(1)).toEqual(['conversation.item.truncate', 'response.cancel']);
  });

  test('until the connection breaks: what was received may play out', async () => {
    const { service, playback, run } = setUp();
    await run(created('P'), delta('P', 'A', 480), () => service.drop({ code: 1006, reason: '' }));
    expect(playback.calls).toEqual(['push A 480 at 24000', 'finish A 0']);
  });
});

describe('what passes is logged', () => {
  test('both ways, with its time, without audio', async () => {
    const { session, events, run } = setUp();
    const append = '{"type":"input_audio_buffer.append","audio":"AAAA"}';
    await run(() => session.sendFrame(append), delta('P', 'A', 480));
    expect(events.slice(3)).toEqual([
      { direction: 'sent', event: { type: 'input_audio_buffer.append', bytes: append.length }, atMs: 10 },
      {
        direction: 'received',
        event: { type: 'response.audio.delta', response_id: 'P', item_id: 'A', samples: 480 },
        atMs: 25,
      },
    ]);
    expect(session.counters).toMatchObject({ framesSent: 1, eventsSent: 1, eventsReceived: 3 });
  });

  test('without the secrets of a tool, either way', async () => {
    const tool = { type: 'mcp' as const, server_label: 'a', server_url: 'https://a.example' };
    const config = { ...defaultSession(), tools: [{ ...tool, authorization: 'CANARY' }] };
    const { service, events, notices, run } = setUp(config);
    service.effective = { ...config, voice: 'alloy' };
    await run();
    expect(service.received[0]).toMatchObject({ session: { tools: [{ authorization: 'CANARY' }] } });
    expect(JSON.stringify([events, notices])).not.toContain('CANARY');
  });
});

describe('what cannot be read stops nothing', () => {
  test('and is counted, and told once of each kind', async () => {
    const { session, notices, turns, run } = setUp();
    const lame = { type: 'response.created' };
    await run('{', '{', 'null', '[]', lame, lame, { type: 'response.audio.delta', delta: '%' }, created('P'));
    expect(session.counters.malformed).toBe(7);
    expect(notices.map((notice) => notice.code)).toEqual(Array(4).fill('malformed-message'));
    expect(turns).toHaveLength(1);
  });

  test('unknown events are counted by type', async () => {
    const { session, notices, run } = setUp();
    await run({ type: 'response.new_thing' }, { type: 'response.new_thing' });
    expect(session.counters.unknownEvents).toEqual({ 'response.new_thing': 2 });
    expect(notices).toEqual([]);
  });
});

describe('the end', () => {
  test('that was asked for has no error', async () => {
    const { session, ends, run } = setUp();
    await run(() => void session.close());
    expect(ends).toEqual([{ code: 1000, reason: '' }]);
    expect(await session.closed).toEqual({ code: 1000, reason: '' });
  });

  test.each([
    [1000, 'session-ended'],
    [1001, 'session-ended'],
    [1006, 'connection-lost'],
    [1009, 'message-too-big'],
  ])('by the service with %d has one', async (code, errorCode) => {
    const { service, session, ends, run } = setUp();
    await run(() => service.drop({ code, reason: 'r' }));
    expect(ends).toEqual([{ code, reason: 'r', error: expect.objectContaining({ code: errorCode }) }]);
    expect(await session.closed).toBe(ends[0]);
  });

  test('leaves frames uncounted that can go nowhere', async () => {
    const { service, session, run } = setUp();
    await run(
      () => session.sendFrame('{"type":"input_audio_buffer.append"}'),
      () => service.drop({ code: 1006, reason: '' }),
      () => session.sendFrame('{"type":"input_audio_buffer.append"}'),
    );
    expect(session.counters.framesSent).toBe(1);
    expect(service.transport.droppedMessages).toBe(1);
  });
});

test('a typed message is answered when the running answer is done', async () => {
  const { service, session, run } = setUp();
  let typesWhileBusy: string[] = [];
  await run(
    created('P'),
    () => session.say('And then?'),
    () => {
      typesWhileBusy = service.types().slice(1);
    },
    done('P'),
  );
  expect(typesWhileBusy).toEqual(['conversation.item.create']);
  expect(service.types().slice(1)).toEqual(['conversation.item.create', 'response.create']);
});

test('a greeting is asked for with its own parameters', async () => {
  const { service, session, run } = setUp();
  await run(() => session.respond({ instructions: 'Greet the user.' }));
  expect(service.received.at(-1)).toMatchObject({
    type: 'response.create',
    response: { instructions: 'Greet the user.' },
  });
});

test('a greeting in given words is spoken without the model, by a model or an agent', async () => {
  const { service, session, run } = setUp();
  await run(() => session.greet('Hello there!'));
  expect(service.received.at(-1)).toMatchObject({
    type: 'response.create',
    response: {
      pre_generated_assistant_message: {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: 'Hello there!' }],
      },
    },
  });
});

test('an answer whose end was lost holds up the next for 15 s', async () => {
  const { clock, service, session, run } = setUp();
  await run(
    created('P'),
    () => session.say('And then?'),
    delta('P', 'A', 480),
    () => expect(service.types().at(-1)).toBe('conversation.item.create'),
  );
  const heardMs = 10 + 2 * 10 + 5;
  await clock.run(() => clock.sleep(heardMs + 15_000 - clock.now() - 1));
  expect(service.types().at(-1)).toBe('conversation.item.create');
  await clock.run(() => clock.sleep(1));
  expect(service.types().at(-1)).toBe('response.create');
});

describe('a turn that the user ends', () => {
  const append = (ms: number) =>
    `{"type":"input_audio_buffer.append","audio":"${Buffer.alloc(48 * ms).toString('base64')}"}`;

  test('is committed and answered', async () => {
    const { service, session, run } = setUp();
    let isCommitted = false;
    await run(
      () => session.sendFrame(append(60)),
      () => session.sendFrame(append(60)),
      () => {
        isCommitted = session.commitAudio();
      },
    );
    expect(isCommitted).toBe(true);
    expect(service.types().slice(-2)).toEqual(['input_audio_buffer.commit', 'response.create']);
  });

  test('is none where less than 100 ms were said since the last, or since it was cleared', async () => {
    const { service, session, run } = setUp();
    const commits: boolean[] = [];
    await run(
      () => commits.push(session.commitAudio()),
      () => session.sendFrame(append(90)),
      () => commits.push(session.commitAudio()),
      () => session.sendFrame(append(20)),
      () => commits.push(session.commitAudio()),
      () => commits.push(session.commitAudio()),
      () => session.sendFrame(append(200)),
      () => session.clearAudio(),
      () => session.clearAudio(),
      () => commits.push(session.commitAudio()),
    );
    expect(commits).toEqual([false, false, true, false, false]);
    const types = service.types().filter((type) => !type.endsWith('append'));
    expect(types.slice(1)).toEqual([
      'input_audio_buffer.commit',
      'response.create',
      'input_audio_buffer.clear',
    ]);
  });

  test('waits for its answer until the running one is cancelled', async () => {
    const { service, session, run } = setUp();
    await run(
      created('P'),
      () => session.interrupt(),
      () => session.sendFrame(append(200)),
      () => session.commitAudio(),
    );
    expect(service.types().at(-1)).toBe('input_audio_buffer.commit');
  });
});
