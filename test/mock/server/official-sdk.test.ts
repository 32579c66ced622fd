/** The official SDK of Voice Live, unchanged, comes to the mock, sets its session up, and goes. */
import { VoiceLiveConnectionError } from '@azure/ai-voicelive';
import { describe, expect, test } from 'vitest';
import { closeAfterEach, connected, expectNothingDropped, mockOf } from './sdk-setup.ts';

closeAfterEach();

describe('the official SDK', () => {
  test('connects and is greeted', async () => {
    const mock = await mockOf('library');
    const client = await connected(mock);
    const { session } = await client.next('onSessionCreated');
    expect(session).toMatchObject({ model: 'gpt-4o', voice: { type: 'azure-standard' } });
    expect(session.id).toBe(client.session.sessionId);
    expect(client.all('onConnected')).toHaveLength(1);
    expect(mock.server.sessions[0]).toMatchObject({
      dialect: 'voice-live',
      model: 'gpt-4o',
      apiVersion: '2026-07-15',
    });
    await expectNothingDropped(client);
  });

  test('shows a key, or a token', async () => {
    const mock = await mockOf('library', {}, { key: 'secret' });
    await (await connected(mock, { key: 'secret' })).next('onSessionCreated');
    const getToken = async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 });
    await (await connected(mock, { getToken })).next('onSessionCreated');
    expect(mock.server.sessions).toHaveLength(2);
  });

  test('is refused with a wrong key', async () => {
    const lines: string[] = [];
    const mock = await mockOf('library', {}, { key: 'secret', log: (line) => lines.push(line) });
    await expect(connected(mock, { key: 'wrong' })).rejects.toBeInstanceOf(VoiceLiveConnectionError);
    expect(lines).toEqual([expect.stringContaining('refused a connection: 401')]);
  });

  test('talks to an agent instead of a model', async () => {
    const mock = await mockOf('library');
    const agent = { agentName: 'desk', projectName: 'library' };
    const client = await connected(mock, { key: 'any' }, { agent });
    await client.next('onSessionCreated');
    await expectNothingDropped(client);
  });

  test('updates the session and hears what is in force', async () => {
    const client = await connected(await mockOf('library'));
    const { session } = await client.update({
      instructions: 'Be brief.',
      voice: { type: 'azure-standard', name: 'en-GB-SoniaNeural', rate: '1.1' },
      turnDetection: { type: 'azure_semantic_vad', silenceDurationInMs: 300, removeFillerWords: true },
      inputAudioNoiseReduction: { type: 'azure_deep_noise_suppression' },
      inputAudioEchoCancellation: { type: 'server_echo_cancellation' },
      tools: [
        { type: 'function', name: 'find_loan', description: 'Finds a loan.', parameters: { type: 'object' } },
      ],
    });
    expect(session).toMatchObject({
      model: 'gpt-4o',
      instructions: 'Be brief.',
      voice: { type: 'azure-standard', name: 'en-GB-SoniaNeural', rate: '1.1' },
      turnDetection: { type: 'azure_semantic_vad', silenceDurationInMs: 300, removeFillerWords: true },
      inputAudioNoiseReduction: { type: 'azure_deep_noise_suppression' },
      inputAudioEchoCancellation: { type: 'server_echo_cancellation' },
      inputAudioFormat: 'pcm16',
      tools: [{ type: 'function', name: 'find_loan' }],
    });
    await expectNothingDropped(client);
  });

  test('looks items of the conversation up, and deletes them', async () => {
    const client = await connected(await mockOf('library'));
    await client.session.addConversationItem({
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'Forget this.' }],
    });
    const itemId = (await client.next('onConversationItemCreated')).item?.id ?? '';
    await client.session.sendEvent({ type: 'conversation.item.retrieve', itemId });
    expect((await client.next('onConversationItemRetrieved')).item).toMatchObject({
      id: itemId,
      role: 'user',
    });
    await client.session.sendEvent({ type: 'conversation.item.delete', itemId });
    expect((await client.next('onConversationItemDeleted')).itemId).toBe(itemId);
    await expectNothingDropped(client);
  });

  test('is told what was wrong with an update, and goes on', async () => {
    const mock = await mockOf('library');
    const client = await connected(mock);
    await client.session.updateSession({ turnDetection: { type: 'server_vad', threshold: 7 } });
    const { error } = await client.next('onServerError');
    const refused = mock.received.find(({ type }) => type === 'session.update');
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      param: 'session.turn_detection.threshold',
      eventId: refused.event_id,
    });
    await client.session.sendEvent({ type: 'response.cancel' });
    expect((await client.next('onServerError')).error.code).toBe('response_cancel_not_active');
    expect((await client.update({ instructions: 'Go on.' })).session.instructions).toBe('Go on.');
    expect(client.all('onSessionUpdated')).toHaveLength(1);
    await expectNothingDropped(client);
  });

  test('says goodbye in the way of the protocol', async () => {
    const closed = Promise.withResolvers<string>();
    const mock = await mockOf(
      'library',
      {},
      { log: (line) => line.includes('closed') && closed.resolve(line) },
    );
    const client = await connected(mock);
    await client.next('onSessionCreated');
    await client.session.disconnect();
    expect(await closed.promise).toBe('session-1 closed with code 1000');
    expect(mock.server.sessions[0]?.closed?.code).toBe(1000);
  });

  test('is told that the mock goes away', async () => {
    const mock = await mockOf('library');
    const client = await connected(mock);
    await client.next('onSessionCreated');
    await mock.server.close();
    await client.next('onDisconnected');
    expect((await client.next('onError')).error).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(client.session.isConnected).toBe(false);
  });
});
