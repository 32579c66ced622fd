/**
 * A program in a real pseudo-terminal, whose screen can be read.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { root } from './source-tree.ts';
import { TerminalScreen } from './terminal-screen.ts';

export interface PseudoTerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Added to an environment that knows nothing of services, colours and CI. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default the repository. */
  readonly cwd?: string;
  /** A program that runs longer hangs, and is killed. */
  readonly longestMs?: number;
}

/** `script` of util-linux makes the pseudo-terminal; BSD has another one of that name. */
export const hasPseudoTerminals: boolean =
  process.platform === 'linux' &&
  /util-linux/.test(String(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout));

/** A program of this repository under the runtime that runs the tests, as a shell command. */
export function runtimeCommand(path: string, ...args: readonly string[]): string {
  const runtime = process.versions['deno'] ? [process.execPath, 'run', '-A'] : [process.execPath];
  return [...runtime, path, ...args].map((word) => `'${word}'`).join(' ');
}

/**
 * Runs a shell command in a pseudo-terminal of its own, with xterm.js as the terminal at its other end. `await using` ends it,
 * however the test ends.
 *
 * @example
 * await using terminal = new PseudoTerminal(runtimeCommand('cli.ts', 'chat', '--mock'));
 * await terminal.shows(/listening/);
 * terminal.type('q');
 * expect((await terminal.finished).exitCode).toBe(0);
 */
export class PseudoTerminal implements AsyncDisposable {
  readonly screen: TerminalScreen;
  readonly finished: Promise<{ readonly exitCode: number | undefined; readonly output: string }>;
  readonly #child: ChildProcess;
  readonly #device = Promise.withResolvers<string>();
  #output = '';
  #onOutput = () => {};

  constructor(command: string, options: PseudoTerminalOptions = {}) {
    const { columns = 100, rows = 24, env = {}, cwd = root, longestMs = 20_000 } = options;
    this.screen = new TerminalScreen(columns, rows);
    // A pseudo-terminal begins without a size where its maker has no terminal.
    const prepared = `stty rows ${rows} cols ${columns}; echo "device $(tty)"; ${command}`;
    this.#child = spawn('script', ['-qfec', prepared, '/dev/null'], {
      cwd,
      env: { ...plainEnvironment(), ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const kill = () => this.#child.kill('SIGKILL');
    const timer = setTimeout(kill, longestMs);
    process.on('exit', kill);
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => void this.#take(text));
    this.finished = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        clearTimeout(timer);
        process.off('exit', kill);
        resolve({ exitCode: code ?? undefined, output: this.#output });
        this.#onOutput();
      });
    });
  }

  /** All that was written to the terminal. */
  get output(): string {
    return this.#output;
  }

  /** Presses keys, as the bytes that a terminal makes of them. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Makes the window larger or smaller; the program is told by SIGWINCH. */
  async resize(columns: number, rows: number): Promise<void> {
    const device = await this.#device.promise;
    this.screen.resize(columns, rows);
    await new Promise<void>((resolve, reject) => {
      execFile('stty', ['-F', device, 'rows', `${rows}`, 'cols', `${columns}`], (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** Settles when the screen, or a line that has scrolled away, matches; rejects when the program ends without it. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await this.#until(() => pattern.exec(this.screen.text) ?? undefined);
    if (found) return found;
    throw new Error(`it ended without showing ${pattern}:\n${this.screen.text}`);
  }

  /** Settles when nothing matches any more, or the program has ended. */
  async hides(pattern: RegExp): Promise<void> {
    await this.#until(() => !pattern.test(this.screen.text) || undefined);
  }

  async #until<T>(look: () => T | undefined): Promise<T | undefined> {
    for (let hasEnded = false; ; ) {
      const found = look();
      if (found !== undefined || hasEnded) return found;
      const changed = new Promise<boolean>((resolve) => {
        this.#onOutput = () => resolve(false);
      });
      hasEnded = await Promise.race([changed, this.finished.then(() => true)]);
    }
  }

  async #take(text: string): Promise<void> {
    this.#output += text;
    const device = /^device (\S+)/m.exec(this.#output)?.[1];
    if (device) this.#device.resolve(device);
    await this.screen.write(text);
    this.#onOutput();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.finished;
  }
}

function plainEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'DENO_DIR'];
  const kept = names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return { ...Object.fromEntries(kept), SHELL: '/bin/sh', TERM: 'xterm-256color', LANG: 'C.UTF-8' };
}
