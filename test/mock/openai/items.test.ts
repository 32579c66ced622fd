import type { ConversationItem } from 'openai/resources/realtime/realtime';
import { describe, expect, test } from 'vitest';
import { RequestRefused } from '../../../src/mock/event-channel.ts';
import { OpenAiDialect } from '../../../src/mock/openai/openai-dialect.ts';
import type { ServerEvent } from '../../../src/protocol/events.ts';
import type { Frame } from '../harness.ts';
import { OpenAiClient } from './client.ts';
import { faultsOf } from './package-types.ts';

const greeting: ConversationItem = {
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text: 'Hello' }],
};
const seeded: ConversationItem = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Good day.' }],
};

describe('conversation.item.create', () => {
  test.each<[ConversationItem, object]>([
    [greeting, greeting.content],
    [seeded, seeded.content],
    [{ ...seeded, content: [{ type: 'output_audio', transcript: 'Good day.' }] }, seeded.content],
    [
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Be kind.' }] },
      [{ type: 'input_text', text: 'Be kind.' }],
    ],
    [
      { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: 'AAAA', transcript: 'Hm' }] },
      [{ type: 'input_audio', transcript: 'Hm' }],
    ],
  ])('is answered with the item added and done: %j', (item, content) => {
    const client = new OpenAiClient();
    client.ask({ type: 'conversation.item.create', item: { ...item, id: 'a' } as ConversationItem });
    const [, added, done] = client.events;
    expect(added).toMatchObject({
      type: 'conversation.item.added',
      previous_item_id: null,
      item: { id: 'a', object: 'realtime.item', status: 'completed', content },
    });
    expect(done).toEqual({ ...added, type: 'conversation.item.done', event_id: done.event_id });
    expect(done.event_id).not.toBe(added.event_id);
    expect(client.events).toHaveLength(3);
    expect(client.events.flatMap(faultsOf)).toEqual([]);
  });

  test('takes function calls, their output, and places', () => {
    const client = new OpenAiClient({ pipeline: 'cascaded' });
    const call: ConversationItem = {
      type: 'function_call',
      name: 'f',
      call_id: 'call_1',
      arguments: '{}',
      id: 'b',
    };
    const output: ConversationItem = { type: 'function_call_output', call_id: 'call_1', output: '42' };
    client.ask({ type: 'conversation.item.create', item: call });
    client.ask({ type: 'conversation.item.create', item: output, previous_item_id: 'b' });
    client.ask({ type: 'conversation.item.create', item: greeting, previous_item_id: 'root' });
    const done = client.of('conversation.item.done');
    expect(done.map(({ previous_item_id }) => previous_item_id)).toEqual([null, 'b', null]);
    expect(done.map(({ item }) => item)).toMatchObject([call, output, greeting]);
    expect(client.events.flatMap(faultsOf)).toEqual([]);
  });

  test.each([
    [{ ...seeded, content: [{ type: 'text', text: 'a' }] }, 'invalid_value', 'item.content[0].type'],
    [{ ...greeting, content: [{ type: 'output_text', text: 'a' }] }, 'invalid_value', 'item.content[0].type'],
    [
      { ...seeded, content: [{ type: 'output_audio', audio: 'AAAA', transcript: 'a' }] },
      'invalid_value',
      'item.content[0].audio',
    ],
    [{ ...greeting, mood: 'good' }, 'unknown_parameter', 'item.mood'],
    [
      { ...greeting, content: [{ type: 'input_text', text: 'a', mood: 1 }] },
      'unknown_parameter',
      'item.content[0].mood',
    ],
    [{ ...greeting, role: 'robot' }, 'invalid_value', 'item.role'],
    [{ type: 'function_call', name: 'f', arguments: '{}' }, 'missing_required_parameter', 'item.call_id'],
    [undefined, 'missing_required_parameter', 'item'],
  ])('is refused: %j', (item, code, param) => {
    const client = new OpenAiClient();
    client.send({ type: 'conversation.item.create', item });
    expect(client.types).toEqual(['session.created', 'error']);
    expect(client.events[1].error).toMatchObject({ code, param });
  });

  test('is refused by the inside where the conversation has no such place', () => {
    const client = new OpenAiClient();
    client.ask({ type: 'conversation.item.create', item: greeting, previous_item_id: 'nowhere' });
    expect(client.only('error').error).toMatchObject({ code: 'invalid_value', param: 'previous_item_id' });
  });
});

describe('items', () => {
  test('can be fetched and deleted', () => {
    const client = new OpenAiClient();
    client.ask({ type: 'conversation.item.create', item: { ...seeded, id: 'a' } });
    client.ask({ type: 'conversation.item.retrieve', item_id: 'a' });
    client.ask({ type: 'conversation.item.delete', item_id: 'a' });
    client.ask({ type: 'conversation.item.delete', item_id: 'a' });
    expect(client.only('conversation.item.retrieved').item.content).toEqual(seeded.content);
    expect(client.only('conversation.item.deleted').item_id).toBe('a');
    expect(client.only('error').error.param).toBe('item_id');
    expect(client.events.flatMap(faultsOf)).toEqual([]);
  });
});

const place = { response_id: 'resp_1', output_index: 0 };
const call = { id: 'item_1', object: 'realtime.item', type: 'function_call', name: 'f', call_id: 'call_1' };
const begun = { ...call, arguments: '', status: 'in_progress' };
const whole = { ...call, arguments: '{"a":1}', status: 'completed' };

function outgoing(dialect: OpenAiDialect, ...events: object[]): Frame[] {
  return events.flatMap((event) => dialect.outgoing(event as ServerEvent));
}

describe('a function call', () => {
  const added = { type: 'response.output_item.added', ...place, item: begun };
  const created = { type: 'conversation.item.created', previous_item_id: 'item_0', item: begun };
  const done = { type: 'response.output_item.done', ...place, item: whole };
  const words = { ...place, item_id: 'item_1', call_id: 'call_1' };

  test('is added when it begins and done when its output is', () => {
    const events = outgoing(
      new OpenAiDialect(),
      added,
      created,
      { type: 'response.function_call_arguments.delta', ...words, delta: '{"a":1}' },
      { type: 'response.function_call_arguments.done', ...words, name: 'f', arguments: '{"a":1}' },
      done,
    );
    expect(events).toEqual([
      added,
      { ...created, type: 'conversation.item.added' },
      { type: 'response.function_call_arguments.delta', ...words, delta: '{"a":1}' },
      { type: 'response.function_call_arguments.done', ...words, name: 'f', arguments: '{"a":1}' },
      { type: 'conversation.item.done', previous_item_id: 'item_0', item: whole },
      done,
    ]);
    expect(events.flatMap((event) => faultsOf({ ...event, event_id: 'a' }))).toEqual([]);
  });

  test('of a response outside the conversation is never added or done', () => {
    expect(outgoing(new OpenAiDialect(), added, done)).toEqual([added, done]);
  });

  test('is done only once, whatever comes twice', () => {
    const itemDone = { type: 'conversation.item.done', previous_item_id: 'item_0', item: whole };
    const types = outgoing(new OpenAiDialect(), added, created, itemDone, done, done, itemDone).map(
      ({ type }) => type,
    );
    expect(types.filter((type) => type === 'conversation.item.done')).toHaveLength(1);
  });
});

describe('response.create', () => {
  const dialect = new OpenAiDialect();
  const incoming = (response?: object) => dialect.incoming({ type: 'response.create', response });
  const switchedOff = { cancel_previous: false, commit: false };

  test('becomes flat', () => {
    expect(
      incoming({
        output_modalities: ['audio'],
        audio: { output: { voice: 'marin', format: { type: 'audio/pcma' } } },
        conversation: 'none',
        input: [seeded],
        instructions: 'Classify.',
        max_output_tokens: 'inf',
        metadata: { topic: 'a' },
        tools: [{ name: 'f', parameters: {} }],
        tool_choice: { type: 'function', name: 'f' },
        parallel_tool_calls: false,
        reasoning: { effort: 'low' },
        prompt: { id: 'pmpt_1' },
      })['response'],
    ).toEqual({
      ...switchedOff,
      modalities: ['text', 'audio'],
      voice: 'marin',
      output_audio_format: 'g711_alaw',
      conversation: 'none',
      input_items: [{ ...seeded, content: [{ type: 'text', text: 'Good day.' }] }],
      instructions: 'Classify.',
      max_output_tokens: 'inf',
      metadata: { topic: 'a' },
      tools: [{ type: 'function', name: 'f', parameters: {} }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      reasoning_effort: 'low',
    });
    expect(incoming({ output_modalities: ['text'], input: [] })['response']).toEqual({
      ...switchedOff,
      modalities: ['text'],
      input_items: [],
    });
    expect(incoming()['response']).toEqual(switchedOff);
  });

  test('may refer to items, which the inside gets as copies', () => {
    const client = new OpenAiClient();
    client.ask({ type: 'conversation.item.create', item: { ...greeting, id: 'a' } });
    client.ask({ type: 'conversation.item.create', item: { ...seeded, id: 'b' } });
    const output: ConversationItem = {
      type: 'function_call_output',
      call_id: 'call_1',
      output: '42',
      id: 'c',
    };
    client.ask({ type: 'conversation.item.create', item: output });
    client.ask({ type: 'conversation.item.delete', item_id: 'c' });
    const asked = (...ids: string[]) =>
      client.dialect.incoming({
        type: 'response.create',
        response: { input: ids.map((id) => ({ type: 'item_reference', id })) },
      })['response'];
    expect(asked('b', 'a')).toMatchObject({
      input_items: [{ ...seeded, content: [{ type: 'text', text: 'Good day.' }] }, greeting],
    });
    expect(() => asked('a', 'c')).toThrow(RequestRefused);
  });

  test.each([
    [{ modalities: ['text'] }, 'unknown_parameter', 'response.modalities'],
    [{ output_modalities: ['audio', 'text'] }, 'invalid_value', 'response.output_modalities'],
    [{ conversation: 'conv_1' }, 'invalid_value', 'response.conversation'],
    [{ input: [greeting, { ...greeting, role: 'robot' }] }, 'invalid_value', 'response.input[1].role'],
    [{ input: [{ type: 'item_reference', id: 'gone' }] }, 'invalid_value', 'response.input[0].id'],
    [{ audio: { output: { speed: 1 } } }, 'unknown_parameter', 'response.audio.output.speed'],
    [
      { audio: { output: { format: { type: 'audio/pcm', rate: 8000 } } } },
      'integer_below_min_value',
      'response.audio.output.format.rate',
    ],
  ])('is refused: %j', (response, code, param) => {
    const client = new OpenAiClient();
    client.send({ type: 'response.create', event_id: 'mine', response });
    expect(client.only('error').error).toMatchObject({ code, param, event_id: 'mine' });
    expect(client.of('response.created')).toEqual([]);
  });
});
