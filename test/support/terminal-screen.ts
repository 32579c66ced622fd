/**
 * What somebody in front of a terminal sees, by xterm.js.
 *
 * @module
 */
import xterm from '@xterm/headless';

/** A terminal emulator without a window. */
export class TerminalScreen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  #showsCursor = true;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    for (const final of ['h', 'l']) {
      this.#terminal.parser.registerCsiHandler({ prefix: '?', final }, (modes) => {
        if (modes.includes(25)) this.#showsCursor = final === 'h';
        return false;
      });
    }
  }

  /** Settles when it is shown. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** Every line from the first one that scrolled away, as far as there is text. */
  get lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, y) => buffer.getLine(y)?.translateToString(true).trimEnd() ?? '',
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** The first column of a line where a text begins, in cells. */
  cellOf(text: string): number | undefined {
    const buffer = this.#terminal.buffer.active;
    for (let y = 0; y < buffer.length; y++) {
      const line = buffer.getLine(y);
      for (let x = 0; x < this.#terminal.cols; x++) {
        if (line?.translateToString(true, x).startsWith(text)) return x;
      }
    }
    return undefined;
  }

  /** Where the next character goes; the line counts from the first one that scrolled away. */
  get cursor(): { readonly column: number; readonly line: number } {
    const { cursorX, cursorY, baseY } = this.#terminal.buffer.active;
    return { column: cursorX, line: baseY + cursorY };
  }

  /** The cursor is shown, lines wrap, and what is pasted comes as keys: what a program finds when it starts. */
  get isPlain(): boolean {
    const { bracketedPasteMode, wraparoundMode } = this.#terminal.modes;
    return this.#showsCursor && wraparoundMode && !bracketedPasteMode;
  }
}
