import { afterEach, describe, expect, test, vi } from 'vitest';
import { exitCodeOfChecks } from '../../../src/commands/doctor/check.ts';
import { proxyCheck, settingsChecks } from '../../../src/commands/doctor/settings-checks.ts';
import { traceSettings } from '../../../src/commands/settings.ts';
import { TemporaryFolder } from '../../audio/build-wav.ts';

function checksOf(env: Readonly<Record<string, string>>, config?: object) {
  using folder = new TemporaryFolder();
  const file = config && folder.file('voiceloop.json', JSON.stringify(config));
  const checks = settingsChecks(traceSettings({}, file, { env, folder: folder.path }));
  return {
    checks,
    of: (wanted: string) => checks.find(({ name }) => name === wanted),
    all: JSON.stringify(checks),
  };
}

describe('a setting', () => {
  test('is shown with its value and its origin', () => {
    const { of } = checksOf(
      { AZURE_VOICE_LIVE_ENDPOINT: 'https://contoso.services.ai.azure.com/', VOICE_LIVE_MODEL: 'gpt-4o' },
      { voice: 'en-US-AvaNeural' },
    );
    expect(of('endpoint')).toMatchObject({
      status: 'ok',
      text: 'https://contoso.services.ai.azure.com/ (environment variable AZURE_VOICE_LIVE_ENDPOINT)',
    });
    expect(of('model')?.text).toBe('gpt-4o (environment variable VOICE_LIVE_MODEL)');
    expect(of('voice')?.text).toMatch(/^en-US-AvaNeural \(config file .*voiceloop\.json\)$/);
    expect(of('apiVersion')?.text).toBe('2026-07-15 (default)');
    expect(of('instructions')).toMatchObject({ status: 'skipped', text: 'not set (default)' });
  });

  test('that is a key is shown by its length', () => {
    const { of, all } = checksOf({ AZURE_VOICE_LIVE_API_KEY: 'canary'.repeat(10) });
    expect(of('apiKey')?.text).toBe('set (60 characters) (environment variable AZURE_VOICE_LIVE_API_KEY)');
    expect(all).not.toContain('canary');
  });

  test('that is long is cut', () => {
    const { of } = checksOf({ AZURE_VOICELIVE_INSTRUCTIONS: 'Be brief. '.repeat(50) });
    expect(of('instructions')?.text.length).toBeLessThan(140);
  });

  test('that has two names with different values is a warning', () => {
    const { of, checks } = checksOf({ VOICE_LIVE_MODEL: 'a', AZURE_VOICELIVE_MODEL: 'b' });
    expect(of('model')).toMatchObject({
      status: 'warning',
      text: 'a (environment variable VOICE_LIVE_MODEL)',
      notes: [
        expect.stringMatching(/VOICE_LIVE_MODEL and AZURE_VOICELIVE_MODEL are set to different values/),
      ],
    });
    expect(exitCodeOfChecks(checks)).toBe(0);
  });

  test('that is an agent without its project fails with the code of wrong settings', () => {
    const { of, checks } = checksOf({}, { agent: 'librarian' });
    expect(of('agent')).toMatchObject({ status: 'failed', code: 'agent-incomplete' });
    expect(exitCodeOfChecks(checks)).toBe(2);
    expect(exitCodeOfChecks(checksOf({}, { agent: 'librarian', project: 'library' }).checks)).toBe(0);
  });
});

test('an endpoint that is a key by mistake is not shown', () => {
  const { of, all, checks } = checksOf({ AZURE_VOICE_LIVE_ENDPOINT: 'sk-canary-0123456789' });
  expect(of('endpoint')).toMatchObject({ status: 'failed', code: 'endpoint-invalid' });
  expect(of('endpoint')?.hint).toBeTruthy();
  expect(all).not.toContain('canary');
  expect(exitCodeOfChecks(checks)).toBe(2);
});

describe('the proxies of the environment', () => {
  const endpoint = 'https://contoso.services.ai.azure.com';
  afterEach(() => void vi.unstubAllEnvs());

  /** Those that lead to the endpoint are read from the environment itself. */
  function checkWith(env: Readonly<Record<string, string>>, to: string | undefined = endpoint) {
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((each) => [
      each,
      each.toLowerCase(),
    ]))
      vi.stubEnv(name, env[name]);
    return proxyCheck(to);
  }

  test('are none, mostly', () => {
    expect(checkWith({})).toMatchObject({ status: 'skipped', text: 'none is set in the environment' });
  });

  test.each([
    'http://user:canary@proxy.example:8080',
    'user:canary@proxy.example:8080',
    'http://us@er:can@canary@proxy.example:8080',
  ])('are shown without their credentials (%s)', (https_proxy) => {
    const { status, text } = checkWith({ https_proxy });
    expect(status).toBe('ok');
    expect(text).toMatch(
      /^https_proxy=(http:\/\/)?\*\*\*@proxy\.example:8080; the endpoint is reached through http:\/\/proxy\.example:8080$/,
    );
    expect(text).not.toContain('canary');
  });

  test('may not be meant for the endpoint', () => {
    const { text } = checkWith({ HTTPS_PROXY: 'http://proxy.example:8080', NO_PROXY: '.azure.com' });
    expect(text).toMatch(/NO_PROXY=\.azure\.com; the endpoint is reached without a proxy$/);
  });

  test('may be of no use', () => {
    const check = checkWith({ HTTPS_PROXY: 'socks5://user:canary@proxy.example' });
    expect(check).toMatchObject({ status: 'failed', code: 'proxy-invalid' });
    expect(exitCodeOfChecks([check])).toBe(2);
    expect(JSON.stringify(check)).not.toContain('canary');
  });
});
