import { describe, expect, test } from 'vitest';
import { parseFault } from '../../../src/mock/faults/faults.ts';
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import type { ScriptedEvent } from '../../../src/mock/scenario/scenario.ts';
import { Harness, joined, silence, speech } from '../harness.ts';

function at(
  type: string,
  send: ScriptedEvent['send'],
  moment: Partial<ScriptedEvent['moment']> = {},
): ScriptedEvent {
  return { moment: { at: type, occurrence: 1, delayMs: 0, ...moment }, send };
}

async function answered(events: readonly ScriptedEvent[], answers = 1, fields = {}) {
  const mock = new Harness({ profile: 'fast', events, ...fields });
  await mock.run(async () => {
    for (let i = 0; i < answers; i++) {
      mock.send({ type: 'response.create' });
      await mock.until('response.done');
    }
  });
  return mock;
}

const limits = {
  type: 'rate_limits.updated',
  rate_limits: [{ name: 'requests', limit: 100, remaining: 99 }],
};

describe('an event of a script', () => {
  test('comes right after the one that it waits for, as it is written, with an id', async () => {
    const mock = await answered([at('response.created', [limits])]);
    const i = mock.types.indexOf('response.created');
    const { event_id: id, ...sent } = mock.events[i + 1];
    expect(sent).toEqual(limits);
    expect(id).toMatch(/^event_\w{22}$/);
  });

  test('keeps the id that it is given', async () => {
    const mock = await answered([at('response.created', [{ ...limits, event_id: 'mine' }])]);
    expect(mock.only('rate_limits.updated').event_id).toBe('mine');
  });

  test('comes before anything else at "open"', () => {
    expect(new Harness({ events: [at('open', [limits])] }).types).toEqual([
      'rate_limits.updated',
      'session.created',
    ]);
  });

  test('waits for events of the client, too, and comes behind the answer to them', () => {
    const mock = new Harness({ events: [at('input_audio_buffer.clear', [limits])] });
    mock.send({ type: 'input_audio_buffer.clear' });
    expect(mock.types.slice(1)).toEqual(['input_audio_buffer.cleared', 'rate_limits.updated']);
  });

  test('does not follow an event of the client that was refused', () => {
    const mock = new Harness({ events: [at('conversation.item.delete', [limits])] });
    mock.send({ type: 'conversation.item.delete', item_id: 'unknown' });
    expect(mock.types.slice(1)).toEqual(['error']);
  });

  test.each([
    [1, 1, [1]],
    [2, 1, [2]],
    ['every', 3, [1, 2, 3]],
    [4, 0, []],
  ] as const)('at occurrence %s of three comes %i times', async (occurrence, count, which) => {
    const script = at('response.created', [{ type: 'x', response_id: '{response_id}' }], { occurrence });
    const mock = await answered([script], 3);
    const ids = mock.of('response.created').map(({ response }) => response.id);
    expect(mock.of('x')).toHaveLength(count);
    expect(mock.of('x').map((event) => event.response_id)).toEqual(which.map((n) => ids[n - 1]));
  });

  test('comes later by the time given, to the millisecond', async () => {
    const mock = await answered([at('response.created', [limits], { delayMs: 37 })]);
    expect(mock.atMs('rate_limits.updated')).toBe(mock.atMs('response.created') + 37);
  });

  test('comes no more when the session is over', async () => {
    const mock = new Harness({ events: [at('session.created', [limits], { delayMs: 50 })] });
    await mock.run(async () => {
      mock.session.stop();
      await mock.clock.sleep(1000);
    });
    expect(mock.types).toEqual(['session.created']);
  });

  test('is no moment for another one', async () => {
    const mock = await answered([
      at('response.created', [{ type: 'response.audio.done' }]),
      at('response.audio.done', [limits], { occurrence: 2 }),
    ]);
    expect(mock.types).not.toContain('rate_limits.updated');
  });

  test('is not struck by faults, and does not count for them', async () => {
    const faults = [parseFault('drop@response.created')];
    const mock = await answered(
      [at('session.created', [{ type: 'response.created', response: { id: 'other' } }])],
      1,
      { faults },
    );
    expect(mock.of('response.created').map(({ response }) => response.id)).toEqual(['other']);
  });
});

describe('several events of a script', () => {
  test('come in their order, those of one moment in the order of the script', async () => {
    const mock = await answered([
      at('response.created', [{ type: 'a' }, { type: 'b' }]),
      at('response.created', [{ type: 'd' }], { delayMs: 1 }),
      at('response.created', [{ type: 'c' }]),
    ]);
    const from = mock.types.indexOf('response.created') + 1;
    expect(mock.types.slice(from, from + 4)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the names of ids', () => {
  test('stand for the last ones that were sent, anywhere in an event', async () => {
    const send = [
      { type: 'x', deep: [{ of: 'item {item_id} of {response_id}' }], untouched: [1, null, true] },
    ];
    const mock = await answered([at('response.content_part.added', send)]);
    const { response_id: response, item_id: item } = mock.only('response.content_part.added');
    expect(mock.only('x')).toMatchObject({
      deep: [{ of: `item ${item} of ${response}` }],
      untouched: [1, null, true],
    });
  });

  test('follow the items of the user and the calls, from the moment they are announced', async () => {
    const answers = [{ text: '', calls: [{ name: 'f', arguments: '{}' }] }];
    const mock = await answered(
      [at('response.output_item.added', [{ type: 'x', call_id: '{call_id}' }])],
      1,
      { answers },
    );
    expect(mock.only('x').call_id).toBe(mock.only('response.function_call_arguments.done').call_id);
  });

  test('are empty before there is any, and others stay as they are', () => {
    const mock = new Harness({
      events: [at('session.created', [{ type: 'x', a: '{call_id}', b: '{user_id}' }])],
    });
    expect(mock.only('x')).toMatchObject({ a: '', b: '{user_id}' });
  });
});

describe('an item that a script creates', () => {
  const item = {
    id: 'mcpl_1',
    object: 'realtime.item',
    type: 'mcp_list_tools',
    server_label: 'catalogue',
    tools: [],
  };
  const create = at('session.created', [{ type: 'conversation.item.created', previous_item_id: null, item }]);

  test('is part of the conversation: it can be retrieved, deleted, and stands before the next', async () => {
    const mock = await answered([create]);
    expect(mock.of('conversation.item.created')[1].previous_item_id).toBe('mcpl_1');
    mock.send({ type: 'conversation.item.retrieve', item_id: 'mcpl_1' });
    expect(mock.only('conversation.item.retrieved').item).toEqual(item);
    mock.send({ type: 'conversation.item.delete', item_id: 'mcpl_1' });
    expect(mock.only('conversation.item.deleted').item_id).toBe('mcpl_1');
  });

  test('that is created twice is there once', async () => {
    const mock = await answered([create, create]);
    mock.send({ type: 'conversation.item.delete', item_id: 'mcpl_1' });
    mock.send({ type: 'conversation.item.delete', item_id: 'mcpl_1' });
    expect(mock.of('conversation.item.deleted')).toHaveLength(1);
    expect(mock.of('error')).toHaveLength(1);
  });
});

test('the scenario of an MCP tool plays as its comments say', async () => {
  const mock = new Harness(await loadScenario('mcp-approval'));
  await mock.run(async () => {
    mock.send({ type: 'session.update', session: { modalities: ['text', 'audio'] } });
    await mock.until('session.updated');
    mock.send({ type: 'response.create' });
    await mock.until('response.done');
    const approval = { type: 'mcp_approval_response', approval_request_id: 'mcpr_search', approve: true };
    mock.send({ type: 'conversation.item.create', item: approval });
    await mock.until('response.mcp_call.completed');
  });
  const mcp = mock.types.filter((type) => type.includes('mcp'));
  expect(mcp).toEqual([
    'mcp_list_tools.in_progress',
    'mcp_list_tools.completed',
    'response.mcp_call.in_progress',
    'response.mcp_call.completed',
  ]);
  const created = mock.of('conversation.item.created').map(({ item }) => item.type);
  expect(created).toEqual(['mcp_list_tools', 'message', 'mcp_approval_request', 'mcp_approval_response']);
  const request = mock.of('conversation.item.created')[2];
  expect(request.previous_item_id).toBe(mock.only('response.done').response.output[0].id);
});

test('a scripted item with an id that is announced for another is sent, and does not take its place', async () => {
  const item = {
    id: '{item_id}',
    object: 'realtime.item',
    type: 'mcp_list_tools',
    server_label: 'a',
    tools: [],
  };
  const moment = { at: 'input_audio_buffer.speech_started', occurrence: 1, delayMs: 100 } as const;
  const mock = new Harness({
    profile: 'fast',
    events: [{ moment, send: [{ type: 'conversation.item.created', item }] }],
  });
  await mock.run(async () => {
    await mock.speak(joined(silence(300), speech(800)));
    await mock.until('response.done');
  });
  const { item_id: id } = mock.only('input_audio_buffer.speech_started');
  const created = mock.of('conversation.item.created').filter((event) => event.item.id === id);
  expect(created.map((event) => event.item.type)).toEqual(['mcp_list_tools', 'message']);
});
