import { describe, expect, test } from 'vitest';
import { Harness, joined, scenario, silence, speech } from '../harness.ts';

const said = joined(silence(300), speech(800));
const longAnswer = scenario().answers.slice(2);
const closing = [
  'response.audio.done',
  'response.audio_transcript.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

/** Speaks a turn, waits until `ms` of the answer have been sent, then speaks over it. */
async function interrupted(turnDetection: object, sentMs: number, profile: 'typical' | 'fast' = 'typical') {
  const mock = new Harness({ answers: longAnswer, profile });
  await mock.run(async () => {
    const session = { turn_detection: { type: 'server_vad', ...turnDetection } };
    mock.send({ type: 'session.update', session });
    await mock.speak(said);
    await mock.until('response.output_item.added');
    while (sentMs > 0 && sentSamples(mock) < sentMs * 24) await mock.speak(silence(20));
    await mock.speak(speech(600));
    await mock.speak(silence(900));
  });
  return mock;
}

function sentSamples(mock: Harness): number {
  const sent = mock.traces.filter(({ kind }) => kind === 'audio-sent').at(-1);
  return sent?.kind === 'audio-sent' ? sent.samples : 0;
}

describe('speaking over an answer', () => {
  test('ends it with the closing burst, cancelled because a turn was detected', async () => {
    const mock = await interrupted({}, 1000);
    const second = mock.types.lastIndexOf('input_audio_buffer.speech_started');
    const doneAt = mock.types.indexOf('response.done');
    expect(doneAt).toBeGreaterThan(second);
    expect(mock.types.slice(doneAt - 4, doneAt + 1)).toEqual(closing);
    const done = mock.of('response.done')[0].response;
    expect(done).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ status: 'incomplete' }],
    });
    expect(mock.of('response.output_item.done')[0].item.status).toBe('incomplete');
    const lastAudio = mock.events.findLastIndex(
      ({ type, response_id: id }) => type === 'response.audio.delta' && id === done.id,
    );
    expect(lastAudio).toBeLessThan(doneAt);
  });

  test('leaves the transcript at what had been said', async () => {
    const mock = await interrupted({}, 100);
    const { transcript } = mock.of('response.audio_transcript.done')[0];
    const deltas = mock.of('response.audio_transcript.delta').filter(({ response_id: id }) => {
      return id === mock.of('response.done')[0].response.id;
    });
    expect(transcript).toBe(deltas.map(({ delta }) => delta).join(''));
    expect(mock.of('response.done')[0].response.output[0].content[0].transcript).toBe(transcript);
  });

  test('is answered like any other turn', async () => {
    const mock = await interrupted({}, 1000);
    expect(mock.of('response.created')).toHaveLength(2);
    expect(mock.of('conversation.item.created').filter(({ item }) => item.role === 'user')).toHaveLength(2);
  });

  test('before its first word leaves a response without output', async () => {
    const mock = new Harness({ answers: longAnswer });
    await mock.run(async () => {
      await mock.speak(said);
      await mock.until('response.created');
      await mock.speak(speech(600));
    });
    expect(mock.only('response.done').response).toMatchObject({
      status: 'cancelled',
      output: [],
      usage: null,
    });
    expect(mock.types).not.toContain('response.output_item.added');
  });

  test('before the turn has been transcribed keeps the item, and there is no response to it', async () => {
    const mock = new Harness({ profile: 'slow' });
    await mock.run(async () => {
      const vad = { type: 'server_vad', silence_duration_ms: 100 };
      mock.send({ type: 'session.update', session: { turn_detection: vad } });
      await mock.speak(said);
      await mock.until('input_audio_buffer.committed');
      await mock.speak(speech(600));
      await mock.until('response.created');
    });
    expect(mock.of('conversation.item.created')).toHaveLength(2);
    expect(mock.of('response.created')).toHaveLength(1);
  });

  test('does nothing to an answer that is done, though it may still be playing', async () => {
    const mock = await interrupted({}, 6000, 'fast');
    expect(mock.of('response.done')[0].response.status).toBe('completed');
    expect(mock.types).not.toContain('conversation.item.truncated');
    expect(mock.types).not.toContain('error');
  });

  test('lets it go on without interrupt_response, and is answered after it', async () => {
    const mock = await interrupted({ interrupt_response: false }, 1000);
    await mock.run(async () => {
      await mock.until('response.created');
    });
    const [first] = mock.of('response.done');
    expect(first.response.status).toBe('completed');
    const secondCreated = mock.types.lastIndexOf('response.created');
    expect(secondCreated).toBeGreaterThan(mock.types.indexOf('response.done'));
  });

  describe('with auto_truncate', () => {
    test('cuts a running answer at what would have been played by now', async () => {
      const mock = await interrupted({ auto_truncate: true }, 3000);
      const truncated = mock.only('conversation.item.truncated');
      const startedAt = mock.received.findLast(
        ({ event }) => event.type === 'input_audio_buffer.speech_started',
      );
      const heardMs = Math.floor((startedAt?.atMs ?? 0) - mock.atMs('response.audio.delta'));
      expect(truncated).toMatchObject({ content_index: 0, audio_end_ms: heardMs });
      expect(mock.types.indexOf('conversation.item.truncated')).toBeGreaterThan(
        mock.types.indexOf('response.done'),
      );
    });

    test('cuts an answer that is done and would still be playing', async () => {
      const mock = await interrupted({ auto_truncate: true }, 6000, 'fast');
      expect(mock.of('response.done')[0].response.status).toBe('completed');
      expect(mock.only('conversation.item.truncated').audio_end_ms).toBeLessThan(6000);
    });

    test('leaves an answer alone that has been heard', async () => {
      const mock = new Harness({ profile: 'fast' });
      await mock.run(async () => {
        const vad = { type: 'server_vad', auto_truncate: true };
        mock.send({ type: 'session.update', session: { turn_detection: vad } });
        await mock.speak(said);
        await mock.until('response.done');
        await mock.speak(silence(3000));
        await mock.speak(speech(500));
      });
      expect(mock.types).not.toContain('conversation.item.truncated');
    });

    test('adds the text that the session wants at the cut', async () => {
      const cut = { auto_truncate: true, appended_text_after_truncation: ' [cut off]' };
      const mock = await interrupted(cut, 3000);
      const { item_id: itemId } = mock.only('conversation.item.truncated');
      mock.send({ type: 'conversation.item.retrieve', item_id: itemId });
      expect(mock.only('conversation.item.retrieved').item.content[0].transcript).toMatch(/ \[cut off\]$/);
    });
  });
});

describe('response.cancel', () => {
  test('ends the response with the same burst, cancelled by the client', async () => {
    const mock = new Harness({ answers: longAnswer });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      await mock.until('response.audio.delta');
      const { id } = mock.only('response.created').response;
      mock.send({ type: 'response.cancel', response_id: id });
    });
    expect(mock.types.slice(-5)).toEqual(closing);
    expect(mock.only('response.done').response.status_details.reason).toBe('client_cancelled');
  });

  test('is refused where nothing runs, after the end, and for another response', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'response.cancel', event_id: 'a' });
      mock.send({ type: 'response.create' });
      mock.send({ type: 'response.cancel', response_id: 'resp_other', event_id: 'b' });
      await mock.until('response.done');
      mock.send({ type: 'response.cancel', event_id: 'c' });
    });
    const errors = mock.of('error').map(({ error }) => [error.event_id, error.code]);
    expect(errors).toEqual(['a', 'b', 'c'].map((id) => [id, 'response_cancel_not_active']));
    expect(mock.only('response.done').response.status).toBe('completed');
  });
});

describe('response.create while a response runs', () => {
  test('cancels that one first', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      await mock.until('response.audio.delta');
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    });
    const [first, second] = mock.of('response.done').map(({ response }) => response);
    expect([first.status, second.status]).toEqual(['cancelled', 'completed']);
    const secondCreated = mock.types.lastIndexOf('response.created');
    expect(mock.types[secondCreated - 1]).toBe('response.done');
  });

  test('is refused where it says not to cancel', async () => {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      mock.send({ type: 'response.create', event_id: 'mine', response: { cancel_previous: false } });
      await mock.until('response.done');
    });
    expect(mock.only('error').error).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'mine',
      message: expect.stringContaining(mock.only('response.created').response.id),
    });
  });
});

test('a session that was stopped sends nothing more and leaves no timer behind', async () => {
  const mock = new Harness({ answers: longAnswer });
  await mock.run(async () => {
    mock.send({ type: 'response.create' });
    await mock.until('response.audio.delta');
    const before = mock.received.length;
    mock.session.stop();
    mock.send({ type: 'response.cancel' });
    await mock.clock.sleep(20_000);
    expect(mock.received).toHaveLength(before);
  });
  await expect(mock.clock.run(() => mock.clock.waitFor('nothing', new Promise(() => {})))).rejects.toThrow(
    'nothing',
  );
});
