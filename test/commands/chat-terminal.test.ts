import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { hasPseudoTerminals, PseudoTerminal, runtimeCommand } from '../support/pseudo-terminal.ts';

const driver = (way: string) => runtimeCommand('test/commands/chat-driver.ts', way);
/** The settings of the terminal before and after, and how it ended. */
const between = (command: string) => `stty -a; ${command}; echo "code $?"; stty -a`;

/** The settings of the terminal are the same at the end, and it is as a program finds it. */
function expectRestored({ output, screen }: PseudoTerminal, code: number): void {
  expect(output).toContain(`code ${code}`);
  const [before, after] = Array.from(output.matchAll(/^intr =[\s\S]*?-extproc/gm), (settings) =>
    String(settings).replace(/\s+/g, ' '),
  );
  expect(before).toMatch(/ icanon .* echo /);
  expect(after).toBe(before);
  expect(screen.isPlain).toBe(true);
}

async function restored(terminal: PseudoTerminal, code: number): Promise<void> {
  await terminal.finished;
  expectRestored(terminal, code);
}

describe.runIf(hasPseudoTerminals)('a chat on a real pseudo-terminal (script of util-linux)', () => {
  test('shows a live line, takes keys and messages, and leaves the terminal as it was', async () => {
    await using terminal = new PseudoTerminal(between(driver('leave')));
    await terminal.shows(/◉ listening .*in ▕███████ .*turn 12/);
    terminal.type('m');
    await terminal.shows(/⊘ muted/);
    terminal.type('m');
    await terminal.shows(/◉ listening/);
    terminal.type('?');
    await terminal.shows(/keys {2}m mute · i interrupt/);
    terminal.type('\rmiq ünd 漢');
    await terminal.shows(/› miq ünd 漢▏ {3}Enter sends, Esc leaves/);
    terminal.type('\u007f字\r');
    await terminal.shows(/^you {3}miq ünd 字\nagent You said miq ünd 字 +840 ms\n◉ listening/m);
    await terminal.resize(50, 12);
    await terminal.shows(/^◉ listening {3}in ▕███████ │ ▏-18 dB$/m);
    terminal.type('q\r');
    await restored(terminal, 0);
    expect(terminal.screen.text).toMatch(/840 ms\nit was nice\n/);
    expect(terminal.screen.text).not.toContain('◉');
  });

  test.each([
    ['Ctrl+C', 'leave', '\u0003', 0],
    ['Ctrl+C twice, where it does not leave at the first', 'hang', '\u0003\u0003', 130],
    ['an exit in the middle', 'exit', 's', 7],
    ['an error that nobody catches', 'throw', 's', 1],
    ['a promise that nobody catches', 'reject', 's', 1],
  ])('leaves the terminal as it was after %s', async (_, way, keys, code) => {
    await using terminal = new PseudoTerminal(between(driver(way)));
    await terminal.shows(/◉ listening/);
    terminal.type(keys);
    await restored(terminal, code);
    if (code === 1) expect(terminal.screen.text).toContain('nobody expected this');
  });

  test('leaves the terminal as it was when it is asked to end', async () => {
    await using terminal = new PseudoTerminal(between(driver('leave')));
    const [, pid] = await terminal.shows(/process (\d+)[\s\S]*◉ listening/);
    process.kill(Number(pid), 'SIGTERM');
    await restored(terminal, 0);
  });

  test('stops at Ctrl+Z with a plain terminal, and goes on where it was', async () => {
    await using terminal = new PseudoTerminal('bash --norc --noediting -i', { env: { PS1: 'shell> ' } });
    await terminal.shows(/shell>$/);
    terminal.type(`${between(driver('leave'))}\r`);
    await terminal.shows(/◉ listening/);
    terminal.type('\rhalf a mess');
    await terminal.shows(/› half a mess▏/);
    terminal.type('\u001a');
    await terminal.shows(/Stopped[\s\S]*-extproc\s+shell>$/);
    expect(terminal.screen.text).not.toContain('◉');
    expectRestored(terminal, 148);
    terminal.type('fg\r');
    await terminal.shows(/◉ listening.*\n› half a mess▏/);
    terminal.type('age\r');
    await terminal.shows(/^you {3}half a message$/m);
    terminal.type('q');
    await terminal.shows(/it was nice\nshell>$/);
    terminal.type('exit\r');
    await terminal.finished;
    expect(terminal.screen.isPlain).toBe(true);
  });

  test('goes on after Ctrl+Z where no shell could continue it', async () => {
    await using terminal = new PseudoTerminal(driver('leave'));
    await terminal.shows(/◉ listening/);
    terminal.type('\u001a');
    await terminal.hides(/◉ listening/);
    await terminal.shows(/◉ listening/);
    terminal.type('m');
    await terminal.shows(/⊘ muted/);
    terminal.type('q');
    expect((await terminal.finished).exitCode).toBe(0);
  });
});

describe.skipIf(process.platform === 'win32')('a chat in a pipe', () => {
  const piped = (stdin: 'pipe' | 'ignore') =>
    spawn('sh', ['-c', `exec ${driver('leave')}`], { stdio: [stdin, 'pipe', 'pipe'], timeout: 10_000 });

  test('takes lines, and ends at q although the pipe stays open', async () => {
    const child = piped('pipe');
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
    child.stdin?.write('hello ünd\n/mute\n/mut\nq\n');
    const [code] = await once(child, 'exit');
    child.stdin?.destroy();
    expect(code).toBe(0);
    expect(await stdout).toBe('you   hello ünd\nagent You said hello ünd  840 ms\n');
    expect(await stderr).toMatch(
      /^process \d+\nmuted\nthere is no command \/mut: did you mean \/mute\?\nit was nice\n$/,
    );
  });

  test('hears of the end of an input that never was one', async () => {
    const child = piped('ignore');
    child.stdout?.resume();
    let said = '';
    for await (const chunk of child.stderr ?? []) {
      said += String(chunk);
      if (said.includes('the input has ended')) child.kill();
    }
    expect(said).toContain('the input has ended');
  });
});
