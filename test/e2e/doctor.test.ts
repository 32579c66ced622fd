import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { Check } from '../../src/commands/doctor/check.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { type Finished, Running, voiceloop } from './voiceloop.ts';

const folder = new TemporaryFolder();
/** No program of the system is found there: without sound, whatever the machine has. */
const silent = { PATH: folder.path };
const driver = ['--driver', 'pulse'];
const canary = 'sk-canary-5f31a7d2c0';
let mock: Running;
let endpoint: string;

beforeAll(async () => {
  mock = new Running(['mock', '--port', '0'], { env: { VOICELOOP_MOCK_KEY: canary }, longestMs: 120_000 });
  [, endpoint = ''] = await mock.said(/listening on (http:\S+)/);
});
afterAll(async () => {
  await mock[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** An Azure CLI that is signed in, or does what else a script says. */
function azureCli(
  script = `echo '{"accessToken":"${canary}","expires_on":4102444800}'`,
): Record<string, string> {
  const bin = new TemporaryFolder();
  const path = bin.file('az', `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: bin.path, AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' };
}

function checksIn({ stdout, exitCode }: Finished) {
  const document: { schema: string; exitCode: number; checks: Check[] } = JSON.parse(stdout);
  expect(Object.keys(document)[0]).toBe('schema');
  expect(document).toMatchObject({ schema: 'voiceloop.doctor/1', exitCode, version: packageJson.version });
  return { document, of: (wanted: string) => document.checks.find(({ name }) => name === wanted) };
}

describe.concurrent('voiceloop doctor', () => {
  test('checks everything to the end, and exits with what failed first', async () => {
    const run = await voiceloop(['doctor', '--json', ...driver], { env: silent });
    expect(run.exitCode).toBe(6);
    const { document, of } = checksIn(run);
    expect(document.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'runtime ok',
      'voiceloop ok',
      'ws ok',
      'koffi ok',
      'kernels ok',
      'driver failed',
      'microphone skipped',
      'loudspeaker skipped',
      'endpoint skipped',
      'apiKey skipped',
      'model ok',
      'agent skipped',
      'project skipped',
      'apiVersion ok',
      'voice skipped',
      'instructions skipped',
      'proxy skipped',
      'sign-in skipped',
      'clock skipped',
      expect.stringMatching(/^timers (ok|warning)$/),
      'handshake ok',
    ]);
    expect(of('driver')).toMatchObject({ code: 'driver-missing', hint: expect.any(String) });
    expect(of('handshake')?.text).toMatch(
      /^embedded mock \(library\): connected in \d+ ms, agreed in \d+ ms$/,
    );
  });

  test('shows a line for each, with a mark, and what to try', async () => {
    const { exitCode, stdout, stderr } = await voiceloop(['doctor', ...driver], {
      env: { ...silent, VOICE_LIVE_MODEL: 'gpt-4o' },
    });
    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/^✓ runtime +\S+ [\d.]+ \(/m);
    expect(stdout).toMatch(/^✓ model +gpt-4o \(environment variable VOICE_LIVE_MODEL\)$/m);
    expect(stdout).toMatch(/^✗ driver +.+\n +cause .+\n +try .+$/m);
    expect(stdout).toMatch(/^– sign-in +/m);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toMatch(/1 of 21 checks failed/);
  });

  test('goes on where the settings cannot be read', async () => {
    const config = folder.file('wrong.json', '{"endpont": "a"}');
    const run = await voiceloop(['doctor', '--json', '--config', config, ...driver], { env: silent });
    const { of } = checksIn(run);
    expect(of('settings')).toMatchObject({ status: 'failed', code: 'config-invalid', kind: 'usage' });
    expect(of('handshake')?.status).toBe('ok');
  });

  test('shakes hands with the endpoint', async () => {
    const env = { ...silent, AZURE_VOICE_LIVE_API_KEY: canary };
    const run = await voiceloop(['doctor', '--endpoint', endpoint, '--json', ...driver], { env });
    const { of } = checksIn(run);
    expect(of('endpoint')).toMatchObject({ status: 'ok', text: `${endpoint} (flag --endpoint)` });
    expect(of('sign-in')).toMatchObject({ status: 'ok', text: 'with the key' });
    expect(of('clock')).toMatchObject({ status: 'ok' });
    expect(of('handshake')).toMatchObject({ status: 'ok', ms: expect.any(Number) });
  });

  test('tells why the endpoint refuses', async () => {
    const env = { ...silent, AZURE_VOICE_LIVE_API_KEY: 'another' };
    const run = await voiceloop(['doctor', '--endpoint', endpoint, '--json', ...driver], { env });
    expect(checksIn(run).of('handshake')).toMatchObject({
      status: 'failed',
      code: 'handshake-401',
      kind: 'auth',
      hint: 'check the key: it must be one of this very resource',
    });
  });

  test('refuses a driver that does not exist', async () => {
    const { exitCode, stdout } = await voiceloop(['doctor', '--driver', 'puls', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'driver-unknown', hint: 'did you mean pulse?' });
  });
});

describe.concurrent('a secret is not in anything that the doctor says', () => {
  const elsewhere = 'https://127.0.0.1:1';
  const hasCli = process.platform !== 'win32';

  test.each([[[]], [['--json']]])('a key that is right, with %j', async (json) => {
    const env = { ...silent, AZURE_VOICE_LIVE_API_KEY: canary };
    const flags = ['--endpoint', endpoint, '--verbose', '--debug', ...json, ...driver];
    const { stdout, stderr } = await voiceloop(['doctor', ...flags], { env });
    expect(stdout).toContain(`set (${canary.length} characters)`);
    expect(stdout + stderr).not.toContain(canary);
  });

  test('a key in all the wrong places', async () => {
    const env = {
      ...silent,
      AZURE_VOICE_LIVE_API_KEY: canary,
      AZURE_VOICE_LIVE_ENDPOINT: `https://user:${canary}@voice.example?api-key=${canary}`,
      VOICE_LIVE_MODEL: canary,
      AZURE_VOICELIVE_MODEL: `${canary}-2`,
      HTTPS_PROXY: `http://user:${canary}@proxy.example`,
    };
    const { stdout, stderr } = await voiceloop(['doctor', '--verbose', '--debug', ...driver], { env });
    expect(stdout).toMatch(/✗ endpoint +the endpoint holds more than an address/);
    expect(stdout + stderr).not.toContain(canary);
  });

  test.skipIf(!hasCli).each([[[]], [['--json']]])('a token, with %j', async (json) => {
    const flags = ['--endpoint', elsewhere, '--verbose', '--debug', ...json, ...driver];
    const { stdout, stderr } = await voiceloop(['doctor', ...flags], { env: azureCli() });
    expect(stdout).toContain('with an identity: a token was given');
    expect(stdout).toContain('nothing listens at 127.0.0.1:1');
    expect(stdout + stderr).not.toContain(canary);
  });

  test.skipIf(!hasCli)('nor is the handshake tried where no token was given', async () => {
    const env = azureCli('echo "Please run az login" >&2; exit 1');
    const run = await voiceloop(['doctor', '--endpoint', elsewhere, '--json', ...driver], { env });
    const { of } = checksIn(run);
    expect(of('sign-in')).toMatchObject({ status: 'failed', code: 'sign-in-failed', kind: 'auth' });
    expect(of('handshake')?.status).toBe('skipped');
  });
});

test.skipIf(process.platform === 'win32')('Ctrl+C ends the doctor while it waits for a token', async () => {
  await using running = new Running(['doctor', '--endpoint', 'https://127.0.0.1:1', ...driver], {
    env: azureCli('exec /bin/sleep 3'),
  });
  await running.said(/^– proxy/m);
  running.interrupt();
  expect((await running.finished).exitCode).toBe(130);
});
