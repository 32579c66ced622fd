import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientEventTypes } from '../../src/protocol/events.ts';
import { type Frame, Harness, joined, silence, speech } from './harness.ts';

const greeting = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };

function created(mock: Harness, item: object, previousItemId?: string): Frame {
  mock.send({ type: 'conversation.item.create', previous_item_id: previousItemId, item });
  return mock.events.at(-1);
}

describe('conversation.item.create', () => {
  test('adds at the end, at the beginning and after an item', () => {
    const mock = new Harness();
    expect(created(mock, { ...greeting, id: 'a' }).previous_item_id).toBe('');
    expect(created(mock, { ...greeting, id: 'b' }).previous_item_id).toBe('a');
    expect(created(mock, { ...greeting, id: 'c' }, 'a').previous_item_id).toBe('a');
    expect(created(mock, { ...greeting, id: 'd' }, 'root').previous_item_id).toBe('');
    expect(created(mock, { ...greeting, id: 'e' }, 'd').previous_item_id).toBe('d');
  });

  test('gives an item a name where it has none, and a status', () => {
    const mock = new Harness({ pipeline: 'native' });
    expect(created(mock, greeting)).toMatchObject({
      type: 'conversation.item.created',
      previous_item_id: null,
      item: { id: expect.stringMatching(/^item_\w{22}$/), object: 'realtime.item', status: 'completed' },
    });
  });

  test.each([
    [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      { type: 'text', text: 'a' },
    ],
    [
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'b' }] },
      { type: 'input_text', text: 'b' },
    ],
    [
      { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA', transcript: 'c' }] },
      { type: 'input_audio', transcript: 'c' },
    ],
  ])('shows content as the service does', (item, part) => {
    expect(created(new Harness(), item).item.content).toEqual([part]);
  });

  test('takes function calls and their output', () => {
    const mock = new Harness();
    const call = { type: 'function_call', name: 'f', call_id: 'call_1', arguments: '{}' };
    expect(created(mock, call).item).toMatchObject({ ...call, status: 'completed' });
    const output = { type: 'function_call_output', call_id: 'call_1', output: '42' };
    expect(created(mock, output).item).toMatchObject(output);
  });

  test.each([
    [{ item: greeting, previous_item_id: 'unknown' }, 'invalid_value', 'previous_item_id'],
    [{}, 'missing_required_parameter', 'item'],
    [{ item: { ...greeting, role: 'robot' } }, 'invalid_value', 'item.role'],
    [{ item: { type: 'message', role: 'user' } }, 'missing_required_parameter', 'item.content'],
    [
      { item: { ...greeting, role: 'assistant', content: [{ type: 'input_audio', audio: '' }] } },
      'invalid_value',
      'item.content',
    ],
    [{ item: { type: 'song' } }, 'invalid_value', 'item.type'],
  ])('refuses %j and adds nothing', (fields, code, param) => {
    const mock = new Harness();
    mock.send({ type: 'conversation.item.create', event_id: 'mine', ...fields });
    expect(mock.only('error').error).toMatchObject({
      type: 'invalid_request_error',
      code,
      param,
      event_id: 'mine',
    });
    expect(mock.types).toEqual(['session.created', 'error']);
  });

  test('refuses a name that is taken', () => {
    const mock = new Harness();
    created(mock, { ...greeting, id: 'a' });
    expect(created(mock, { ...greeting, id: 'a' }).error).toMatchObject({ param: 'item.id' });
  });
});

describe('conversation.item.delete and retrieve', () => {
  test('take away and show', () => {
    const mock = new Harness();
    const { item } = created(mock, { ...greeting, id: 'a' });
    mock.send({ type: 'conversation.item.retrieve', item_id: 'a' });
    expect(mock.only('conversation.item.retrieved').item).toEqual(item);
    mock.send({ type: 'conversation.item.delete', item_id: 'a' });
    expect(mock.only('conversation.item.deleted').item_id).toBe('a');
    mock.send({ type: 'conversation.item.retrieve', item_id: 'a' });
    mock.send({ type: 'conversation.item.delete', item_id: 'a' });
    expect(mock.of('error').map(({ error }) => error.param)).toEqual(['item_id', 'item_id']);
  });
});

describe('conversation.item.truncate', () => {
  async function answered(truncate: (mock: Harness, itemId: string) => void) {
    const mock = new Harness({ profile: 'fast' });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
      truncate(mock, mock.only('response.done').response.output[0].id);
    });
    return mock;
  }

  function cut(mock: Harness, itemId: string, audioEndMs: number) {
    mock.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: audioEndMs,
    });
    return mock.events.at(-1);
  }

  test('cuts the audio, and the transcript in proportion at the end of a word', async () => {
    await answered((mock, itemId) => {
      expect(cut(mock, itemId, 1000)).toMatchObject({
        type: 'conversation.item.truncated',
        item_id: itemId,
        content_index: 0,
        audio_end_ms: 1000,
      });
      mock.send({ type: 'conversation.item.retrieve', item_id: itemId });
      expect(mock.only('conversation.item.retrieved').item.content).toEqual([
        { type: 'audio', transcript: 'It opens at ten,' },
      ]);
    });
  });

  test('takes all that was generated and not a millisecond more', async () => {
    await answered((mock, itemId) => {
      expect(cut(mock, itemId, 2001)).toMatchObject({
        type: 'error',
        error: {
          param: 'audio_end_ms',
          message: expect.stringMatching(/2000ms is already shorter than 2001ms/),
        },
      });
      expect(cut(mock, itemId, 2000).type).toBe('conversation.item.truncated');
    });
  });

  test('does not bring back what was cut before', async () => {
    await answered((mock, itemId) => {
      cut(mock, itemId, 500);
      expect(cut(mock, itemId, 501).type).toBe('error');
      expect(cut(mock, itemId, 0).type).toBe('conversation.item.truncated');
    });
  });

  test('can come while the answer is still being generated, which does not undo it', async () => {
    const mock = new Harness();
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      const { item_id: itemId } = await mock.until('response.audio.delta');
      expect(cut(mock, itemId, 2000).type).toBe('error');
      expect(cut(mock, itemId, 40).type).toBe('conversation.item.truncated');
      await mock.until('response.done');
      mock.send({ type: 'conversation.item.retrieve', item_id: itemId });
    });
    const { item } = mock.only('conversation.item.retrieved');
    expect(item).toMatchObject({ status: 'completed' });
    expect(item.content[0].transcript.length).toBeLessThan(10);
  });

  test('is only for what the assistant said aloud', () => {
    const mock = new Harness();
    const { item } = created(mock, greeting);
    expect(cut(mock, item.id, 0).error.param).toBe('item_id');
    expect(cut(mock, 'unknown', 0).error.param).toBe('item_id');
    mock.send({ type: 'conversation.item.truncate', item_id: item.id, content_index: 0, audio_end_ms: -1 });
    mock.send({ type: 'conversation.item.truncate', item_id: item.id, content_index: 0, audio_end_ms: 1.5 });
    mock.send({ type: 'conversation.item.truncate', item_id: item.id });
    expect(
      mock
        .of('error')
        .slice(2)
        .map(({ error }) => error.param),
    ).toEqual(['audio_end_ms', 'audio_end_ms', 'content_index']);
  });
});

describe('a message that the service does not take', () => {
  test.each([
    ['no JSON', 'invalid_json', null],
    ['[]', 'invalid_type', null],
    ['null', 'invalid_type', null],
    ['{}', 'missing_required_parameter', 'type'],
    ['{"type":"session.updated"}', 'invalid_value', 'type'],
    ['{"type":"__proto__"}', 'invalid_value', 'type'],
    ['{"type":7}', 'invalid_value', 'type'],
    ['{"type":"input_audio_buffer.append"}', 'missing_required_parameter', 'audio'],
    ['{"type":"input_audio_buffer.append","audio":5}', 'invalid_type', 'audio'],
    ['{"type":"input_audio_buffer.append","audio":"AAA"}', 'invalid_value', 'audio'],
    ['{"type":"input_audio_buffer.append","audio":"A-A_"}', 'invalid_value', 'audio'],
    ['{"type":"input_audio_buffer.append","audio":"AAAA"}', 'invalid_value', 'audio'],
    [
      '{"type":"response.create","response":{"modalities":["smell"]}}',
      'invalid_value',
      'response.modalities.0',
    ],
    ['{"type":"output_audio_buffer.clear"}', 'invalid_value', 'output_audio_buffer.clear'],
  ])('%s is answered with an error', (text, code, param) => {
    const mock = new Harness();
    mock.session.receive(text);
    expect(mock.only('error').error).toMatchObject({ code, param, event_id: null });
  });

  test('is none of those that mean nothing here: they are taken without a word', () => {
    const mock = new Harness();
    for (const type of ['input_audio.turn.start', 'input_audio.turn.end', 'input_audio.clear'])
      mock.send({ type });
    expect(mock.types).toEqual(['session.created']);
  });

  test('never makes it throw, whatever it is', () => {
    const type = fc.constantFrom(...clientEventTypes);
    const fields = fc.dictionary(
      fc.constantFrom(
        'session',
        'audio',
        'item',
        'item_id',
        'response',
        'content_index',
        'audio_end_ms',
        'event_id',
      ),
      fc.anything(),
    );
    fc.assert(
      fc.property(type, fields, (type, rest) => {
        const mock = new Harness();
        let text: string;
        try {
          text = JSON.stringify({ ...rest, type });
        } catch {
          return;
        }
        mock.session.receive(text);
        expect(mock.types[0]).toBe('session.created');
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

test("an id that has been announced for an item is nobody else's to give", async () => {
  const mock = new Harness({ profile: 'fast' });
  await mock.run(async () => {
    await mock.speak(joined(silence(300), speech(800)));
    const { item_id: id } = mock.only('input_audio_buffer.speech_started');
    const item = { id, type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Me.' }] };
    mock.send({ type: 'conversation.item.create', item });
    expect(mock.only('error').error).toMatchObject({ code: 'invalid_value', param: 'item.id' });
    await mock.until('response.done');
    expect(mock.of('conversation.item.created')[0].item.id).toBe(id);
  });
});
