import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestRefused } from '../../../src/mock/event-channel.ts';
import { OpenAiDialect } from '../../../src/mock/openai/openai-dialect.ts';
import { type ServerEvent, serverEventTypes } from '../../../src/protocol/events.ts';
import { OpenAiClient } from './client.ts';
import { packageEventTypes } from './package-types.ts';

function outgoing(...events: object[]): readonly object[] {
  const dialect = new OpenAiDialect();
  return events.flatMap((event) => dialect.outgoing(event as ServerEvent));
}

describe('events of the client', () => {
  test.each([
    'output_audio_buffer.clear',
    'input_audio.turn.start',
    'input_audio.clear',
    'input_text.delta',
    'session.avatar.connect',
    'transcription_session.update',
    'toString',
  ])('that OpenAI does not take over a WebSocket are refused: %s', (type) => {
    const client = new OpenAiClient();
    client.send({ type, event_id: 'mine' });
    const { error } = client.only('error');
    expect(error).toMatchObject({ code: 'invalid_value', param: 'type', event_id: 'mine' });
    expect(error.message).toMatch(
      /^Invalid value: '.*'\. Supported values are: 'session.update', .*, and 'response.cancel'\.$/,
    );
  });

  test('may have no fields but theirs', () => {
    const client = new OpenAiClient();
    client.send({ type: 'response.create', additional_instructions: 'Be brief.' });
    expect(client.only('error').error).toMatchObject({
      code: 'unknown_parameter',
      message: "Unknown parameter: 'additional_instructions'.",
      param: 'additional_instructions',
    });
  });

  test('without a type are refused by the inside', () => {
    const client = new OpenAiClient();
    client.send({});
    expect(client.only('error').error).toMatchObject({ code: 'missing_required_parameter', param: 'type' });
  });

  test('are translated or refused, whatever they hold', () => {
    const types = fc.constantFrom(
      'session.update',
      'conversation.item.create',
      'response.create',
      'response.cancel',
    );
    const names = fc.constantFrom(
      'type',
      'session',
      'item',
      'response',
      'audio',
      'input',
      'output',
      'content',
      'role',
    );
    const values = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom('realtime', 'message', 'user'),
        tie('fields'),
      ),
      fields: fc.dictionary(names, tie('any'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(types, values.fields, (type, fields) => {
        try {
          new OpenAiDialect().incoming({ ...(fields as object), type });
        } catch (error) {
          expect(error).toBeInstanceOf(RequestRefused);
        }
      }),
    );
  });
});

describe('events of the mock', () => {
  test.each([
    { type: 'response.audio_timestamp.delta', text: 'a' },
    { type: 'response.audio_timestamp.done' },
    { type: 'response.animation_viseme.delta', viseme_id: 1 },
    { type: 'response.animation_blendshapes.done' },
  ])('that come with Azure’s voices are left out: $type', (event) => {
    expect(outgoing(event)).toEqual([]);
  });

  test.each([
    { type: 'something.new', item: { type: 'message', content: [{ type: 'audio' }] } },
    { type: 'warning', warning: { message: 'Oh.' } },
    { type: 'response.audio_transcript.annotation.added', annotation: {} },
    { type: 'mcp_list_tools.completed', item_id: 'a' },
    { type: 'rate_limits.updated', rate_limits: [] },
    { type: 'constructor' },
  ])('that are nothing to the dialect pass unchanged: $type', (event) => {
    expect(outgoing({ event_id: 'event_1', ...event })).toEqual([{ event_id: 'event_1', ...event }]);
  });

  test('lose what only Azure’s recogniser tells about a transcript', () => {
    const type = 'conversation.item.input_audio_transcription.completed';
    const words = { item_id: 'a', content_index: 0, transcript: 'Hm.' };
    expect(outgoing({ type, ...words, phrases: [] })).toEqual([
      { type, ...words, usage: { type: 'duration', seconds: 0 } },
    ]);
  });

  test('keep their id, and those that the dialect adds have none', () => {
    const item = { id: 'a', type: 'message', role: 'user', content: [] };
    const events = outgoing(
      { type: 'conversation.item.created', event_id: 'event_1', item },
      { type: 'response.created', event_id: 'event_2', response: {} },
      { type: 'response.audio.delta', event_id: 'event_3', delta: 'AAAA' },
    );
    expect(events).toMatchObject([
      { type: 'conversation.item.added', event_id: 'event_1' },
      { type: 'conversation.item.done' },
      { type: 'response.created', event_id: 'event_2' },
      { type: 'rate_limits.updated' },
      { type: 'response.output_audio.delta', event_id: 'event_3', delta: 'AAAA' },
    ]);
    expect(events.filter((event) => 'event_id' in event)).toHaveLength(3);
  });

  test('that wait for an item come right after it', () => {
    const committed = { type: 'input_audio_buffer.committed', previous_item_id: '', item_id: 'a' };
    const failed = { type: 'conversation.item.input_audio_transcription.failed', item_id: 'a', error: {} };
    const item = { id: 'a', type: 'message', role: 'user', content: [] };
    const types = outgoing(committed, failed, { type: 'conversation.item.created', item }).map((event) =>
      'type' in event ? event.type : '',
    );
    expect(types).toEqual([committed.type, 'conversation.item.added', 'conversation.item.done', failed.type]);
    expect(outgoing(committed)).toEqual([{ ...committed, previous_item_id: null }]);
    expect(outgoing(failed)).toEqual([failed]);
  });

  test('do not break the dialect when faults have taken fields from them', () => {
    const fields = fc.record(
      {
        item: fc.constantFrom(null, 1, {}, { id: 'a' }, { id: 'a', type: 'message', content: [null, {}] }),
        response: fc.constantFrom(null, {}, { output: [null, {}] }, { usage: {}, voice: 1 }),
        session: fc.constantFrom(
          null,
          {},
          { turn_detection: {}, voice: null, input_audio_transcription: {} },
        ),
        error: fc.constantFrom(
          null,
          {},
          { message: 1, param: 'session' },
          { message: 'a', param: 'session.voice' },
        ),
        part: fc.constantFrom(null, {}, { type: 'text' }),
        item_id: fc.constantFrom('a', null, 1),
        transcript: fc.constantFrom(null, 1, 'a'),
      },
      { requiredKeys: [] },
    );
    const known = new Set([...packageEventTypes, ...serverEventTypes]);
    const event = fc.tuple(fc.constantFrom(...serverEventTypes), fields);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 10 }), (events) => {
        const out = outgoing(...events.map(([type, rest]) => ({ type, ...rest }))) as { type: string }[];
        expect(out.filter(({ type }) => !known.has(type))).toEqual([]);
      }),
    );
  });
});
