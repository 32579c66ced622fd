import { describe, expect, test } from 'vitest';
import { type OutputOptions, printable } from '../../src/commands/output.ts';
import { TerminalScreen } from '../support/terminal-screen.ts';
import { FakeTerminal, outputTo } from './fake-terminal.ts';

const escapeCode = '\u001b';

describe('the result', () => {
  test('goes to stdout, and everything else to stderr', () => {
    const terminal = new FakeTerminal();
    const output = outputTo(terminal, { verbose: true });
    expect(output.hasResult).toBe(false);
    output.result('result');
    output.info('info');
    output.detail('detail');
    output.warn('careful');
    output.error('error: too late');
    expect(output.hasResult).toBe(true);
    expect(terminal.stdout.written).toBe('result\n');
    expect(terminal.stderr.written).toBe('info\ndetail\nwarning: careful\nerror: too late\n');
  });

  test('is all that is left with --quiet, but for warnings and errors', () => {
    const terminal = new FakeTerminal({ stderr: true });
    const output = outputTo(terminal, { quiet: true, verbose: true, color: false });
    output.info('info');
    output.detail('detail');
    output.live('live');
    output.result('result');
    output.warn('careful');
    output.error('error: too late');
    expect(terminal.stdout.written).toBe('result\n');
    expect(terminal.stderr.written).toBe('warning: careful\nerror: too late\n');
  });

  test('comes without details unless --verbose asks for them', () => {
    const terminal = new FakeTerminal();
    outputTo(terminal).detail('detail');
    expect(terminal.stderr.written).toBe('');
  });
});

describe('colour', () => {
  function colored(where: object, flags: Partial<OutputOptions> = {}) {
    const terminal = new FakeTerminal(where);
    const output = outputTo(terminal, flags);
    output.result(output.style('green', 'result'));
    output.warn('careful');
    const [stdout, stderr] = [terminal.stdout, terminal.stderr].map(({ written }) =>
      written.includes(escapeCode),
    );
    return { stdout, stderr };
  }

  test('is shown on terminals', () => {
    expect(colored({ stdout: true, stderr: true })).toEqual({ stdout: true, stderr: true });
  });

  test('is not shown in the one of the two that is a file or a pipe', () => {
    expect(colored({ stdout: false, stderr: true })).toEqual({ stdout: false, stderr: true });
    expect(colored({ stdout: true, stderr: false })).toEqual({ stdout: true, stderr: false });
  });

  test.each([{ NO_COLOR: '1' }, { CI: 'true' }, { TERM: 'dumb' }])('is turned off by %o', (env) => {
    expect(colored({ stdout: true, stderr: true, env })).toEqual({ stdout: false, stderr: false });
  });

  test('is turned off by --no-color, and not by an empty NO_COLOR', () => {
    const both = { stdout: true, stderr: true };
    expect(colored(both, { color: false })).toEqual({ stdout: false, stderr: false });
    expect(colored({ ...both, env: { NO_COLOR: '' } })).toEqual({ stdout: true, stderr: true });
  });
});

describe('the live line', () => {
  test.each([
    ['stderr is no terminal', { stdout: true }, {}],
    ['the terminal can only write on', { stderr: true, env: { TERM: 'dumb' } }, {}],
    ['it would end up in the log of a CI', { stderr: true, env: { CI: '1' } }, {}],
    ['--quiet asks for silence', { stderr: true }, { quiet: true }],
  ])('is not there where %s', (_, where, flags) => {
    const terminal = new FakeTerminal(where);
    const output = outputTo(terminal, flags);
    output.live('1 of 2');
    output.clearLive();
    expect(output.isLive).toBe(false);
    expect(terminal.stderr.written).toBe('');
  });

  test('is written over, and makes room for every other line', async () => {
    const terminal = new FakeTerminal({ stderr: true });
    const screen = new TerminalScreen(80, 24);
    const output = outputTo(terminal, { color: false });
    output.live('a long line');
    output.live('short');
    await screen.write(terminal.stderr.written);
    expect(screen.lines).toEqual(['short']);
    output.info('done');
    output.result('result');
    await screen.write(terminal.stderr.written.slice(terminal.stderr.written.indexOf('short')));
    expect(screen.lines).toEqual(['done']);
    expect(screen.isPlain).toBe(true);
  });

  test('has colours where they are wanted', () => {
    for (const color of [true, false]) {
      const terminal = new FakeTerminal({ stderr: true });
      const output = outputTo(terminal, { color });
      output.live(output.style('green', 'listening'));
      expect(terminal.stderr.written.includes(`${escapeCode}[32m`)).toBe(color);
    }
  });

  test('is never wider than the terminal', async () => {
    const terminal = new FakeTerminal({ stderr: true, columns: 10 });
    const screen = new TerminalScreen(10, 5);
    outputTo(terminal).live('0123456789');
    await screen.write(terminal.stderr.written);
    expect(screen.lines).toEqual(['01234567…']);
  });
});

test('words of others cannot move the cursor', () => {
  expect(printable(`${escapeCode}[2J${escapeCode}]0;title\u0007A\tB\r\nC\u0000 `)).toBe('A B C');
  expect(printable('Grüße 👩‍🔬 – 10:00')).toBe('Grüße 👩‍🔬 – 10:00');
});
