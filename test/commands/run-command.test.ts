import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { type CommandContext, runCommand, watchOutputs } from '../../src/commands/run-command.ts';
import { VoiceloopError } from '../../src/errors.ts';

let stdout: MockInstance<typeof process.stdout.write>;
let stderr: MockInstance<typeof process.stderr.write>;
let exit: MockInstance<typeof process.exit>;

beforeEach(() => {
  stdout = vi.spyOn(process.stdout, 'write').mockImplementation(taken);
  stderr = vi.spyOn(process.stderr, 'write').mockImplementation(taken);
  exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Takes what is written, and says so. */
function taken(_: unknown, done?: unknown): boolean {
  if (typeof done === 'function') done();
  return true;
}

const written = (stream: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }) =>
  stream.mock.calls.map(([text]) => String(text)).join('');

/** Runs until it is interrupted, and tells when it runs. */
function untilInterrupted(flags: object, leave: (context: CommandContext) => Promise<void>) {
  const running = Promise.withResolvers<CommandContext>();
  const finished = runCommand(flags, (context) => {
    running.resolve(context);
    return leave(context);
  });
  return { running: running.promise, finished };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

describe('a command', () => {
  test('that does what it should leaves the exit code alone', async () => {
    await runCommand({}, async ({ output }) => output.result('done'));
    expect(process.exitCode ?? 0).toBe(0);
    expect(written(stdout)).toBe('done\n');
    expect(written(stderr)).toBe('');
  });

  test('that fails says why and sets the exit code of its kind', async () => {
    await runCommand({}, async () => {
      throw new VoiceloopError('auth', 'sign-in-failed', 'cannot sign in');
    });
    expect(process.exitCode).toBe(4);
    expect(written(stderr)).toBe('error: cannot sign in\n');
    expect(written(stdout)).toBe('');
  });

  test('shows a stack trace only with --debug', async () => {
    await runCommand({ debug: true }, async () => {
      throw new TypeError('x is undefined');
    });
    expect(process.exitCode).toBe(1);
    expect(written(stderr)).toMatch(/x is undefined\n[\s\S]*run-command\.test\.ts/);
  });

  test('prints one JSON document, the error or what it had printed before it', async () => {
    const fail = async () => {
      throw new VoiceloopError('service', 'no-answer', 'no answer');
    };
    await runCommand({ json: true }, fail);
    expect(JSON.parse(written(stdout))).toMatchObject({ schema: 'voiceloop.error/1', exitCode: 5 });
    stdout.mockClear();
    await runCommand({ json: true }, async ({ output }) => {
      output.result('{"schema":"voiceloop.run/1"}');
      await fail();
    });
    expect(JSON.parse(written(stdout))).toEqual({ schema: 'voiceloop.run/1' });
    expect(process.exitCode).toBe(5);
  });
});

describe('Ctrl+C', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '(%s) ends a command in order and without a word',
    async (name) => {
      const { running, finished } = untilInterrupted({}, async ({ signal }) => {
        await aborted(signal);
        throw signal.reason;
      });
      await running;
      process.emit(name);
      expect(exit).not.toHaveBeenCalled();
      await finished;
      expect(exit.mock.calls).toEqual([[130]]);
      expect(written(stderr) + written(stdout)).toBe('');
    },
  );

  test('counts for more than what goes wrong on the way out', async () => {
    const { running, finished } = untilInterrupted({ json: true }, async ({ signal }) => {
      await aborted(signal);
      throw new VoiceloopError('service', 'connect-timeout', 'no connection');
    });
    await running;
    process.emit('SIGINT');
    await finished;
    expect(exit.mock.calls).toEqual([[130]]);
    expect(JSON.parse(written(stdout))).toMatchObject({ code: 'interrupted', exitCode: 130 });
  });

  test('is a good end for a command that takes it as one', async () => {
    const { running, finished } = untilInterrupted({}, ({ signal }) => aborted(signal));
    await running;
    process.emit('SIGINT');
    await finished;
    expect(exit).toHaveBeenCalledOnce();
    expect(exit.mock.calls[0]?.[0] ?? 0).toBe(0);
  });

  test('ends a command at once that does not leave at the first one', async () => {
    const leave = Promise.withResolvers<void>();
    const { running, finished } = untilInterrupted({}, () => leave.promise);
    const { signal } = await running;
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT');
    expect(exit.mock.calls).toEqual([[130]]);
    leave.resolve();
    await finished;
  });
});

describe('a result that cannot be written', () => {
  const listeners = () => process.stdout.listeners('error');

  test.each([
    ['EPIPE', 'the reader went away', 0, ''],
    ['ENOSPC', 'the disk is full', 1, 'error: the result cannot be written\n  cause  the disk is full\n'],
  ])('(%s) because %s ends the process with %i', (code, message, exitCode, words) => {
    const before = listeners();
    exit.mockImplementation(() => {
      throw new Error('the process is over');
    });
    watchOutputs();
    const added = listeners().filter((listener) => !before.includes(listener));
    for (const listener of added) process.stdout.off('error', listener as () => void);
    expect(() => {
      for (const listener of added) listener(Object.assign(new Error(message), { code }));
    }).toThrow('the process is over');
    expect(exit.mock.calls).toEqual([[exitCode]]);
    expect(written(stderr)).toBe(words);
  });
});
