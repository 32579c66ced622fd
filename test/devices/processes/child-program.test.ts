import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { SystemClock } from '../../../src/clock.ts';
import { ChildProgram, type ProgramEnd } from '../../../src/devices/processes/child-program.ts';
import { runProgram } from '../../../src/devices/processes/run-program.ts';
import { fakeProgram, isAlive } from './fake-programs.ts';

function lived(script: string, isUnderstood = false): Promise<{ end: ProgramEnd; lines: string[] }> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    new ChildProgram(fakeProgram('program', script), [], {
      onLine: (line) => {
        lines.push(line);
        return isUnderstood;
      },
      onEnd: (end) => resolve({ end, lines }),
    });
  });
}

test('lines are whole however they come, end in any way, and lose what clears the terminal', async () => {
  const { lines } = await lived(
    `printf 'on' >&2; sleep 0.02; printf 'e\\r\\ntwo\\rthree\\033[K\\nfour' >&2; exit 3`,
  );
  expect(lines).toEqual(['one', 'two', 'three', 'four']);
});

test('the last words are few, and only those that nobody understood', async () => {
  const script = 'for n in 1 2 3 4 5 6 7 8 9; do echo "line $n" >&2; done; exit 3';
  expect((await lived(script)).end).toEqual({
    isMissing: false,
    code: 3,
    lastWords: ['line 4', 'line 5', 'line 6', 'line 7', 'line 8', 'line 9'],
  });
  expect((await lived(script, true)).end.lastWords).toEqual([]);
});

test('a line without end is cut', async () => {
  const { lines } = await lived('head -c 100000 /dev/zero | tr "\\0" x >&2');
  expect(lines.join('').length).toBeLessThan(10_000);
});

test('a program speaks English to us', async () => {
  expect((await lived('echo "$LC_ALL" >&2')).lines).toEqual(['C.UTF-8']);
});

test('what cannot be started is missing', async () => {
  const output = await runProgram(new SystemClock(), '/nowhere/at-all', []);
  expect(output).toMatchObject({ isMissing: true, stdout: '' });
  expect(output.stderr).not.toBe('');
});

test('what a program prints is given back whole', async () => {
  const path = fakeProgram('program', 'printf "grün"; echo "no good" >&2; exit 2');
  const output = await runProgram(new SystemClock(), path, []);
  expect(output).toEqual({ isMissing: false, code: 2, stdout: 'grün', stderr: 'no good' });
});

test('no program outlives the process that started it', async () => {
  const source = new URL('../../../src/devices/processes/child-program.ts', import.meta.url).pathname;
  const path = fakeProgram('program', 'exec sleep 30');
  const script = `
    import { ChildProgram } from ${JSON.stringify(source)};
    const program = new ChildProgram(${JSON.stringify(path)}, [], { onEnd() {} });
    console.log(program.pid);
    process.exit(0);`;
  const args = 'Deno' in globalThis ? ['eval', '--ext=ts', script] : ['--input-type=module', '-e', script];
  const pid = Number(
    execFileSync(process.execPath, 'Bun' in globalThis ? ['-e', script] : args, { encoding: 'utf8' }),
  );
  expect(pid).toBeGreaterThan(0);
  const clock = new SystemClock();
  for (let n = 0; n < 100 && isAlive(pid); n++) await clock.sleep(10);
  expect(isAlive(pid)).toBe(false);
});
