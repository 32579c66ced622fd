/**
 * A program of the system that runs beside us: its sound, its words line by line, and its end.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** How a program ended. */
export interface ProgramEnd {
  /** It could not be started at all: it is not installed, or not allowed to run. */
  readonly isMissing: boolean;
  /** Its exit code, or null where a signal ended it. */
  readonly code: number | null;
  /** The last lines it wrote that nobody understood: usually why. */
  readonly lastWords: readonly string[];
}

/** Who listens to the program. */
export interface ProgramListener {
  /** A line of stderr, without its end. Gives back whether it was understood, so that it is not kept as last words. */
  onLine?(line: string): boolean;
  /** What it wrote to stdout. Valid during the call. */
  onBytes?(bytes: Uint8Array): void;
  /** It is gone. Called once, and nothing after it; not called after `kill`. */
  onEnd(end: ProgramEnd): void;
}

/** Longer lines are cut, and no more last words than this are kept. */
const mostLineLength = 2000;
const mostLastWords = 6;

const running = new Set<ChildProgram>();
let isWatchingExit = false;

/** Programs must not outlive us, however we end. */
function watchExit(): void {
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => {
    for (const program of running) program.kill();
  });
}

/**
 * The program starts at once, with English messages whatever the user's language, and apart from the terminal, whose
 * Ctrl+C would otherwise end it before us. A program that cannot be started ends with `isMissing`.
 */
export class ChildProgram {
  readonly #listener: ProgramListener;
  readonly #child: ChildProcess | undefined;
  readonly #gone = Promise.withResolvers<void>();
  readonly #lastWords: string[] = [];
  #line = '';
  #isOver = false;

  /** @param takesInput whether anything will be written to it */
  constructor(command: string, args: readonly string[], listener: ProgramListener, takesInput = false) {
    this.#listener = listener;
    try {
      this.#child = spawn(command, args, {
        env: { ...process.env, LC_ALL: 'C.UTF-8', LANGUAGE: 'C' },
        stdio: [takesInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
    } catch (error) {
      // Some runtimes throw where Node tells later.
      this.#lastWords.push(String(error));
      this.#gone.resolve();
      queueMicrotask(() => this.#end(true, null));
      return;
    }
    watchExit();
    running.add(this);
    this.#listen(this.#child);
  }

  /** The process's number, where there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Settles when the process is no more, and with it its hold on the device. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** To stdin. The bytes must stay as they are. */
  write(bytes: Uint8Array): void {
    if (!this.#isOver) this.#child?.stdin?.write(bytes);
  }

  /** Only for a program that waits for this signal: another one dies of it. */
  signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    // Not the child's own `kill`: on Deno that closes its stdin, whatever the signal.
    if (this.#isOver || pid === undefined) return;
    try {
      process.kill(pid, name);
    } catch {
      // It ended just now, and `onEnd` is on its way.
    }
  }

  /** Ends it at once; `onEnd` is not called. */
  kill(): void {
    this.#isOver = true;
    running.delete(this);
    this.#child?.kill('SIGKILL');
    this.#child?.stdin?.destroy();
  }

  #listen(child: ChildProcess): void {
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      this.#lastWords.push(error.message);
      this.#gone.resolve();
      this.#end(true, null);
    });
    child.on('exit', () => this.#gone.resolve());
    child.on('close', (code) => this.#end(false, code));
    // A program that ended refuses what is written; its end is told by `close`.
    child.stdin?.on('error', () => {});
    child.stdout?.on('data', (bytes: Uint8Array) => {
      if (!this.#isOver) this.#listener.onBytes?.(bytes);
    });
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => this.#hear(text));
  }

  /** Programs that show progress end their lines with a carriage return. */
  #hear(text: string): void {
    const lines = text.split(/\r\n|\r|\n/);
    lines[0] = this.#line + lines[0];
    this.#line = (lines.pop() ?? '').slice(0, mostLineLength);
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    if (this.#isOver) return;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: pacat clears the rest of the line.
    const plain = line.replace(/\x1b\[K/g, '').trimEnd();
    if (this.#listener.onLine?.(plain) || plain === '') return;
    this.#lastWords.push(plain);
    if (this.#lastWords.length > mostLastWords) this.#lastWords.shift();
  }

  #end(isMissing: boolean, code: number | null): void {
    if (this.#isOver) return;
    if (this.#line !== '') this.#take(this.#line);
    this.#isOver = true;
    running.delete(this);
    this.#listener.onEnd({ isMissing, code, lastWords: this.#lastWords });
  }
}
