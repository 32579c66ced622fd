import { expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { exitCodeOfChecks } from '../../../src/commands/doctor/check.ts';
import { signIn } from '../../../src/commands/doctor/sign-in-check.ts';
import { VoiceloopError } from '../../../src/errors.ts';
import type { Credential } from '../../../src/session/credentials.ts';

function run(
  credential: Credential | ((clock: VirtualClock) => Credential) | undefined,
  signal?: AbortSignal,
) {
  const clock = new VirtualClock();
  const made = typeof credential === 'function' ? credential(clock) : credential;
  return clock.run(() => signIn(clock, made, signal));
}

test('a key makes its header and is not told', async () => {
  const { check, headers } = await run({ kind: 'key', key: 'canary' });
  expect(headers).toEqual({ 'api-key': 'canary' });
  expect(check).toEqual({ name: 'sign-in', status: 'ok', text: 'with the key' });
});

test('a key that no header can carry fails, with the code of wrong settings', async () => {
  const { check, headers } = await run({ kind: 'key', key: 'canary\n' });
  expect(check).toMatchObject({ status: 'failed', code: 'key-invalid', kind: 'usage' });
  expect(JSON.stringify(check)).not.toContain('canary');
  expect(headers).toBeUndefined();
});

test('an identity is asked for a token, which takes its time and is not told', async () => {
  const { check, headers } = await run((clock) => ({
    kind: 'entra',
    getToken: () => clock.sleep(740).then(() => 'canary'),
  }));
  expect(headers).toEqual({ Authorization: 'Bearer canary' });
  expect(check).toEqual({
    name: 'sign-in',
    status: 'ok',
    text: 'with an identity: a token was given',
    ms: 740,
  });
});

test('an identity that gives none fails with the code for sign-in', async () => {
  const { check } = await run({
    kind: 'entra',
    getToken: () => Promise.reject(new VoiceloopError('auth', 'sign-in-failed', 'cannot sign in')),
  });
  expect(check).toMatchObject({ status: 'failed', code: 'sign-in-failed' });
  expect(exitCodeOfChecks([check])).toBe(4);
});

test('an identity that does not answer is not waited for longer than a minute', async () => {
  const { check } = await run({ kind: 'entra', getToken: () => new Promise(() => {}) });
  expect(check).toMatchObject({ status: 'failed', ms: 60_000, kind: 'auth' });
});

test('an interruption ends the waiting at once', async () => {
  const abort = new AbortController();
  const running = run((clock) => {
    clock.at(100, () => abort.abort(new Error('enough')));
    return { kind: 'entra', getToken: () => new Promise(() => {}) };
  }, abort.signal);
  await expect(running).rejects.toThrow('enough');
});

test('a server on this machine wants none', async () => {
  const { check, headers } = await run(undefined);
  expect(check.status).toBe('skipped');
  expect(headers).toEqual({});
});
