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

/** What {@link Output} writes to: `process`, or what stands for it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
}

interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

type Style = Parameters<typeof styleText>[0];

/** Writes for a person or for a program, as the flags and the terminal say. */
export class Output {
  readonly json: boolean;
  readonly verbose: boolean;
  /** A line may be written over: stderr is a terminal and nobody reads it as a log. */
  readonly isLive: boolean;
  readonly #terminal: Terminal;
  readonly #quiet: boolean;
  /** One of the two may be a terminal while the other one is a file. */
  readonly #hasColor: { readonly stdout: boolean; readonly stderr: boolean };
  #hasResult = false;
  #live = '';

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

  /** Writes over the last live line; nothing where stderr is no terminal, or where the line says the same. */
  live(text: string): void {
    const width = (this.#terminal.stderr.columns ?? 80) - 1;
    const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    if (!this.isLive || line === this.#live) return;
    this.#terminal.stderr.write(`\r${line.padEnd(this.#live.length)}`);
    this.#live = line;
  }

  clearLive(): void {
    if (this.#live !== '') this.#terminal.stderr.write(`\r${' '.repeat(this.#live.length)}\r`);
    this.#live = '';
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
