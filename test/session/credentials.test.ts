import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VoiceloopError } from '../../src/errors.ts';
import { authHeaders, entraCredential } from '../../src/session/credentials.ts';

describe('a key', () => {
  test('travels in its header', async () => {
    expect(await authHeaders({ kind: 'key', key: 'abc' })).toEqual({ 'api-key': 'abc' });
  });

  test.each(['', 'CANARY\n', 'CANARY key', 'CANARY\u0000', 'CANARYé', ' CANARY'])(
    '%j is refused without being shown',
    async (key) => {
      const error: VoiceloopError = await authHeaders({ kind: 'key', key }).then(
        () => Promise.reject(new Error('accepted')),
        (error) => error,
      );
      expect(error).toMatchObject({ kind: 'usage', code: 'key-invalid' });
      expect(inspect(error, { depth: null })).not.toContain('CANARY');
    },
  );
});

describe('an identity', () => {
  test('is asked for a token at each dial', async () => {
    let tokens = 0;
    const credential = { kind: 'entra', getToken: async () => `token-${++tokens}` } as const;
    expect(await authHeaders(credential)).toEqual({ Authorization: 'Bearer token-1' });
    expect(await authHeaders(credential)).toEqual({ Authorization: 'Bearer token-2' });
  });

  describe.skipIf(process.platform === 'win32')('of the Azure CLI', () => {
    let folder: string;
    const saved = { path: process.env['PATH'], only: process.env['AZURE_TOKEN_CREDENTIALS'] };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'voiceloop-az-'));
      process.env['PATH'] = `${folder}${delimiter}${saved.path ?? ''}`;
      process.env['AZURE_TOKEN_CREDENTIALS'] = 'AzureCliCredential';
    });

    afterEach(() => {
      rmSync(folder, { recursive: true });
      process.env['PATH'] = saved.path ?? '';
      if (saved.only === undefined) delete process.env['AZURE_TOKEN_CREDENTIALS'];
      else process.env['AZURE_TOKEN_CREDENTIALS'] = saved.only;
    });

    function installCli(script: string): void {
      const file = join(folder, 'az');
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    }

    test('gives the token for the scope of the service', async () => {
      installCli(`echo "{\\"accessToken\\":\\"for $6\\",\\"expires_on\\":4102444800}"`);
      expect(await authHeaders(entraCredential())).toEqual({
        Authorization: 'Bearer for https://ai.azure.com',
      });
    });

    test('that is not signed in says what was tried and one next step', async () => {
      installCli(`echo "Please run 'az login' to setup account." >&2; exit 1`);
      await expect(authHeaders(entraCredential())).rejects.toMatchObject({
        kind: 'auth',
        code: 'sign-in-failed',
        reason: expect.stringContaining('Azure CLI'),
        hint: 'set AZURE_VOICE_LIVE_API_KEY or run: az login',
      });
    });
  });
});
