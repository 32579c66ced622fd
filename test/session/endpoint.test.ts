import { describe, expect, test } from 'vitest';
import { VoiceloopError } from '../../src/errors.ts';
import { ECHO_REFERENCE_FEATURE, realtimeUrl } from '../../src/session/endpoint.ts';

const canary = 'CANARYkeyCANARYkeyCANARYkeyCANARY';

function failure(endpoint: string): VoiceloopError {
  try {
    realtimeUrl({ endpoint, model: 'gpt-realtime' });
  } catch (error) {
    if (error instanceof VoiceloopError) return error;
    throw error;
  }
  throw new Error(`${endpoint} was accepted`);
}

describe('the address of a session', () => {
  test.each([
    ['https://contoso.services.ai.azure.com', 'wss://contoso.services.ai.azure.com/voice-live/realtime'],
    ['https://contoso.services.ai.azure.com//', 'wss://contoso.services.ai.azure.com/voice-live/realtime'],
    ['https://gateway.example/speech/', 'wss://gateway.example/speech/voice-live/realtime'],
    ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/voice-live/realtime'],
    ['http://localhost:8080/', 'ws://localhost:8080/voice-live/realtime'],
    ['http://[::1]:8080', 'ws://[::1]:8080/voice-live/realtime'],
  ])('is made of %s', (endpoint, address) => {
    const url = realtimeUrl({ endpoint, model: 'gpt-realtime' });
    expect(url.href).toBe(`${address}?api-version=2026-07-15&model=gpt-realtime`);
  });

  test('escapes what stands in the query', () => {
    const url = realtimeUrl({ endpoint: 'https://a.example', model: 'a&b=c', apiVersion: '2025-10-01' });
    expect(url.search).toBe('?api-version=2025-10-01&model=a%26b%3Dc');
  });

  test('names an agent instead of a model', () => {
    const agent = { name: 'clerk', project: 'library' };
    const url = realtimeUrl({ endpoint: 'https://a.example', model: 'gpt-realtime', agent });
    expect([...url.searchParams.keys()]).toEqual(['api-version', 'agent-name', 'agent-project-name']);
  });

  test('names a version and an earlier conversation of the agent', () => {
    const agent = { name: 'clerk', project: 'library', version: '3', conversationId: 'conv_1' };
    const { search } = realtimeUrl({ endpoint: 'https://a.example', agent });
    expect(search).toBe(
      '?api-version=2026-07-15&agent-name=clerk&agent-project-name=library&agent-version=3&conversation-id=conv_1',
    );
  });

  test('names the features that are wanted', () => {
    const features = [ECHO_REFERENCE_FEATURE];
    const url = realtimeUrl({ endpoint: 'https://a.example', model: 'gpt-realtime', features });
    expect(url.searchParams.get('features')).toBe('client_ec_reference:true');
  });

  test('needs a model or an agent', () => {
    expect(() => realtimeUrl({ endpoint: 'https://a.example' })).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'model-missing' }),
    );
  });
});

describe('a wrong endpoint', () => {
  test.each([
    ['', 'set AZURE_VOICE_LIVE_ENDPOINT'],
    ['contoso.services.ai.azure.com', 'write https://contoso.services.ai.azure.com'],
    ['ftp://contoso.example', 'write it like https://<resource>.services.ai.azure.com'],
    ['contoso.example:443', 'write it like https://<resource>.services.ai.azure.com'],
    ['http://contoso.example', 'write https://contoso.example'],
    ['http://127.0.0.1.evil.example', 'write https://127.0.0.1.evil.example'],
    ['https://a.example/?x=1', 'write only https://a.example/'],
  ])('%j is refused with the right way', (endpoint, hint) => {
    expect(failure(endpoint)).toMatchObject({ kind: 'usage', code: 'endpoint-invalid', hint });
  });

  test.each([
    canary,
    `https://user:${canary}@a.example`,
    `https://a.example/?api-key=${canary}`,
    `wss://a.example/?api-key=${canary}`,
    `a.example?api-key=${canary}`,
    `${canary}:443`,
  ])('never shows a key that was put into it: %#', (endpoint) => {
    const { message, hint, reason, where } = failure(endpoint);
    expect(JSON.stringify({ message, hint, reason, where }).toLowerCase()).not.toContain('canary');
  });
});
