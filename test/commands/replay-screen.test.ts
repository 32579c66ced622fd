import { describe, expect, test } from 'vitest';
import type { OutputOptions } from '../../src/commands/output.ts';
import { type ReplayPlan, ReplayScreen } from '../../src/commands/replay-screen.ts';
import type { SpokenFile } from '../../src/loops/spoken-file.ts';
import type { TurnReport } from '../../src/loops/turn-trace.ts';
import { loadScenario } from '../../src/mock/scenario/load-scenario.ts';
import { TerminalScreen } from '../support/terminal-screen.ts';
import { FakeTerminal, outputTo } from './fake-terminal.ts';

const file: SpokenFile = {
  path: 'talks/a.wav',
  name: 'a.wav',
  durationMs: 150_000,
  speech: { segments: [], source: 'measured', startMs: undefined, endMs: undefined },
  uplink: 'wav 24000 Hz → 20 ms frames → socket',
  warnings: ['talks/a.wav: shorter than promised'],
};
const turn: TurnReport = {
  file: 'a.wav',
  outcome: 'answered',
  userTranscript: 'When do you open?',
  agentTranscript: 'At ten.',
  latency: {},
  receivedAudioMs: 900,
  playedAudioMs: 900,
};

function screenOn(terminal: FakeTerminal, flags: Partial<OutputOptions> = {}) {
  return new ReplayScreen(outputTo(terminal, { color: false, ...flags }), 2);
}

async function begun(plan: Partial<ReplayPlan>, flags: Partial<OutputOptions> = {}) {
  const terminal = new FakeTerminal();
  const service = { kind: 'mock', scenario: await loadScenario('library') } as const;
  const usual = { service, model: 'gpt-4o', clock: 'virtual', seed: 7, isMockAskedFor: false } as const;
  screenOn(terminal, flags).begin({ files: [file, file], ...usual, ...plan });
  return terminal.stderr.written;
}

describe('the beginning of a replay', () => {
  test('warns of each file once, and says whom it talks to and why', async () => {
    expect(await begun({})).toBe(
      'warning: talks/a.wav: shorter than promised\n' +
        'no endpoint is configured: talking to the embedded mock (scenario library, typical latency, clean network), virtual clock, seed 7\n',
    );
    expect(await begun({ files: [], isMockAskedFor: true })).toMatch(/^talking to the embedded mock/);
  });

  test('names an endpoint and its model', async () => {
    const service = { kind: 'endpoint', endpoint: 'http://127.0.0.1:1', credential: undefined } as const;
    expect(await begun({ files: [], service })).toBe('talking to http://127.0.0.1:1, model gpt-4o\n');
  });

  test('shows each path once with --verbose', async () => {
    expect((await begun({}, { verbose: true })).split('\n').slice(2)).toEqual([file.uplink, '']);
  });
});

describe('a turn', () => {
  const shown = (change: Partial<TurnReport>, flags: Partial<OutputOptions> = {}) => {
    const terminal = new FakeTerminal();
    screenOn(terminal, flags).turn({ ...turn, ...change }, 1);
    return terminal.stdout.written;
  };

  test('is what both sides said', () => {
    expect(shown({})).toBe('1 a.wav\n  user  When do you open?\n  agent At ten.\n');
  });

  test.each<[Partial<TurnReport>, string]>([
    [{ outcome: 'unheard', userTranscript: '', agentTranscript: '' }, '(the service heard no speech)'],
    [{ outcome: 'unanswered', agentTranscript: '' }, '(no answer)'],
    [{ outcome: 'interrupted', interruption: { heardMs: 1520 } }, 'At ten. (interrupted after 1.5 s)'],
  ])('that ended otherwise says so: %o', (change, words) => {
    expect(shown(change)).toContain(`  agent ${words}\n`);
  });

  test('stays in its lines and moves no cursor, whatever the service says', () => {
    const agentTranscript = 'At ten.\n\n\u001b[2JIt closes\u0007 at four.';
    expect(shown({ agentTranscript })).toContain('  agent At ten. It closes at four.\n');
  });

  test('is left to the document with --json', () => {
    expect(shown({}, { json: true })).toBe('');
  });
});

describe('a notice', () => {
  test('is a warning, or an error that the service reports', () => {
    const terminal = new FakeTerminal();
    const screen = screenOn(terminal, { quiet: true });
    screen.notice({ level: 'warning', code: 'session-differs', message: 'the voice is another one' });
    screen.notice({ level: 'error', code: 'server_error', message: 'it\nfailed' });
    expect(terminal.stderr.written).toBe(
      'warning: the voice is another one (session-differs)\n' +
        'the service reports an error: it failed (server_error)\n',
    );
  });
});

describe('progress', () => {
  const saying = (saidMs: number, number = 1) => ({ file, number, doing: 'saying', saidMs }) as const;

  test('is one live line on a terminal', async () => {
    const terminal = new FakeTerminal({ stderr: true });
    const screen = screenOn(terminal);
    const shown = async () => {
      const emulator = new TerminalScreen(80, 24);
      await emulator.write(terminal.stderr.written);
      return emulator.lines;
    };
    screen.progress(saying(75_000));
    expect(await shown()).toEqual([`1/2 a.wav  ▕${'█'.repeat(12)}${' '.repeat(12)}▏ 1:15 of 2:30`]);
    screen.progress({ ...saying(150_000), doing: 'listening' });
    expect(await shown()).toEqual(['1/2 a.wav  listening to the answer']);
    screen.turn(turn, 1);
    expect(await shown()).toEqual([]);
  });

  test('is a line a minute without one, for each file anew', () => {
    const terminal = new FakeTerminal();
    const screen = screenOn(terminal);
    for (let saidMs = 0; saidMs <= 150_000; saidMs += 1000) screen.progress(saying(saidMs));
    for (let saidMs = 0; saidMs <= 60_000; saidMs += 1000) screen.progress(saying(saidMs, 2));
    expect(terminal.stderr.written).toBe(
      '1/2 a.wav: 1:00 of 2:30 said\n1/2 a.wav: 2:00 of 2:30 said\n2/2 a.wav: 1:00 of 2:30 said\n',
    );
  });
});
