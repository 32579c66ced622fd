import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { type Finished, fixture, Running, voiceloop } from './voiceloop.ts';

const canary = 'sk-canary-4f1d27c09b';
const folder = new TemporaryFolder();
let mock: Running;
let url: string;

beforeAll(async () => {
  copyFileSync(fixture('answers/yes-of-course.wav'), join(folder.path, 'yes.wav'));
  const answers = [{ wav: 'yes.wav', text: 'Yes, of course.' }];
  const scenario = folder.file('short.json', JSON.stringify({ profile: 'fast', answers }));
  mock = new Running(['mock', scenario, '--port', '0', '--json'], {
    env: { VOICELOOP_MOCK_KEY: canary },
    longestMs: 120_000,
  });
  const [document] = await mock.said(/^\{.*\}$/m);
  const { schema, url: at, port, scenario: shown } = JSON.parse(document);
  expect({ schema, shown }).toEqual({
    schema: 'voiceloop.mock/1',
    shown: { name: 'short', pipeline: 'cascaded', profile: 'fast', network: 'clean', faults: [] },
  });
  url = at;
  expect(url).toBe(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await mock[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Says a short file to the mock and keeps everything that can be kept. */
async function replayTo(
  endpoint: string,
  name: string,
  { env = {}, cwd = folder.path, flags = [] as string[] },
) {
  const [out, events] = [join(folder.path, `${name}.wav`), join(folder.path, `${name}.jsonl`)];
  const words = ['replay', fixture('stop-16k-stereo.wav'), '--endpoint', endpoint, '--verbose', ...flags];
  const run = await voiceloop([...words, '--out', out, '--events', events], { env, cwd });
  return { run, out, events };
}

function leaksOf({ stdout, stderr }: Finished, files: readonly string[] = []): string[] {
  const kept = files.map((path) => [path, readFileSync(path, 'latin1')] as const);
  const texts = [['stdout', stdout], ['stderr', stderr], ...kept] as const;
  return texts.filter(([, text]) => text.includes(canary)).map(([where]) => where);
}

describe.concurrent('voiceloop mock, in a process of its own', () => {
  test('answers a replay that has its key in the environment, which shows nowhere', async () => {
    const env = { AZURE_VOICE_LIVE_API_KEY: canary };
    const { run, out, events } = await replayTo(url, 'environment', { env, flags: ['--json'] });
    expect(run.exitCode, run.stderr).toBe(0);
    const { endpoint, clock, turns, counters } = JSON.parse(run.stdout);
    expect({ endpoint, clock }).toEqual({ endpoint: url, clock: 'real' });
    expect(turns).toMatchObject([{ outcome: 'answered', agentTranscript: 'Yes, of course.' }]);
    expect(turns[0].latency.voiceToVoiceMs).toBeGreaterThan(0);
    expect(turns[0].latency.networkUpMs).toBeUndefined();
    expect(counters.framesSent).toBeGreaterThan(100);
    expect(readWavFile(out).channels).toBe(2);
    expect(leaksOf(run, [out, events])).toEqual([]);
  });

  test('answers a replay that has its key in a .env file, which shows nowhere either', async () => {
    using project = new TemporaryFolder();
    project.file('.env', `AZURE_VOICELIVE_API_KEY="${canary}"\n`);
    const { run, out, events } = await replayTo(url, 'dotenv', { cwd: project.path, flags: ['--debug'] });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('Yes, of course.');
    expect(leaksOf(run, [out, events])).toEqual([]);
  });

  test('refuses a wrong key, and neither it nor a stack trace with it shows', async () => {
    const env = { AZURE_VOICE_LIVE_API_KEY: `${canary}-of-another-resource` };
    const { run, out, events } = await replayTo(url, 'wrong-key', { env, flags: ['--json', '--debug'] });
    expect(run.exitCode).toBe(4);
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'voiceloop.error/1', code: 'handshake-401' });
    expect(run.stderr).toMatch(/^error: the service refused the credentials \(HTTP 401\)$/m);
    expect(run.stderr).toMatch(/^\s+at /m);
    expect([out, events].filter(existsSync)).toEqual([]);
    expect(leaksOf(run)).toEqual([]);
  });

  test('is not reached where nothing listens; the key does not show, and nothing is written', async () => {
    const env = { AZURE_VOICE_LIVE_API_KEY: canary };
    const { run, out, events } = await replayTo('http://127.0.0.1:1', 'nobody', { env, flags: ['--debug'] });
    expect(run).toMatchObject({ exitCode: 5, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: nothing listens at 127\.0\.0\.1:1\n( {2}.+\n)* {2}try {4}.*voiceloop mock/m,
    );
    expect(leaksOf(run)).toEqual([]);
    expect([out, events].filter(existsSync)).toEqual([]);
  });

  test('is told when its port is in use', async () => {
    const run = await voiceloop(['mock', '--port', new URL(url).port]);
    expect(run).toMatchObject({ exitCode: 5, stdout: '' });
    expect(run.stderr).toContain(`error: port ${new URL(url).port} is in use\n`);
    expect(run.stderr).toMatch(/ {2}try {4}.* 0 /);
  });
});

test('a fault from the command line is what a client gets, and is told beforehand', async () => {
  await using faulty = new Running([
    'mock',
    '--port',
    '0',
    '--fault',
    'refuse=429/1',
    '--fault',
    'close=1011',
  ]);
  const [, endpoint = ''] = await faulty.said(/listening on (\S+)/);
  await faulty.said(/^fault: refuse=429\/1\nfault: close=1011@response\.audio\.delta#3$/m);
  const refused = await replayTo(endpoint, 'refused', { flags: ['--json'] });
  expect(refused.run.exitCode).toBe(5);
  expect(JSON.parse(refused.run.stdout).code).toBe('handshake-429');
  const broken = await replayTo(endpoint, 'broken', { flags: ['--json'] });
  expect(broken.run.exitCode).toBe(5);
  expect(broken.run.stderr).toContain('1011');
  expect(readWavFile(broken.out).channels).toBe(2);
  faulty.interrupt();
  expect((await faulty.finished).stderr).toContain('session-1 closed with code 1011');
});

test('a mock with TLS prints what a client has to trust, and shows its sessions', async () => {
  await using secure = new Running(['mock', '--port', '0', '--tls', '--json']);
  const [document] = await secure.said(/^\{.*\}$/m);
  const { url: endpoint, certificate, fingerprint } = JSON.parse(document);
  expect(endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const health = await new Promise<string>((resolve, reject) => {
    get(`${endpoint}/health`, { ca: certificate }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  expect(JSON.parse(health)).toEqual({ schema: 'voiceloop.mock-health/1', status: 'ok', openSessions: 0 });
});

test.each([
  ['as a flag', ['--api-key', canary]],
  ['in the place of the endpoint', ['--endpoint', canary]],
])('a key that is given %s is refused and not shown', async (_, flags) => {
  const run = await voiceloop(['replay', fixture('stop-16k-stereo.wav'), '--debug', '--json', ...flags]);
  expect(run.exitCode).toBe(2);
  expect(leaksOf(run)).toEqual([]);
});

test('the mock ends well when it is interrupted, and has not shown its key', async () => {
  mock.interrupt();
  const run = await mock.finished;
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain('refused a connection: 401');
  expect(leaksOf(run)).toEqual([]);
});
