import { describe, expect, test } from 'vitest';
import { VoiceloopError } from '../../src/errors.ts';
import { type ConnectRequest, connectionFailed, handshakeRefused } from '../../src/stages/connect-error.ts';

// What needs a name server, certificates or a host with several addresses; the rest is tested on real sockets.
const request: ConnectRequest = {
  url: 'wss://contoso.services.ai.azure.com/voice-live/realtime?agent-name=shop&api-version=2026-07-15',
  headers: {},
  where: 'the URL',
  redact: (text) => text.replaceAll('secret', '***'),
};

const systemError = (code: string, message = code) => Object.assign(new Error(message), { code });

describe('connectionFailed', () => {
  test.each([
    ['ENOTFOUND', 'host-not-found', 'the host contoso.services.ai.azure.com is not known'],
    ['EAI_AGAIN', 'host-not-found', 'the host contoso.services.ai.azure.com is not known'],
    ['ECONNREFUSED', 'connection-refused', 'nothing listens at contoso.services.ai.azure.com'],
    ['CERT_HAS_EXPIRED', 'tls-failed', 'no secure connection to contoso.services.ai.azure.com'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed', 'no secure connection to contoso.services.ai.azure.com'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed', 'no secure connection to contoso.services.ai.azure.com'],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'tls-failed',
      'no secure connection to contoso.services.ai.azure.com',
    ],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed', 'no secure connection to contoso.services.ai.azure.com'],
    ['ENETUNREACH', 'connection-failed', 'the connection to contoso.services.ai.azure.com failed'],
    ['ETIMEDOUT', 'connection-failed', 'the connection to contoso.services.ai.azure.com failed'],
  ])('%s becomes %s: %s', (systemCode, code, message) => {
    const cause = systemError(systemCode, `${systemCode} with a secret`);
    const error = connectionFailed(request, cause);
    expect(error).toBeInstanceOf(VoiceloopError);
    expect(error).toMatchObject({ kind: 'service', code, message, where: 'the URL', cause });
    expect(error.reason).toBe(`${systemCode} with a ***`);
  });

  test('where a name has several addresses, the first failure counts', () => {
    const all = new AggregateError([systemError('ECONNREFUSED'), systemError('ENETUNREACH')]);
    expect(connectionFailed(request, all)).toMatchObject({
      code: 'connection-refused',
      reason: 'ECONNREFUSED',
    });
  });

  test('an error without a code is a failed connection', () => {
    expect(connectionFailed(request, new Error('Invalid Upgrade header')).code).toBe('connection-failed');
  });
});

describe('handshakeRefused', () => {
  test('names the agent where one was asked for in place of a model', () => {
    const refusal = { status: 404, body: '', retryAfter: undefined, unixMs: 0 };
    const { hint } = handshakeRefused(request, refusal);
    expect(hint).toContain('agent-name shop, api-version 2026-07-15');
    expect(hint).not.toContain('model');
  });
});
