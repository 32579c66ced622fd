import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { TemporaryFolder } from '../audio/build-wav.ts';
import { fixture, Running, voiceloop } from './voiceloop.ts';

/** What follows `$ voiceloop` in the examples of a help text. */
async function examplesOf(command: string): Promise<string[][]> {
  const { exitCode, stdout, stderr } = await voiceloop([command, '--help']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).not.toContain('(default: true)');
  const [, examples = ''] = stdout.split('Examples:\n');
  return [...examples.matchAll(/^ {2}\$ voiceloop (.+)$/gm)].map(([, words = '']) => words.split(' '));
}

describe.concurrent('voiceloop', () => {
  test('lists its commands', async () => {
    const { exitCode, stdout, stderr } = await voiceloop(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}replay .+\n {2}mock /m);
  });

  test('tells its version and the runtime, behind a command as well', async () => {
    const { exitCode, stdout, stderr } = await voiceloop(['replay', '--version']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { bun, deno, node } = process.versions;
    expect(stdout).toContain(`voiceloop ${packageJson.version} (`);
    expect(stdout).toContain(bun ?? deno ?? node);
  });

  test('shows two examples of a replay that work', async () => {
    using folder = new TemporaryFolder();
    symlinkSync(fixture('.'), join(folder.path, 'fixtures'));
    const examples = await examplesOf('replay');
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      const clock = example.includes('--clock') ? [] : ['--clock', 'virtual'];
      const { exitCode, stdout } = await voiceloop([...example, ...clock], { cwd: folder.path });
      expect(exitCode).toBe(0);
      expect(stdout).toContain('The library opens at ten on Sunday. It closes at four.');
    }
  });

  test('shows two examples of a mock that work', async () => {
    const examples = await examplesOf('mock');
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      // A free port in place of the usual one, which somebody may be using.
      const words = example.filter((word, i) => word !== '--port' && example[i - 1] !== '--port');
      await using mock = new Running([...words, '--port', '0']);
      await mock.said(/http:\/\/127\.0\.0\.1:\d+/);
      mock.interrupt();
      expect(await mock.finished).toMatchObject({ exitCode: 0 });
    }
  });
});
