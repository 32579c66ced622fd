import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseFault } from '../../src/mock/faults/faults.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { type MockServer, startMock } from '../../src/mock/server/server.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';
import { readWavFile } from '../fixtures/wav-file.ts';
import { hasPseudoTerminals, PseudoTerminal, runtimeCommand } from '../support/pseudo-terminal.ts';
import { Running, voiceloop } from './voiceloop.ts';

let mock: MockServer | undefined;
afterEach(async () => {
  await mock?.close();
  mock = undefined;
});

async function fastMock(options: Parameters<typeof startMock>[0] = {}): Promise<MockServer> {
  const scenario = { ...(await loadScenario('library')), profile: 'fast' as const };
  mock = await startMock({ scenario, ...options });
  return mock;
}

describe('a chat in a pipe', () => {
  test('prints the talk as plain lines on stdout, and everything else on stderr', async () => {
    const { url } = await fastMock();
    const chat = ['chat', '--text', '--endpoint', url];
    const { exitCode, stdout, stderr } = await voiceloop(chat, {
      stdin: 'When do you open on Sunday?\nThanks!\n',
    });
    expect(stdout).toBe(
      'you   When do you open on Sunday?\n' +
        'agent The library opens at ten on Sunday. It closes at four.\n' +
        'you   Thanks!\n' +
        'agent I have renewed your book. It is now due on the ninth of May.\n',
    );
    expect(stderr).toMatch(/^talking to http:.*\nin writing.*\nconnected\nturns {7}2, 0 interrupted\n/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them is what is looked for
    expect(stdout + stderr).not.toMatch(/\u001b/);
    expect(exitCode).toBe(0);
  });

  test('leaves at q, and at Ctrl+C with its own exit code', async () => {
    const { url } = await fastMock();
    const { exitCode } = await voiceloop(['chat', '--text', '--endpoint', url], { stdin: 'q\n' });
    expect(exitCode).toBe(0);
    await using running = new Running(['chat', '--text', '--endpoint', url]);
    await running.said(/connected/);
    running.interrupt();
    const finished = await running.finished;
    expect(finished.exitCode).toBe(130);
    expect(finished.stderr).toContain('turns       0');
  });

  test('prints one document with --json', async () => {
    const { url } = await fastMock();
    const { stdout, exitCode } = await voiceloop(['chat', '--text', '--json', '--endpoint', url], {
      stdin: 'Hello\n',
    });
    const document = JSON.parse(stdout);
    expect(Object.keys(document)[0]).toBe('schema');
    expect(document).toMatchObject({
      schema: 'voiceloop.chat/1',
      endpoint: url,
      turns: 1,
      transcript: [
        { who: 'user', text: 'Hello', isTyped: true },
        { who: 'agent', text: 'The library opens at ten on Sunday. It closes at four.' },
      ],
    });
    expect(exitCode).toBe(0);
  });

  test('calls the functions of a module', async () => {
    using folder = new TemporaryFolder();
    const calls = join(folder.path, 'calls.txt');
    const tools = folder.file(
      'tools.mjs',
      `import { appendFileSync } from 'node:fs';
       const note = (name) => (args) => { appendFileSync(${JSON.stringify(calls)}, name + JSON.stringify(args) + '\\n'); return { ok: true }; };
       export default [
         { name: 'find_loan', parameters: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }, handler: note('find_loan') },
         { name: 'renew_loan', handler: note('renew_loan') },
       ];`,
    );
    const { url } = await fastMock({ scenario: 'function-call' });
    const { exitCode, stdout } = await voiceloop(['chat', '--text', '--endpoint', url, '--tools', tools], {
      stdin: 'Please renew my book.\n',
    });
    expect(readFileSync(calls, 'utf8')).toBe('find_loan{"title":"The Sea","branch":3}\nrenew_loan{}\n');
    expect(stdout).toContain('I have renewed your book.');
    expect(exitCode).toBe(0);
  });
});

describe.runIf(hasPseudoTerminals)('a chat on a terminal', () => {
  test('shows the talk as it goes, takes messages, and leaves at q', async () => {
    const { url } = await fastMock();
    const command = runtimeCommand('cli.ts', 'chat', '--text', '--endpoint', url);
    await using terminal = new PseudoTerminal(`stty -a; ${command}; echo "code $?"; stty -a`);
    await terminal.shows(/◉ listening/);
    terminal.type('\rWhen do you open?\r');
    await terminal.shows(/^you {3}When do you open\?\nagent The library opens at ten/m);
    await terminal.shows(/◉ listening/);
    terminal.type('s');
    await terminal.shows(/turns {7}1, 0 interrupted/);
    terminal.type('q');
    const { output } = await terminal.finished;
    expect(output).toContain('code 0');
    const [before, after] = output.match(/^intr =[\s\S]*?-extproc/gm) ?? [];
    expect(after).toBe(before);
    expect(terminal.screen.isPlain).toBe(true);
  });
});

describe('Ctrl+C', () => {
  test('gives up connecting to a service that does not answer', async () => {
    await using hole = await blackHole();
    await using running = new Running(['chat', '--text', '--endpoint', hole.url]);
    await hole.reached;
    running.interrupt();
    expect((await running.finished).exitCode).toBe(130);
  });

  test('twice ends it at once', async () => {
    await using hole = await blackHole();
    await using running = new Running(['chat', '--text', '--endpoint', hole.url]);
    await hole.reached;
    running.interrupt();
    running.interrupt();
    expect((await running.finished).exitCode).toBe(130);
  });

  test('in the middle of a talk leaves a recording whose files are whole', async () => {
    using folder = new TemporaryFolder();
    const record = join(folder.path, 'talk');
    const log = join(folder.path, 'chat.log');
    const { url } = await fastMock();
    await using running = new Running(
      ['chat', '--text', '--endpoint', url, '--record', record, '--log', log],
      { stdin: `When do you open?\n${'And then?\n'.repeat(500)}` },
    );
    await running.said(/agent The library/);
    running.interrupt();
    expect((await running.finished).exitCode).toBe(130);
    expectWholeRecording(record);
    expect(readFileSync(log, 'utf8')).toMatch(/Z {2}connected to http:.*\n[\s\S]*the chat has ended\n$/);
  });
});

describe('a chat that goes wrong', () => {
  test('without an endpoint says how it can be tried', async () => {
    const { exitCode, stderr } = await voiceloop(['chat']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('voiceloop chat --mock');
  });

  test('without sound devices says what works all the same', async () => {
    const { exitCode, stderr } = await voiceloop(['chat', '--mock', '--driver', 'pulse'], {
      env: { PULSE_SERVER: 'unix:/nonexistent/voiceloop', XDG_RUNTIME_DIR: '/nonexistent' },
    });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('voiceloop chat --text');
  });

  test('whose connection breaks keeps the recording, and says why it ended', async () => {
    using folder = new TemporaryFolder();
    const record = join(folder.path, 'talk');
    const scenario = await loadScenario('library');
    const faults = [parseFault('close=1011@response.done')];
    const { url } = await fastMock({ scenario: { ...scenario, profile: 'fast', faults } });
    const { exitCode, stderr } = await voiceloop(['chat', '--text', '--endpoint', url, '--record', record], {
      stdin: 'When do you open?\nAnd then?\n',
    });
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/recording {3}.*talk/);
    expect(stderr).toMatch(/error: .*1011/s);
    expectWholeRecording(record);
  });

  test.each([
    [['--text', '--denoise', '--mock'], '--denoise'],
    [['--text', '--push-to-talk', '--mock'], '--push-to-talk'],
    [['--echo', 'loud', '--mock'], '--echo'],
    [['--agent', 'clerk', '--endpoint', 'http://127.0.0.1:1'], '--project'],
    [['--tools', 'no-such-tools.ts', '--mock'], 'no-such-tools.ts'],
    [['--events', 'one.txt', '--log', './one.txt', '--mock', '--text'], '--events and --log'],
    [['--key', 'abc'], 'a key is not taken as a flag'],
    [['--greating', 'hi', '--mock'], '--greeting'],
  ])('by its flags %j says which', async (flags, named) => {
    const { exitCode, stderr } = await voiceloop(['chat', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
  });

  test('writes over no recording', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(join(folder.path, 'both.wav'), 'of an earlier talk');
    const { exitCode } = await voiceloop(['chat', '--mock', '--text', '--record', folder.path], {
      stdin: 'q\n',
    });
    expect(exitCode).toBe(2);
    expect(readFileSync(join(folder.path, 'both.wav'), 'utf8')).toBe('of an earlier talk');
    expect(existsSync(join(folder.path, 'events.jsonl'))).toBe(false);
  });
});

test('the key shows nowhere: not on the screen, nor in log, events, recording, or errors', async () => {
  using folder = new TemporaryFolder();
  const key = 'canary-5f3a9c1e7b';
  const record = join(folder.path, 'talk');
  const log = join(folder.path, 'chat.log');
  const events = join(folder.path, 'all.jsonl');
  const { url } = await fastMock({ key });
  const flags = ['--text', '--verbose', '--debug', '--record', record, '--log', log, '--events', events];
  const chat = ['chat', '--endpoint', url, ...flags];
  const good = await voiceloop(chat, { env: { AZURE_VOICE_LIVE_API_KEY: key }, stdin: 'Hello\n' });
  expect(good.exitCode).toBe(0);
  const wrong = `${key}-wrong`;
  const bad = await voiceloop(['chat', '--endpoint', url, '--text', '--debug'], {
    env: { AZURE_VOICE_LIVE_API_KEY: wrong },
  });
  expect(bad.exitCode).toBe(4);
  const files = [
    log,
    events,
    ...['events.jsonl', 'transcript.txt', 'transcript.json'].map((name) => join(record, name)),
  ];
  const written = files.map((path) => readFileSync(path, 'utf8'));
  for (const text of [good.stdout, good.stderr, bad.stdout, bad.stderr, ...written])
    expect(text).not.toContain(key);
});

function expectWholeRecording(folder: string): void {
  expect(readWavFile(join(folder, 'both.wav')).channels).toBe(2);
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).direction)).toContain('received');
  expect(JSON.parse(readFileSync(join(folder, 'transcript.json'), 'utf8')).entries.length).toBeGreaterThan(0);
  expect(readFileSync(join(folder, 'transcript.txt'), 'utf8')).toMatch(/user {2}When do you open\?\n/);
}

/** A server that takes connections, and says nothing. */
async function blackHole(): Promise<{ url: string; reached: Promise<void> } & AsyncDisposable> {
  const reached = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    reached.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    reached: reached.promise,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
