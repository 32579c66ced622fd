/** The realtime clients of the package `openai`, unchanged, hold whole conversations with the mock. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { quantised, samplesOf } from '../harness.ts';
import { type WatchedMock, watchedMock } from '../server/sdk-mock.ts';
import { spoken, utterance } from '../server/sdk-speech.ts';
import { OpenAiPackageClient, ways } from './sdk-openai.ts';
import { trust } from './sdk-trust.ts';

const ending: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** The package connects over TLS and in no other way. */
async function mockOf(
  name: string,
  changes: Partial<Scenario> = {},
  log: (line: string) => void = () => {},
): Promise<WatchedMock> {
  const mock = await watchedMock(
    name,
    { pipeline: 'native', ...changes },
    { tls: true, key: 'secret', transcript: () => 'When do you open?', log },
  );
  ending.push(() => mock.server.close());
  return mock;
}

async function connected(mock: WatchedMock, way?: string): Promise<OpenAiPackageClient> {
  const client = await OpenAiPackageClient.open(mock, way, 'secret');
  ending.push(() => client.connection.close());
  await client.next('session.created');
  return client;
}

async function expectNothingDropped(client: OpenAiPackageClient): Promise<void> {
  const { sent, delivered, typed, faults } = await client.account();
  expect(delivered).toEqual(sent);
  expect(typed).toEqual(delivered.map((event) => (event as { type: string }).type));
  expect(faults).toEqual([]);
}

describe('the package openai', () => {
  test.each(Object.keys(ways))('connects, types, and says goodbye: %s', async (way) => {
    const mock = await mockOf('native');
    ending.push(trust(mock.server.certificate ?? ''));
    const client = await connected(mock, way);
    expect(client.all('session.created')[0]?.session).toMatchObject({
      type: 'realtime',
      output_modalities: ['audio'],
    });
    expect(mock.server.sessions[0]).toMatchObject({ dialect: 'openai', model: 'gpt-realtime' });
    client.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
    await client.next('session.updated');
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'When do you open?' }] },
    });
    client.send({ type: 'response.create' });
    const text = mock.scenario.answers[0]?.text;
    expect((await client.next('response.output_text.done')).text).toBe(text);
    const { response } = await client.next('response.done');
    expect(response).toMatchObject({
      status: 'completed',
      output: [{ content: [{ type: 'output_text', text }] }],
    });
    const deltas = client.all('response.output_text.delta').map(({ delta }) => delta);
    expect(deltas.join('')).toBe(text);
    expect(client.all('response.output_audio.delta')).toEqual([]);
    await expectNothingDropped(client);
    client.connection.close();
    expect(await client.closed()).toBe(1000);
  });

  test.each(Object.keys(ways))('is refused with a wrong key: %s', async (way) => {
    const lines: string[] = [];
    const mock = await mockOf('native', {}, (line) => lines.push(line));
    ending.push(trust(mock.server.certificate ?? ''));
    const client = await OpenAiPackageClient.open(mock, way, 'wrong');
    await client.nextError();
    expect(client.all('session.created')).toEqual([]);
    // Node's own WebSocket asks a second time.
    for (const line of lines) expect(line).toContain('refused a connection: 401');
    expect(lines).not.toEqual([]);
  });

  test('updates the session and hears what is in force', async () => {
    const client = await connected(await mockOf('native'));
    const input = {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: { model: 'gpt-4o-transcribe' },
      noise_reduction: { type: 'near_field' },
      turn_detection: {
        type: 'server_vad',
        threshold: 0.4,
        silence_duration_ms: 300,
        prefix_padding_ms: 200,
      },
    } as const;
    const output = { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' } as const;
    const session = {
      type: 'realtime',
      instructions: 'Be brief.',
      audio: { input, output },
      tools: [
        { type: 'function', name: 'find_loan', description: 'Finds a loan.', parameters: { type: 'object' } },
      ],
    } as const;
    client.send({ type: 'session.update', session: { ...session, tools: [...session.tools] } });
    expect((await client.next('session.updated')).session).toMatchObject(session);
    await expectNothingDropped(client);
  });

  test.each(['native', 'cascaded'] as const)('speaks, and gets the answer whole, %s', async (pipeline) => {
    const mock = await mockOf('native', { pipeline });
    const client = await connected(mock);
    client.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { transcription: { model: 'whisper-1' } } } },
    });
    await client.next('session.updated');
    await client.speak(await utterance());
    const heard = await client.next('conversation.item.input_audio_transcription.completed');
    expect(heard.transcript).toBe('When do you open?');
    const { response } = await client.next('response.done');
    const [answer] = mock.scenario.answers;
    expect(response).toMatchObject({
      status: 'completed',
      output: [{ role: 'assistant', content: [{ type: 'output_audio', transcript: answer?.text }] }],
    });
    expect((await client.next('response.output_audio_transcript.done')).transcript).toBe(answer?.text);
    expect(spoken(client.audio)).toEqual(quantised(samplesOf(answer)));
    await expectNothingDropped(client);
  });

  test('interrupts an answer and cuts off what was not heard', async () => {
    const mock = await mockOf('long-answer', { profile: 'typical' });
    const client = await connected(mock);
    const words = await utterance();
    await client.speak(words);
    const { item_id } = await client.next('response.output_audio.delta');
    await client.speak(words);
    const { response } = await client.next('response.done');
    expect(response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ id: item_id, status: 'incomplete' }],
    });
    const audio = spoken(client.audio);
    const whole = quantised(samplesOf(mock.scenario.answers[0]));
    expect(audio.length).toBeLessThan(whole.length);
    expect(audio).toEqual(whole.subarray(0, audio.length));
    client.send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 40 });
    expect(await client.next('conversation.item.truncated')).toMatchObject({ item_id, audio_end_ms: 40 });
    expect((await client.next('response.done')).response.status).toBe('completed');
    expect(client.errors).toEqual([]);
    await expectNothingDropped(client);
  });

  test('calls functions and hears the answer that their outputs lead to', async () => {
    const mock = await mockOf('function-call');
    const client = await connected(mock);
    const parameters = { type: 'object', properties: { title: { type: 'string' } } };
    const tools = ['find_loan', 'renew_loan'].map(
      (name) => ({ type: 'function', name, parameters }) as const,
    );
    client.send({ type: 'session.update', session: { type: 'realtime', tools } });
    expect((await client.next('response.output_audio_transcript.done')).transcript).toBe(
      mock.scenario.greeting?.text,
    );
    await client.next('response.done');

    await client.speak(await utterance());
    const loan = await client.next('response.function_call_arguments.done');
    expect(JSON.parse(loan.arguments)).toEqual({ title: 'The Sea', branch: 3 });
    const pieces = client
      .all('response.function_call_arguments.delta')
      .filter((each) => each.call_id === loan.call_id);
    expect(pieces.map(({ delta }) => delta).join('')).toBe(loan.arguments);
    const renewal = await client.next('response.function_call_arguments.done');
    const { response } = await client.next('response.done');
    expect(response.output).toMatchObject([
      { type: 'function_call', name: 'find_loan', call_id: loan.call_id, arguments: loan.arguments },
      { type: 'function_call', name: 'renew_loan', call_id: renewal.call_id },
    ]);

    for (const { call_id } of [loan, renewal]) {
      const output = JSON.stringify({ due: '9 May' });
      client.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id, output },
      });
    }
    client.send({ type: 'response.create' });
    const answer = mock.scenario.answers[0]?.afterCalls;
    expect((await client.next('response.output_audio_transcript.done')).transcript).toBe(answer?.text);
    await client.next('response.done');
    await expectNothingDropped(client);
  });

  test('is told what was wrong, and goes on', async () => {
    const client = await connected(await mockOf('native'));
    const turn_detection = { type: 'server_vad', threshold: 7 } as const;
    client.send({
      type: 'session.update',
      event_id: 'mine',
      session: { type: 'realtime', audio: { input: { turn_detection } } },
    });
    const refused = await client.nextError();
    expect(refused.error).toMatchObject({
      type: 'invalid_request_error',
      param: 'session.audio.input.turn_detection.threshold',
      event_id: 'mine',
    });
    client.send({ type: 'response.cancel' });
    expect((await client.nextError()).error?.code).toBe('response_cancel_not_active');
    client.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Go on.' } });
    expect((await client.next('session.updated')).session).toMatchObject({ instructions: 'Go on.' });
    await expectNothingDropped(client);
  });

  test('is told that the mock goes away', async () => {
    const mock = await mockOf('native');
    const client = await connected(mock);
    await mock.server.close();
    expect(await client.closed()).toBe(1001);
  });
});
