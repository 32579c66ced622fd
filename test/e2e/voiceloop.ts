/**
 * The command line as a process of its own, under the runtime that runs the tests.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

const cli = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const runtimeArguments = process.versions['deno'] ? ['run', '-A', cli] : [cli];

export interface RunOptions {
  /** Where the process works; default the repository, which has no `.env`. */
  readonly cwd?: string;
  /** Added to an environment that knows nothing of any service. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; default nothing. */
  readonly stdin?: string;
  /** A process that runs longer hangs, and is killed. Default 20 000, several times what any command takes. */
  readonly longestMs?: number;
}

export interface Finished {
  /** Undefined where a signal ended the process. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that was started. `await using` ends it, however the test ends. */
export class Running implements AsyncDisposable {
  readonly finished: Promise<Finished>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #hasEnded = false;
  #onOutput = () => {};

  constructor(args: readonly string[], { cwd = root, env = {}, stdin, longestMs = 20_000 }: RunOptions = {}) {
    this.#child = spawn(process.execPath, [...runtimeArguments, ...args], {
      cwd,
      env: { ...plainEnvironment(), ...env },
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    // A process that is gone before it has read everything is no error.
    this.#child.stdin?.on('error', () => {}).end(stdin);
    const kill = () => this.#child.kill('SIGKILL');
    const timer = setTimeout(kill, longestMs);
    process.on('exit', kill);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#onOutput();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#onOutput();
    });
    this.finished = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        this.#hasEnded = true;
        clearTimeout(timer);
        process.off('exit', kill);
        resolve({ exitCode: code ?? undefined, stdout: this.#stdout, stderr: this.#stderr });
        this.#onOutput();
      });
    });
  }

  /** Settles when stdout and stderr together match; rejects when the process ends without it. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(`${this.#stdout}\n${this.#stderr}`);
        if (match) resolve(match);
        return match !== null;
      };
      this.#onOutput = look;
      if (look()) return;
      this.finished.then(({ stdout, stderr }) => {
        if (!look()) reject(new Error(`it ended without saying ${pattern}:\n${stdout}\n${stderr}`));
      }, reject);
    });
  }

  /** As Ctrl+C does; nothing where the process has ended. */
  interrupt(): void {
    // In Deno, `child.kill` puts the signal in the place of the exit code, also where the process took it calmly.
    if (!this.#hasEnded && this.#child.pid !== undefined) process.kill(this.#child.pid, 'SIGINT');
  }

  /** Nobody reads the result any more. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.finished;
  }
}

/** Runs a command to its end; of those that one test file asks for, two at a time. */
export async function voiceloop(args: readonly string[], options?: RunOptions): Promise<Finished> {
  const release = await takePlace();
  try {
    await using running = new Running(args, options);
    return await running.finished;
  } finally {
    release();
  }
}

let free = 2;
const waiting: (() => void)[] = [];

async function takePlace(): Promise<() => void> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  return () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
}

/** What a runtime needs to start, and nothing that configures voiceloop or its colours. */
function plainEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'DENO_DIR', 'SystemRoot', 'TEMP', 'USERPROFILE', 'LOCALAPPDATA'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
