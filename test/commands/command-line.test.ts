import { cac } from 'cac';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { addCommonFlags, runCommandLine } from '../../src/commands/command-line.ts';

let stdout: MockInstance<typeof process.stdout.write>;
let stderr: MockInstance<typeof process.stderr.write>;
let said: { words: unknown[]; flags: Record<string, unknown> } | undefined;

beforeEach(() => {
  stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  // Each run listens for a closed pipe until the process ends.
  vi.spyOn(process.stdout, 'on').mockReturnValue(process.stdout);
  vi.spyOn(process.stderr, 'on').mockReturnValue(process.stderr);
  said = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function run(...words: string[]) {
  const cli = cac('voiceloop');
  const take = (arguments_: unknown, flags: Record<string, unknown>) => {
    said = { words: [arguments_].flat(), flags };
  };
  cli.command('say <...WAV>').option('--turn-gap <ms>', 'Pause').option('--mock [name]', 'Mock').action(take);
  cli.command('serve [SCENARIO]').action(take);
  addCommonFlags(cli, '1.2.3');
  await runCommandLine(cli, ['node', 'cli.ts', ...words]);
  const text = (spy: typeof stdout | typeof stderr) => spy.mock.calls.map(([line]) => String(line)).join('');
  return { exitCode: process.exitCode ?? 0, stdout: text(stdout), stderr: text(stderr) };
}

describe('a command line', () => {
  test('runs the command with its words and flags', async () => {
    expect(await run('say', 'a.wav', 'b.wav', '--turn-gap', '5', '--json')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(said).toMatchObject({ words: ['a.wav', 'b.wav'], flags: { turnGap: 5, json: true } });
  });

  test('takes every word for a file that stands behind --, and numbers as well', async () => {
    await run('say', '--json', '7', '--', '--odd.wav', '-1');
    expect(said?.words).toEqual(['7', '--odd.wav', '-1']);
  });

  test('gives a flag a negative number, to be refused by its name', async () => {
    await run('say', 'a.wav', '--turn-gap', '-1');
    expect(said?.flags['turnGap']).toBe(-1);
  });

  test.each([
    [['say'], 'say needs at least one WAV', 'voiceloop say --help'],
    [['serve', 'a', 'b', 'c'], 'serve cannot use b c', 'voiceloop serve --help'],
    [['sya', 'a.wav'], 'there is no command sya', 'did you mean say?'],
    [['entirely-else'], 'there is no command entirely-else', 'one of: say, serve'],
    [[], 'a command is needed', 'one of: say, serve'],
    [['say', 'a.wav', '--trun-gap', '5'], 'say has no flag --trun-gap', 'did you mean --turn-gap?'],
    [['say', 'a.wav', '--josn'], 'say has no flag --josn', 'did you mean --json?'],
    [['say', 'a.wav', '-x'], 'say has no flag -x', 'voiceloop say --help lists the flags'],
    [['serve', '--turn-gap', '5'], 'serve has no flag --turn-gap', 'lists the flags'],
    [['say', 'a.wav', '--turn-gap'], 'option --turn-gap <ms> value is missing', '--help'],
    [['say', 'a.wav', '--turn-gap='], 'the value of --turn-gap is empty', 'leave the flag out'],
  ])('%j is refused before anything runs', async (words, message, hint) => {
    const run_ = await run(...words);
    expect(said).toBeUndefined();
    expect(run_).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run_.stderr).toMatch(/^error: .+\n {2}try {4}.+\n$/);
    expect(run_.stderr).toContain(`error: ${message}\n`);
    expect(run_.stderr).toContain(hint);
  });

  test('tells what went wrong as JSON where JSON is asked for', async () => {
    const { stdout } = await run('sya', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'voiceloop.error/1',
      code: 'command-unknown',
      exitCode: 2,
    });
  });

  test.each([[['--version']], [['-v']], [['say', '--version']]])('%j tells the version', async (words) => {
    const { exitCode, stdout } = await run(...words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^voiceloop 1\.2\.3 \((node|deno|bun) [\d.]+, \w+ \w+\)\n$/);
  });

  test('asks for help without running anything', async () => {
    const info = vi.spyOn(console, 'info').mockReturnValue(undefined);
    expect(await run('say', '--help')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said).toBeUndefined();
    const [help] = info.mock.calls[0] ?? [];
    expect(help).toMatch(/--turn-gap <ms>\s+Pause\n/);
    expect(help).toMatch(/--no-color\s+No colours\n/);
  });
});
