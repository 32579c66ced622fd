import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import type { ChatStatus } from '../../src/commands/chat-screen/status-line.ts';
import { ChatScreen } from '../../src/commands/chat-screen.ts';
import type { OutputOptions } from '../../src/commands/output.ts';
import type { Turn } from '../../src/session/actions.ts';
import { TerminalScreen } from '../support/terminal-screen.ts';
import { FakeTerminal, outputTo } from './fake-terminal.ts';

const silence = { rmsDb: Number.NEGATIVE_INFINITY, peakDb: Number.NEGATIVE_INFINITY };
const quiet: ChatStatus = {
  state: 'listening',
  input: { rmsDb: -21, peakDb: -21 },
  output: silence,
  bufferMs: 140,
  targetMs: 120,
  lagMs: 2,
  turns: 12,
  isMuted: false,
  isTalking: false,
  isProcessing: undefined,
};
const statusLine =
  '◉ listening     in ▕██████▌   ▏-21 dB   out ▕          ▏ -∞ dB   buf 140/120 ms   lag  2   turn 12';

interface Setting {
  readonly where?: ConstructorParameters<typeof FakeTerminal>[0];
  readonly flags?: Partial<OutputOptions>;
  readonly status?: () => ChatStatus;
}

/** A chat on a terminal, or on what stands for one. */
function chatOn({
  where = { stdout: true, stderr: true, columns: 120 },
  flags = {},
  status = () => quiet,
}: Setting = {}) {
  const terminal = new FakeTerminal(where);
  const clock = new VirtualClock();
  const output = outputTo(terminal, { color: false, ...flags });
  // Both are one terminal where both are terminals.
  const shared = { text: '', writes: 0 };
  for (const stream of [terminal.stdout, terminal.stderr]) {
    if (!stream.isTTY) continue;
    stream.write = (text) => {
      stream.written += text;
      shared.text += text.replaceAll(/(?<!\r)\n/g, '\r\n');
      shared.writes++;
    };
  }
  const chat = new ChatScreen({ output, clock, pushToTalk: false, readsKeys: true, status });
  const emulator = new TerminalScreen(terminal.stderr.columns, 12);
  return {
    chat,
    terminal,
    output,
    shared,
    run: (ms: number) => clock.run(() => clock.sleep(ms)),
    async lines() {
      const text = shared.text;
      shared.text = '';
      await emulator.write(text);
      return emulator.lines;
    },
    emulator,
    [Symbol.dispose]: () => chat.close(),
  };
}

const question: Turn = {
  kind: 'user-transcript',
  itemId: 'u',
  text: 'When does the library open on Sunday?',
};
const answer = [
  { kind: 'answer-started', responseId: 'r' },
  { kind: 'answer-transcript', responseId: 'r', itemId: 'a', text: 'At ten. It closes at four.' },
  { kind: 'answer-done', responseId: 'r', status: 'completed', userItemId: 'u' },
] as const satisfies readonly Turn[];

function hold(chat: ChatScreen): void {
  chat.turn(question);
  for (const step of answer) chat.turn(step);
  chat.answered({ responseId: 'r', voiceToVoiceMs: 840, clientMs: 96, serverMs: 744 });
  chat.turn({
    kind: 'interrupted',
    reason: 'client',
    responseId: 'r',
    itemId: 'a',
    heardMs: 1320,
    receivedMs: 2000,
  });
  chat.stopped({ responseId: 'r', heardMs: 1320, stopMs: 23 });
}
const held = [
  'you   When does the library open on Sunday?',
  'agent At ten. It closes at four.  840 ms  (client 96, server 744)',
  '      ⏹ interrupted after 1.32 s, stopped in 23 ms',
];

describe('a chat on a terminal', () => {
  test('has its talk above and its status below', async () => {
    using at = chatOn();
    at.chat.begin(['talking to the mock']);
    expect(await at.lines()).toEqual(['talking to the mock', statusLine]);
    hold(at.chat);
    expect(await at.lines()).toEqual([
      'talking to the mock',
      held[0],
      `agent At ten. It closes at four.${' '.repeat(47)}840 ms  (client 96, server 744)`,
      held[2],
      statusLine,
    ]);
    at.chat.end(['turns       12']);
    expect((await at.lines()).slice(3)).toEqual([held[2], 'turns       12']);
    expect(at.emulator.isPlain).toBe(true);
  });

  test('shows what is being said as it comes, in its last two lines, and what is typed', async () => {
    let draft: ChatStatus['draft'];
    using at = chatOn({
      where: { stdout: true, stderr: true, columns: 30 },
      status: () => ({ ...quiet, draft }),
    });
    at.chat.begin([]);
    at.chat.turn({ kind: 'user-delta', itemId: 'u', text: 'When do you ' });
    at.chat.turn({ kind: 'answer-started', responseId: 'r' });
    for (const text of 'We open at ten, on Sundays at eleven, and on holidays not at all.'.split(/(?= )/)) {
      at.chat.turn({ kind: 'answer-delta', responseId: 'r', itemId: 'a', text });
    }
    draft = { before: 'and on 漢', after: '' };
    await at.run(70);
    expect(await at.lines()).toEqual([
      'you   When do you',
      'agent … and on holidays not',
      '        at all.',
      '◉ listening   in ▕██ ▏-21 dB',
      '› and on 漢▏',
    ]);
  });

  test('is drawn at most fifteen times a second, however much happens', async () => {
    let level = -60;
    using at = chatOn({ status: () => ({ ...quiet, input: { rmsDb: level, peakDb: level } }) });
    at.chat.begin([]);
    at.shared.writes = 0;
    for (let ms = 0; ms < 2000; ms += 5) {
      level = -60 + (ms % 60);
      at.chat.turn({ kind: 'answer-delta', responseId: 'r', itemId: 'a', text: 'word ' });
      await at.run(5);
    }
    expect(at.shared.writes).toBeGreaterThan(25);
    expect(at.shared.writes).toBeLessThanOrEqual(30);
  });

  test('is not drawn where nothing changes', async () => {
    using at = chatOn();
    at.chat.begin([]);
    at.shared.writes = 0;
    await at.run(5000);
    expect(at.shared.writes).toBe(0);
  });

  test('fits after the terminal was made smaller, with the next frame', async () => {
    using at = chatOn();
    at.chat.begin([]);
    await at.lines();
    at.emulator.resize(60, 12);
    Object.assign(at.terminal.stderr, { columns: 60 });
    await at.run(70);
    expect(await at.lines()).toEqual(['◉ listening    in ▕██▋ ▏-21 dB   out ▕    ▏ -∞ dB   turn 12']);
  });

  test('gives the terminal away and comes back', async () => {
    using at = chatOn();
    at.chat.begin([]);
    at.chat.pause();
    await at.run(1000);
    expect(await at.lines()).toEqual([]);
    at.chat.info('meanwhile');
    expect(await at.lines()).toEqual(['meanwhile']);
    at.chat.resume();
    expect(await at.lines()).toEqual(['meanwhile', statusLine]);
  });

  test('leaves to its status line what that shows', async () => {
    using at = chatOn();
    at.chat.begin([]);
    at.chat.change('muted');
    expect(await at.lines()).toEqual([statusLine]);
  });

  test('is over once it was closed', async () => {
    const at = chatOn();
    at.chat.begin([]);
    at.chat.close();
    at.chat.close();
    at.chat.resume();
    await at.run(1000);
    expect(await at.lines()).toEqual([]);
  });
});

describe('a chat with its talk in a file and a terminal beside it', () => {
  test('writes plain lines to the file and keeps the last words of both sides on the screen', async () => {
    using at = chatOn({ where: { stderr: true, columns: 120 }, flags: { color: true } });
    at.chat.begin([]);
    hold(at.chat);
    await at.run(70);
    expect(at.terminal.stdout.written).toBe(`${held.join('\n')}\n`);
    expect(await at.lines()).toEqual([held[0], 'agent At ten. It closes at four.', held[2], statusLine]);
    at.chat.turn({ kind: 'user-transcript', itemId: 'u2', text: 'Thanks.' });
    await at.run(70);
    expect(await at.lines()).toEqual(['you   Thanks.', statusLine]);
  });
});

describe('a chat without a live area', () => {
  test.each<[string, Setting]>([
    ['in a pipe', { where: {} }],
    ['in the log of a CI', { where: { stdout: true, stderr: true, env: { CI: '1' } } }],
    [
      'on a terminal that can only write on',
      { where: { stdout: true, stderr: true, env: { TERM: 'dumb' } } },
    ],
  ])('has a plain line for every event %s', async (_, setting) => {
    using at = chatOn({ ...setting, flags: { color: true }, status: () => expect.unreachable() });
    at.chat.begin(['talking to the mock']);
    at.chat.change('muted');
    hold(at.chat);
    await at.run(1000);
    at.chat.notice({ level: 'warning', code: 'session-differs', message: 'the voice\nis another one' });
    at.chat.notice({ level: 'error', code: 'server_error', message: 'it failed' });
    at.chat.statistics(['4 turns', 'p50 800 ms']);
    at.chat.end(['turns       1']);
    expect(at.terminal.stdout.written).toBe(`${held.join('\n')}\n`);
    expect(at.terminal.stderr.written.split('\n')).toEqual([
      'talking to the mock',
      'muted',
      'warning: the voice is another one (session-differs)',
      'the service reports an error: it failed (server_error)',
      '4 turns',
      'p50 800 ms',
      'turns       1',
      '',
    ]);
  });

  test('has the talk alone with --quiet', () => {
    using at = chatOn({ flags: { quiet: true } });
    at.chat.begin(['talking to the mock']);
    at.chat.typed('Hello');
    at.chat.help();
    at.chat.end(['turns       1']);
    expect(at.terminal.stdout.written).toBe('you   Hello\n');
    expect(at.terminal.stderr.written).toBe('');
  });

  test('leaves stdout to the document with --json, and tells the talk beside it', () => {
    using at = chatOn({ where: {}, flags: { json: true } });
    at.chat.begin([]);
    hold(at.chat);
    at.chat.end([]);
    expect(at.terminal.stdout.written).toBe('');
    expect(at.terminal.stderr.written).toBe(`${held.join('\n')}\n`);
  });

  test('wraps the talk on the terminal that shows it, while messages go to a file', () => {
    using at = chatOn({ where: { stdout: true, columns: 40 } });
    at.chat.begin([]);
    at.chat.turn(question);
    expect(at.terminal.stdout.written).toBe('you   When does the library open on\n      Sunday?\n');
  });

  test('shows an answer after a second, where its latency never comes', async () => {
    using at = chatOn({ where: {} });
    at.chat.begin([]);
    at.chat.turn(question);
    for (const step of answer) at.chat.turn(step);
    await at.run(900);
    expect(at.terminal.stdout.written).toBe(`${held[0]}\n`);
    await at.run(200);
    expect(at.terminal.stdout.written).toBe(`${held[0]}\nagent At ten. It closes at four.\n`);
  });

  test('lists its lines instead of keys', () => {
    const terminal = new FakeTerminal();
    const options = { clock: new VirtualClock(), pushToTalk: true, readsKeys: false, status: () => quiet };
    new ChatScreen({ output: outputTo(terminal), ...options }).help();
    expect(terminal.stderr.written).toMatch(/^lines \/talk to begin and to send · \/mute/);
  });
});
