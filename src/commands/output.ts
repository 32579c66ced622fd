/**
 * Where a command's words go: the result to stdout, everything else to stderr.
 *
 * @module
 */
import { stripVTControlCharacters, styleText } from 'node:util';

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

type Style = Parameters<typeof styleText>[0];

/** Writes for a person or for a program, as the flags and the terminal say. */
export class Output {
  readonly json: boolean;
  readonly verbose: boolean;
  /** A line may be written over: stderr is a terminal and nobody reads it as a log. */
  readonly isLive: boolean;
  readonly #quiet: boolean;
  /** One of the two may be a terminal while the other one is a file. */
  readonly #hasColor: { readonly stdout: boolean; readonly stderr: boolean };
  #hasResult = false;
  #liveLength = 0;

  constructor(options: OutputOptions) {
    const { env, stdout, stderr } = process;
    const isTerminal = (stream: NodeJS.WriteStream) =>
      stream.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
    const hasColor = (stream: NodeJS.WriteStream) => options.color && isTerminal(stream) && !env['NO_COLOR'];
    this.json = options.json;
    this.verbose = options.verbose;
    this.#quiet = options.quiet;
    this.#hasColor = { stdout: hasColor(stdout), stderr: hasColor(stderr) };
    this.isLive = isTerminal(stderr) && !options.quiet;
  }

  /** Something was written to stdout: with `--json` there is no room for a second document. */
  get hasResult(): boolean {
    return this.#hasResult;
  }

  /** The result, on stdout. */
  result(text: string): void {
    this.clearLive();
    this.#hasResult = true;
    process.stdout.write(`${this.#hasColor.stdout ? text : stripVTControlCharacters(text)}\n`);
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

  /** Writes over the last live line; nothing where stderr is no terminal. */
  live(text: string): void {
    if (!this.isLive) return;
    const width = (process.stderr.columns ?? 80) - 1;
    const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    process.stderr.write(`\r${line.padEnd(this.#liveLength)}`);
    this.#liveLength = line.length;
  }

  clearLive(): void {
    if (this.#liveLength > 0) process.stderr.write(`\r${' '.repeat(this.#liveLength)}\r`);
    this.#liveLength = 0;
  }

  /** Colour is taken off again on the way to whatever shows none. */
  style(style: Style, text: string): string {
    return styleText(style, text, { validateStream: false });
  }

  #note(text: string): void {
    this.clearLive();
    process.stderr.write(`${this.#hasColor.stderr ? text : stripVTControlCharacters(text)}\n`);
  }
}

/** Words of others, fit for one line of a terminal: nothing in them moves the cursor. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
