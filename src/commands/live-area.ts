/**
 * The lines at the bottom of a terminal that are written over.
 *
 * @module
 */
import { guardTerminal } from './terminal-guard.ts';
import { clip } from './terminal-text.ts';

/** Where the area is: stderr, or what stands for it. */
export interface LiveStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
/** Terminals differ in how wide they show some characters: a line that turns out too long is cut, and never wraps. */
const stopWrapping = '\u001b[?7l';
const wrapAgain = '\u001b[?7h';
const eraseLine = '\u001b[K';
const eraseBelow = '\u001b[J';

/**
 * Draws lines, and writes over those that have changed. Between two draws the cursor waits, hidden, where the area begins:
 * there it stays when the terminal is resized, whether or not the terminal wraps the lines anew. (xterm.js moves it down with
 * lines below it that it wraps: of an area of several lines, rows stay behind there, and none that should stay is lost.) However
 * the process ends, the area is gone by then and the cursor is shown.
 */
export class LiveArea {
  readonly #stream: LiveStream;
  #release = () => {};
  #lines: readonly string[] = [];
  #columns = 0;
  #rows = 0;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  /** Shows these lines, at least one, in the place of the last ones, cut to the width of the terminal; the last ones where it is too low. */
  draw(lines: readonly string[]): void {
    // A terminal that was never told its size says 0.
    const columns = this.#stream.columns || 80;
    const rows = this.#stream.rows || 24;
    const shown = lines.slice(-Math.max(1, rows - 1)).map((line) => clip(line, columns - 1));
    const last = this.#lines;
    const isWhole = shown.length !== last.length || columns !== this.#columns || rows !== this.#rows;
    if (!isWhole && shown.every((line, row) => line === last[row])) return;
    if (last.length === 0) this.#release = guardTerminal(() => this.clear());
    this.#lines = shown;
    this.#columns = columns;
    this.#rows = rows;
    this.#stream.write(
      `${last.length === 0 ? hideCursor : ''}${stopWrapping}${drawn(shown, isWhole ? [] : last)}${wrapAgain}`,
    );
  }

  /** Takes the lines away; what is written next stands in their place. */
  clear(): void {
    if (this.#lines.length === 0) return;
    this.#release();
    this.#lines = [];
    this.#stream.write(`\r${eraseBelow}${showCursor}`);
  }
}

/** From the beginning of the area and back to it. Where nothing is known of what stands there, everything is written. */
function drawn(lines: readonly string[], last: readonly string[]): string {
  const isWhole = last.length === 0;
  let text = '';
  let at = 0;
  for (const [row, line] of lines.entries()) {
    if (line === last[row]) continue;
    // Only a new line makes room at the bottom of the terminal.
    if (row > at) text += isWhole ? '\r\n' : `\u001b[${row - at}B`;
    text += `\r${line}${eraseLine}`;
    at = row;
  }
  if (isWhole) text += eraseBelow;
  return `${text}${at > 0 ? `\u001b[${at}A` : ''}\r`;
}
