/**
 * Where a command's words go: the result to stdout, everything else to stderr.
 *
 * @module
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import { LiveArea, type LiveStream } from './live-area.ts';

/** What {@link Output} is told by the flags that every command has. */
export interface OutputOptions {
  /** One JSON document on stdout instead of text. */
  readonly json: boolean;
  /** Only the result, warnings and errors. */
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False turns colour off; NO_COLOR, a pipe and CI do as well. */
  readonly color: boolean;
}

/** What {@link Output} writes to: `process`, or what stands for it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
}

interface TerminalStream extends LiveStream {
  readonly isTTY?: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** Writes for a person or for a program, as the flags and the terminal say. */
export class Output {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Lines may be written over: stderr is a terminal and nobody reads it as a log. */
  readonly isLive: boolean;
  readonly #terminal: Terminal;
  readonly #isResultShown: boolean;
  readonly #live: LiveArea;
  readonly #quiet: boolean;
  /** One of the two may be a terminal while the other one is a file. */
  readonly #hasColor: { readonly stdout: boolean; readonly stderr: boolean };
  #hasResult = false;

  constructor(options: OutputOptions, terminal: Terminal = process) {
    const { env, stdout, stderr } = terminal;
    const isTerminal = ({ isTTY }: TerminalStream) => isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
    const hasColor = (stream: TerminalStream) => options.color && isTerminal(stream) && !env['NO_COLOR'];
    this.#terminal = terminal;
    this.json = options.json;
    this.verbose = options.verbose;
    this.#quiet = options.quiet;
    this.#hasColor = { stdout: hasColor(stdout), stderr: hasColor(stderr) };
    this.isLive = isTerminal(stderr) && !options.quiet;
    this.#isResultShown = isTerminal(stdout);
    this.#live = new LiveArea(stderr);
  }

  /** The width of the terminal with the live lines. */
  get columns(): number {
    return this.#terminal.stderr.columns || 80;
  }

  /** The width of the terminal that shows the result; undefined where the result goes into a file or a pipe. */
  get resultColumns(): number | undefined {
    return this.#isResultShown ? this.#terminal.stdout.columns || 80 : undefined;
  }

  /** Something was written to stdout: with `--json` there is no room for a second document. */
  get hasResult(): boolean {
    return this.#hasResult;
  }

  /** The result, on stdout. */
  result(text: string): void {
    this.clearLive();
    this.#hasResult = true;
    this.#terminal.stdout.write(`${this.#hasColor.stdout ? text : stripVTControlCharacters(text)}\n`);
  }

  /** What a person wants to know meanwhile; nothing with `--quiet`. */
  info(text: string): void {
    if (!this.#quiet) this.#note(text);
  }

  /** What only `--verbose` shows. */
  detail(text: string): void {
    if (this.verbose) this.info(this.style('dim', text));
  }

  warn(text: string): void {
    this.#note(`${this.style('yellow', 'warning:')} ${text}`);
  }

  error(text: string): void {
    this.#note(text);
  }

  /** Writes over the last live lines, down to those that have changed; nothing where stderr is no terminal. */
  live(...lines: readonly string[]): void {
    if (!this.isLive) return;
    this.#live.draw(this.#hasColor.stderr ? lines : lines.map((line) => stripVTControlCharacters(line)));
  }

  clearLive(): void {
    this.#live.clear();
  }

  /** Tells the terminal itself something, as an escape sequence; nothing where there are no live lines. */
  control(sequence: string): void {
    if (this.isLive) this.#terminal.stderr.write(sequence);
  }

  style(style: Style, text: string): string {
    return styleText(style, text, { validateStream: false });
  }

  #note(text: string): void {
    this.clearLive();
    this.#terminal.stderr.write(`${this.#hasColor.stderr ? text : stripVTControlCharacters(text)}\n`);
  }
}

/** Words of others, fit for one line of a terminal: nothing in them moves the cursor. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
