import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSecretName, redactText, redactUrl, secretsOf } from '../../src/protocol/redact.ts';

const canary = 'cAnArY0123456789-.~/+==';
const encoded = encodeURIComponent(canary);

describe('redactUrl', () => {
  test.each([
    `wss://h/p?api-key=${encoded}&model=m`,
    `wss://h/p?model=m&API-Key=${encoded}`,
    `wss://h/p?api%2Dkey=${encoded}`,
    `wss://h/p?api_key=${encoded}`,
    `wss://h/p?Authorization=Bearer%20${encoded}`,
    `wss://h/p?h-authorization=Bearer+${encoded}#x`,
    `wss://h/p?agent-access-token=${encoded}`,
    `wss://user:${encoded}@h/p?model=m`,
    `not a URL?api-key=${canary}`,
  ])('shows nothing secret of %s', (url) => {
    const shown = redactUrl(url);
    expect(shown).toContain('***');
    expect(decodeURIComponent(shown)).not.toContain('cAnArY');
  });

  test('leaves what is not secret as it was written', () => {
    const url = 'wss://h:8443/voice-live/realtime?api-version=2026-07-15&model=gpt%204o&agent-name=a@b#part';
    expect(redactUrl(url)).toBe(url);
  });

  test('no parameter of a secret name gets through, whatever stands around it', () => {
    const name = fc.constantFrom(
      'api-key',
      'API-KEY',
      'Authorization',
      'agent-access-token',
      'Agent-Access-Token',
    );
    const others = fc.array(fc.tuple(fc.webQueryParameters(), fc.constant('&')), { maxLength: 3 });
    fc.assert(
      fc.property(name, others, others, (secretName, before, after) => {
        const url = `wss://host/path?${before.flat().join('')}${secretName}=${encoded}&${after.flat().join('')}`;
        expect(redactUrl(url)).not.toContain('cAnArY');
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('redactText', () => {
  test.each([
    `api-key: ${canary}`,
    `{"api-key":"${canary}"}`,
    `'Api_Key' = '${canary}'`,
    `AUTHORIZATION: Bearer ${canary}, other: 1`,
    `the header was "Bearer ${canary}"`,
    `GET wss://h/p?model=m&agent-access-token=${encoded} failed`,
    `Authorization=Bearer%20${encoded}`,
  ])('hides a credential that its name gives away: %s', (text) => {
    expect(redactText(text)).toContain('***');
    expect(redactText(text)).not.toContain('cAnArY');
  });

  test('hides given credentials wherever they stand, plain or encoded', () => {
    const text = `key ${canary} is wrong, so is ${encoded}, and ${JSON.stringify({ said: canary })}`;
    expect(redactText(text, [canary])).toBe('key *** is wrong, so is ***, and {"said":"***"}');
  });

  test('hides a credential that begins like another one as a whole', () => {
    expect(redactText('abcdef abc', ['abc', 'abcdef'])).toBe('*** ***');
  });

  test('an empty credential hides nothing', () => {
    expect(redactText('all of this stays', [''])).toBe('all of this stays');
  });

  test('a sentence about a bearer token stays readable', () => {
    const sentence = 'A bearer token is needed; the authorization header is missing.';
    expect(redactText(sentence)).toBe(sentence);
  });

  test('whatever a URL and headers hold is found in any text', () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
      .filter((text) => text.trim().length > 7);
    fc.assert(
      fc.property(secret, secret, fc.string(), (key, token, noise) => {
        const url = `wss://h/p?model=m&agent-access-token=${encodeURIComponent(key)}`;
        const secrets = secretsOf(url, { Authorization: `Bearer ${token}`, 'x-ms-client-request-id': '1' });
        const shown = redactText(`${noise}${key}${noise}${token}${noise}`, secrets);
        expect(shown.includes(key) && !noise.includes(key)).toBe(false);
        expect(shown.includes(token) && !noise.includes(token)).toBe(false);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('secretsOf', () => {
  test('finds nothing where nothing is secret', () => {
    const secrets = secretsOf('wss://h/p?model=m', { 'user-agent': 'voiceloop' });
    expect(secrets.filter((secret) => secret !== '')).toEqual([]);
  });
});

describe('isSecretName', () => {
  test.each(['Api-Key', 'AUTHORIZATION', 'agent_access_token', 'h-api-key', 'Ocp-Apim-Subscription-Key'])(
    'knows %s',
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );

  test.each(['api-version', 'model', 'key', 'client-request-id'])('leaves %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});
