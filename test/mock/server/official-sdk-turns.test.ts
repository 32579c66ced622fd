/** The official SDK of Voice Live, unchanged, holds whole conversations with the mock. */
import { describe, expect, test } from 'vitest';
import { quantised, samplesOf } from '../harness.ts';
import { closeAfterEach, connected, expectNothingDropped, mockOf } from './sdk-setup.ts';
import { spoken, utterance } from './sdk-speech.ts';

closeAfterEach();

describe('the official SDK', () => {
  test('speaks, and gets the answer whole', async () => {
    const question = 'When does the library open on Sunday?';
    const mock = await mockOf('library', {}, { transcript: () => question });
    const client = await connected(mock);
    await client.speak(await utterance());
    const { response } = await client.next('onResponseDone');
    expect(response).toMatchObject({ status: 'completed', output: [{ type: 'message', role: 'assistant' }] });
    expect(response.usage?.outputTokens).toBeGreaterThan(0);
    const [answer] = mock.scenario.answers;
    const heard = await client.next('onConversationItemInputAudioTranscriptionCompleted');
    expect(heard.transcript).toBe(question);
    expect((await client.next('onResponseAudioTranscriptDone')).transcript).toBe(answer?.text);
    const words = client.all('onResponseAudioTranscriptDelta').map(({ delta }) => delta);
    expect(words.join('')).toBe(answer?.text);
    const audio = spoken(client.all('onResponseAudioDelta').map(({ delta }) => delta));
    expect(audio).toEqual(quantised(samplesOf(answer)));
    const started = await client.next('onInputAudioBufferSpeechStarted');
    const stopped = await client.next('onInputAudioBufferSpeechStopped');
    expect(stopped.itemId).toBe(started.itemId);
    expect(stopped.audioEndInMs).toBeGreaterThan(started.audioStartInMs);
    await expectNothingDropped(client);
  });

  test('interrupts an answer and cuts off what was not heard', async () => {
    const mock = await mockOf('long-answer', { profile: 'typical' });
    const client = await connected(mock);
    const words = await utterance();
    await client.speak(words);
    const { itemId } = await client.next('onResponseAudioDelta');
    await client.speak(words);
    const { response } = await client.next('onResponseDone');
    expect(response).toMatchObject({
      status: 'cancelled',
      statusDetails: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ id: itemId, status: 'incomplete' }],
    });
    const audio = spoken(client.all('onResponseAudioDelta').map(({ delta }) => delta));
    const whole = quantised(samplesOf(mock.scenario.answers[0]));
    expect(audio.length).toBeLessThan(whole.length);
    expect(audio).toEqual(whole.subarray(0, audio.length));
    await client.session.sendEvent({
      type: 'conversation.item.truncate',
      itemId,
      contentIndex: 0,
      audioEndInMs: 40,
    });
    const truncated = await client.next('onConversationItemTruncated');
    expect(truncated).toMatchObject({ itemId, contentIndex: 0, audioEndInMs: 40 });
    expect((await client.next('onResponseDone')).response.status).toBe('completed');
    expect(client.all('onServerError')).toEqual([]);
    await expectNothingDropped(client);
  });

  test('calls functions and hears the answer that their outputs lead to', async () => {
    const mock = await mockOf('function-call');
    const client = await connected(mock);
    const parameters = { type: 'object', properties: { title: { type: 'string' } } };
    await client.update({
      tools: ['find_loan', 'renew_loan'].map((name) => ({
        type: 'function',
        name,
        description: name,
        parameters,
      })),
    });
    expect((await client.next('onResponseAudioTranscriptDone')).transcript).toBe(
      mock.scenario.greeting?.text,
    );
    await client.next('onResponseDone');

    await client.speak(await utterance());
    const loan = await client.next('onResponseFunctionCallArgumentsDone');
    expect(loan.name).toBe('find_loan');
    expect(JSON.parse(loan.arguments)).toEqual({ title: 'The Sea', branch: 3 });
    const pieces = client
      .all('onResponseFunctionCallArgumentsDelta')
      .filter(({ callId }) => callId === loan.callId);
    expect(pieces.map(({ delta }) => delta).join('')).toBe(loan.arguments);
    const renewal = await client.next('onResponseFunctionCallArgumentsDone');
    const { response } = await client.next('onResponseDone');
    expect(response.output).toMatchObject([
      { type: 'function_call', name: 'find_loan', callId: loan.callId, arguments: loan.arguments },
      { type: 'function_call', name: 'renew_loan', callId: renewal.callId },
    ]);

    for (const { callId } of [loan, renewal]) {
      const output = JSON.stringify({ due: '9 May' });
      await client.session.addConversationItem({ type: 'function_call_output', callId, output });
    }
    await client.session.sendEvent({ type: 'response.create' });
    const answer = mock.scenario.answers[0]?.afterCalls;
    expect((await client.next('onResponseAudioTranscriptDone')).transcript).toBe(answer?.text);
    const done = await client.next('onResponseDone');
    const responseId = done.response.id;
    const audio = client.all('onResponseAudioDelta').filter((delta) => delta.responseId === responseId);
    expect(spoken(audio.map(({ delta }) => delta))).toEqual(quantised(samplesOf(answer)));
    await expectNothingDropped(client);
  });

  test('types, and reads the answer', async () => {
    const mock = await mockOf('library');
    const client = await connected(mock);
    await client.update({ modalities: ['text'] });
    const content = [{ type: 'input_text', text: 'When do you open?' }];
    await client.session.addConversationItem({ type: 'message', role: 'user', content });
    await client.session.sendEvent({ type: 'response.create' });
    const text = mock.scenario.answers[0]?.text;
    expect((await client.next('onResponseTextDone')).text).toBe(text);
    const deltas = client.all('onResponseTextDelta').map(({ delta }) => delta);
    expect(deltas.join('')).toBe(text);
    const { response } = await client.next('onResponseDone');
    expect(response).toMatchObject({ status: 'completed', output: [{ content: [{ type: 'text', text }] }] });
    const { item } = await client.next('onConversationItemCreated');
    expect(item).toMatchObject({
      role: 'user',
      content: [{ type: 'input_text', text: 'When do you open?' }],
    });
    expect(client.all('onResponseAudioDelta')).toEqual([]);
    await expectNothingDropped(client);
  });

  test('has a greeting of its own spoken', async () => {
    const client = await connected(await mockOf('library'));
    const text = 'Good morning, this is the library.';
    await client.session.sendEvent({
      type: 'response.create',
      response: {
        preGeneratedAssistantMessage: {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'text', text }],
        },
      },
    });
    expect((await client.next('onResponseAudioTranscriptDone')).transcript).toBe(text);
    expect((await client.next('onResponseDone')).response.status).toBe('completed');
    expect(client.all('onResponseAudioDelta')).not.toEqual([]);
    await expectNothingDropped(client);
  });

  test('is told when each word is spoken', async () => {
    const mock = await mockOf('library');
    const client = await connected(mock);
    const { session } = await client.update({ outputAudioTimestampTypes: ['word'] });
    expect(session.outputAudioTimestampTypes).toEqual(['word']);
    await client.session.sendEvent({ type: 'response.create' });
    await client.next('onResponseDone');
    const words = client.all('onResponseAudioTimestampDelta');
    expect(words.map(({ text }) => text)).toEqual(mock.scenario.answers[0]?.text.split(' '));
    expect(new Set(words.map(({ timestampType }) => timestampType))).toEqual(new Set(['word']));
    const offsetsMs = words.map(({ audioOffsetInMs }) => audioOffsetInMs);
    expect(offsetsMs).toEqual(offsetsMs.toSorted((a, b) => a - b));
    expect(client.all('onResponseAudioTimestampDone')).toHaveLength(1);
    await expectNothingDropped(client);
  });

  test('sees the tools of an MCP server as a scenario plays them', async () => {
    const client = await connected(await mockOf('mcp-approval'));
    await client.update({ instructions: 'Be brief.' });
    expect((await client.next('onMcpListToolsCompleted')).itemId).toBe('mcpl_catalogue');
    const { item } = await client.next('onConversationItemCreated');
    expect(item).toMatchObject({
      type: 'mcp_list_tools',
      serverLabel: 'catalogue',
      tools: [{ name: 'search' }],
    });
    await client.session.sendEvent({ type: 'response.create' });
    await client.next('onResponseDone');
    expect(client.all('onConversationItemCreated').at(-1)?.item).toMatchObject({
      type: 'mcp_approval_request',
    });
    await client.session.addConversationItem({
      type: 'mcp_approval_response',
      approvalRequestId: 'mcpr_search',
      approve: true,
    });
    await client.next('onResponseMcpCallCompleted');
    await expectNothingDropped(client);
  });

  test('knows every event of the native pipeline but the one that the service sends beyond it', async () => {
    const client = await connected(await mockOf('native'), { key: 'any' }, { model: 'gpt-realtime' });
    await client.update({ inputAudioTranscription: { model: 'whisper-1' } });
    await client.speak(await utterance());
    await client.next('onResponseDone');
    const { sent, delivered, typed, handlers } = await client.account();
    const dropped = sent.filter((event) => !delivered.includes(event));
    expect(new Set(dropped.map((event) => event.split(' ')[0]))).toEqual(new Set(['conversation.item.done']));
    expect(delivered).toEqual(sent.filter((event) => !dropped.includes(event)));
    expect(typed).toEqual(handlers);
  });
});
