import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { answer, joined, shape, silence, speech } from '../harness.ts';
import { OpenAiClient } from './client.ts';
import { faultsOf, packageEventTypes } from './package-types.ts';

/** Everything that comes is an event of the package, in its form. */
function expectPackageForm(client: OpenAiClient): void {
  for (const event of client.events)
    expect({ event, faults: faultsOf(event) }).toEqual({ event, faults: [] });
  const ids = client.events.map(({ event_id }) => event_id);
  expect(new Set(ids).size).toBe(ids.length);
}

async function spokenTurn(fields: Partial<Scenario>): Promise<OpenAiClient> {
  const client = new OpenAiClient(fields);
  await client.run(async () => {
    client.ask({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } },
    });
    await client.speak(joined(silence(500), speech(1000)));
    await client.until('response.done');
    await client.clock.sleep(1000);
  });
  expectPackageForm(client);
  return client;
}

const output = [
  'response.output_item.added',
  'conversation.item.added',
  'response.content_part.added',
  'response.output_audio_transcript.delta',
  'response.output_audio.delta',
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.content_part.done',
  'conversation.item.done',
  'response.output_item.done',
  'response.done',
];

/** The order in which types come first. */
function firsts(client: OpenAiClient, from: string): string[] {
  return [...new Set(client.types.slice(client.types.indexOf(from)))];
}

describe('a spoken turn', () => {
  test.each(['native', 'cascaded'] as const)(
    'has the order of events of the service, %s',
    async (pipeline) => {
      const client = await spokenTurn({ pipeline });
      const before = client.types.slice(0, client.types.indexOf('response.created'));
      expect(before.filter((type) => !type.includes('transcription'))).toEqual([
        'session.created',
        'session.updated',
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'input_audio_buffer.committed',
        'conversation.item.added',
        'conversation.item.done',
      ]);
      const answered = client.types.slice(client.types.indexOf('response.created'));
      expect(answered.slice(0, 2)).toEqual(['response.created', 'rate_limits.updated']);
      const seen = new Set(shape(answered.slice(2)).filter((type) => !type.includes('transcription')));
      expect([...seen]).toEqual(output);
      expect(client.of('conversation.item.done')).toHaveLength(2);
    },
  );

  test('has the transcript after its item, and tells what it cost', async () => {
    for (const pipeline of ['native', 'cascaded'] as const) {
      const client = await spokenTurn({ pipeline });
      const completed = client.only('conversation.item.input_audio_transcription.completed');
      const item = client.of('conversation.item.done')[0];
      expect(client.events.indexOf(completed)).toBeGreaterThan(client.events.indexOf(item));
      const { audio_start_ms, item_id } = client.only('input_audio_buffer.speech_started');
      const { audio_end_ms } = client.only('input_audio_buffer.speech_stopped');
      const heardTokens = Math.ceil((audio_end_ms - audio_start_ms) / 100);
      expect(completed).toMatchObject({
        item_id,
        transcript: 'Is it open?',
        usage: {
          type: 'tokens',
          total_tokens: heardTokens + 3,
          input_tokens: heardTokens,
          input_token_details: { text_tokens: 0, audio_tokens: heardTokens },
          output_tokens: 3,
        },
      });
    }
  });

  test.each(['native', 'cascaded'] as const)(
    'ends with an item and a response in the new form, %s',
    async (pipeline) => {
      const client = await spokenTurn({ pipeline });
      const [heard, spoken] = client.of('conversation.item.added');
      expect(heard).toMatchObject({
        previous_item_id: null,
        item: { role: 'user', content: [{ type: 'input_audio' }] },
      });
      expect(spoken).toMatchObject({
        previous_item_id: heard.item.id,
        item: { object: 'realtime.item', role: 'assistant', status: 'in_progress', content: [] },
      });
      const begun = client.only('response.output_item.added').item;
      expect(begun).toEqual(spoken.item);
      const content = [{ type: 'output_audio', transcript: 'It opens at ten, on Sundays too.' }];
      const done = client.only('response.output_item.done').item;
      expect(done).toEqual({ ...begun, status: 'completed', content });
      expect(client.of('conversation.item.done')[1]).toMatchObject({
        previous_item_id: heard.item.id,
        item: done,
      });
      expect(client.only('response.content_part.done').part).toEqual({ ...content[0], type: 'audio' });
      const { response } = client.only('response.done');
      expect(response).toEqual({
        object: 'realtime.response',
        id: expect.stringMatching(/^resp_/),
        status: 'completed',
        status_details: null,
        output: [done],
        conversation_id: expect.stringMatching(/^conv_\w{22}$/),
        output_modalities: ['audio'],
        max_output_tokens: 'inf',
        audio: {
          output: {
            format: { type: 'audio/pcm', rate: 24000 },
            voice: pipeline === 'native' ? 'alloy' : 'en-US-AvaNeural',
          },
        },
        usage: {
          total_tokens: expect.any(Number),
          input_tokens: expect.any(Number),
          output_tokens: expect.any(Number),
          input_token_details: {
            text_tokens: expect.any(Number),
            audio_tokens: expect.any(Number),
            image_tokens: 0,
            cached_tokens: 0,
            cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
          },
          output_token_details: { text_tokens: expect.any(Number), audio_tokens: 40 },
        },
        metadata: null,
      });
      expect(client.only('response.created').response).toEqual({
        ...response,
        status: 'in_progress',
        output: [],
        usage: null,
      });
    },
  );

  test('that the client ends is billed by what it sent', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      client.ask({
        type: 'session.update',
        session: {
          type: 'realtime',
          audio: { input: { turn_detection: null, transcription: { model: 'whisper-1' } } },
        },
      });
      await client.clock.sleep(500);
      await client.speak(silence(300));
      client.ask({ type: 'input_audio_buffer.clear' });
      await client.speak(speech(700));
      client.ask({ type: 'input_audio_buffer.commit' });
      await client.clock.sleep(2000);
      await client.speak(speech(400));
      client.ask({ type: 'input_audio_buffer.commit' });
      await client.clock.sleep(2000);
    });
    expect(client.types.slice(2, 6)).toEqual([
      'input_audio_buffer.cleared',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    const usages = client
      .of('conversation.item.input_audio_transcription.completed')
      .map(({ usage }) => usage);
    expect(usages).toEqual([
      { type: 'duration', seconds: 0.7 },
      { type: 'duration', seconds: 0.4 },
    ]);
    expectPackageForm(client);
  });
});

describe('a turn in text', () => {
  test.each(['native', 'cascaded'] as const)(
    'has the events and the words in all the right places, %s',
    async (pipeline) => {
      const client = new OpenAiClient({ pipeline });
      await client.run(async () => {
        client.ask({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
        await client.clock.sleep(500);
        client.ask({
          type: 'conversation.item.create',
          item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] },
        });
        client.ask({ type: 'response.create' });
        await client.clock.sleep(5000);
      });
      expect(firsts(client, 'conversation.item.added')).toEqual([
        'conversation.item.added',
        'conversation.item.done',
        'response.created',
        'rate_limits.updated',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.done',
      ]);
      const text = 'It opens at ten, on Sundays too.';
      const deltas = client.of('response.output_text.delta').map(({ delta }) => delta);
      expect(deltas.join('')).toBe(text);
      expect(client.only('response.output_text.done').text).toBe(text);
      expect(client.only('response.content_part.added').part).toEqual({ type: 'text', text: '' });
      expect(client.only('response.content_part.done').part).toEqual({ type: 'text', text });
      const { response } = client.only('response.done');
      expect(response).toMatchObject({
        output_modalities: ['text'],
        output: [{ content: [{ type: 'output_text', text }] }],
      });
      expectPackageForm(client);
    },
  );
});

describe('an answer that is cut off', () => {
  test('by the client ends incomplete', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      client.ask({ type: 'response.create' });
      await client.until('response.output_audio.delta');
      const { response } = client.only('response.created');
      client.ask({ type: 'response.cancel', response_id: response.id });
      client.ask({ type: 'response.cancel' });
    });
    const { response } = client.only('response.done');
    expect(response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'client_cancelled' },
      output: [{ status: 'incomplete' }],
    });
    expect(client.only('conversation.item.done').item).toEqual(response.output[0]);
    expect(client.only('error').error.code).toBe('response_cancel_not_active');
    expectPackageForm(client);
  });

  test('by the user can be truncated to what was heard', async () => {
    const client = new OpenAiClient({ answers: [answer('This story is long and has no end.', 6000)] });
    await client.run(async () => {
      client.ask({ type: 'response.create' });
      await client.until('response.output_audio.delta');
      await client.speak(speech(400));
      await client.until('response.done');
      const { item } = client.of('response.output_item.done')[0];
      client.ask({
        type: 'conversation.item.truncate',
        item_id: item.id,
        content_index: 0,
        audio_end_ms: 100,
      });
      client.ask({
        type: 'conversation.item.truncate',
        item_id: item.id,
        content_index: 0,
        audio_end_ms: 60_000,
      });
      client.ask({ type: 'conversation.item.retrieve', item_id: item.id });
    });
    expect(client.of('response.done')[0].response.status_details).toEqual({
      type: 'cancelled',
      reason: 'turn_detected',
    });
    expect(client.only('conversation.item.truncated')).toMatchObject({ content_index: 0, audio_end_ms: 100 });
    expect(client.only('error').error).toMatchObject({ code: 'invalid_value', param: 'audio_end_ms' });
    const { content } = client.only('conversation.item.retrieved').item;
    expect(content).toEqual([{ type: 'output_audio', transcript: expect.not.stringContaining('end') }]);
    expectPackageForm(client);
  });
});

describe('response.create', () => {
  test('is refused while a response runs, and leaves that alone', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      client.ask({ type: 'response.create' });
      client.ask({ type: 'response.create', event_id: 'second' });
      await client.clock.sleep(10_000);
    });
    const { error } = client.only('error');
    expect(error).toMatchObject({ code: 'conversation_already_has_active_response', event_id: 'second' });
    expect(error.message).toContain(client.only('response.created').response.id);
    expect(client.only('response.done').response.status).toBe('completed');
    expectPackageForm(client);
  });

  test('does not commit the audio that waits', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      client.ask({
        type: 'session.update',
        session: { type: 'realtime', audio: { input: { turn_detection: null } } },
      });
      await client.speak(speech(500));
      client.ask({ type: 'response.create' });
      await client.clock.sleep(5000);
    });
    expect(client.of('input_audio_buffer.committed')).toEqual([]);
    expect(client.of('response.done')).toHaveLength(1);
  });

  test('outside the conversation adds nothing to it', async () => {
    const client = new OpenAiClient({ pipeline: 'cascaded' });
    await client.run(async () => {
      client.ask({
        type: 'response.create',
        response: { conversation: 'none', input: [], output_modalities: ['text'] },
      });
      await client.clock.sleep(5000);
    });
    expect(client.types.filter((type) => type.startsWith('conversation.'))).toEqual([]);
    expect(client.only('response.done').response).toMatchObject({
      conversation_id: null,
      status: 'completed',
    });
    expectPackageForm(client);
  });

  test('may be answered with a function call', async () => {
    const calls = [{ name: 'opening_hours', arguments: '{"day":"Sunday"}' }];
    const client = new OpenAiClient({ answers: [{ text: '', calls }] });
    await client.run(async () => {
      client.ask({ type: 'response.create' });
      await client.clock.sleep(5000);
    });
    const call = { type: 'function_call', ...calls[0], status: 'completed' };
    expect(client.only('conversation.item.added').item).toMatchObject({
      status: 'in_progress',
      arguments: '',
    });
    expect(client.only('conversation.item.done').item).toMatchObject(call);
    expect(client.only('response.done').response.output).toMatchObject([call]);
    expectPackageForm(client);
  });

  test('changes for one response what it names', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      client.ask({
        type: 'response.create',
        response: {
          audio: { output: { voice: 'cedar', format: { type: 'audio/pcmu' } } },
          max_output_tokens: 100,
          metadata: { topic: 'opening' },
        },
      });
      await client.clock.sleep(5000);
      client.ask({ type: 'response.create' });
      await client.clock.sleep(5000);
    });
    const [first, second] = client.of('response.created').map(({ response }) => response);
    expect(first).toMatchObject({
      audio: { output: { voice: 'cedar', format: { type: 'audio/pcmu' } } },
      max_output_tokens: 100,
      metadata: { topic: 'opening' },
    });
    expect(second).toMatchObject({
      audio: { output: { voice: 'alloy', format: { type: 'audio/pcm', rate: 24000 } } },
      max_output_tokens: 'inf',
      metadata: null,
    });
    expectPackageForm(client);
  });
});

describe('rate_limits.updated', () => {
  test('comes with each response and counts down by what the ones before have cost', async () => {
    const client = new OpenAiClient();
    await client.run(async () => {
      for (let i = 0; i < 3; i++) {
        client.ask({ type: 'response.create' });
        await client.clock.sleep(10_000);
      }
    });
    const costs = client.of('response.done').map(({ response }) => response.usage.total_tokens);
    const limits = client.of('rate_limits.updated').map(({ rate_limits }) => rate_limits);
    expect(limits).toHaveLength(3);
    expect(limits[0]).toEqual([
      { name: 'requests', limit: 1000, remaining: 999, reset_seconds: 0.06 },
      { name: 'tokens', limit: 200_000, remaining: 200_000, reset_seconds: 0 },
    ]);
    expect(limits[2][0].remaining).toBe(997);
    expect(limits[2][1].remaining).toBe(200_000 - costs[0] - costs[1]);
    expect(limits[2][1].reset_seconds).toBeGreaterThan(limits[1][1].reset_seconds);
  });
});

describe('the check against the package’s types', () => {
  test('knows the events and finds what is wrong', () => {
    expect(packageEventTypes).toHaveLength(46);
    const delta = {
      type: 'response.output_audio.delta',
      event_id: 'event_1',
      response_id: 'resp_1',
      item_id: 'item_1',
      output_index: 0,
      content_index: 0,
      delta: 'AAAA',
    };
    expect(faultsOf(delta)).toEqual([]);
    const { delta: _, ...without } = delta;
    expect(faultsOf(without)).toEqual([' lacks delta']);
    expect(faultsOf({ ...delta, output_index: '0' })).toEqual(['output_index is no number']);
    expect(faultsOf({ ...delta, type: 'response.audio.delta' })).toEqual([
      'there is no event response.audio.delta',
    ]);
    const created = (session: object) =>
      faultsOf({ type: 'session.created', event_id: 'a', session } as never);
    expect(created({ type: 'realtime', audio: { input: { format: { type: 'audio/opus' } } } })).toEqual([
      "session.audio.input.format.type is not 'audio/pcm'",
    ]);
    expect(created({ type: 'realtime', voice: 'alloy' })).toEqual(['session.voice is unknown']);
    const item = { type: 'message', role: 'assistant', content: [{ type: 'audio', transcript: '' }] };
    expect(faultsOf({ type: 'conversation.item.added', event_id: 'a', item } as never)).toHaveLength(1);
  });
});
