/**
 * A line of the talk as it is shown: `you   …`, `agent …` with its latency, a function that was called, an interruption.
 *
 * @module
 */
import { printable } from '../output.ts';
import { cellWidth, wrap } from '../terminal-text.ts';

/** Something said, or something that happened to it. */
export interface TalkLine {
  readonly who: 'you' | 'agent' | 'call' | 'stop';
  readonly text: string;
  /** Figures that stand at the right edge. */
  readonly figures?: string;
}

type Paint = (style: 'bold' | 'cyan' | 'green' | 'yellow' | 'dim', text: string) => string;

const labelWidth = 6;
const indent = ' '.repeat(labelWidth);
/** Figures at the far edge of a wide terminal are hard to read across. */
const longestLine = 110;

/**
 * The lines in which it is shown: wrapped behind its label in a terminal of `columns`, one line where there is none. Texts
 * come from others: nothing in them moves the cursor.
 */
export function shownLines(line: TalkLine, paint: Paint, columns?: number): string[] {
  const text = printable(line.text);
  if (columns === undefined) return [[labelled(line, text, paint), line.figures].filter(Boolean).join('  ')];
  const width = Math.min(columns - 1, longestLine);
  const lines = wrap(text, width - labelWidth);
  const { figures } = line;
  if (figures) {
    const last = lines.at(-1) ?? '';
    const room = width - labelWidth - cellWidth(last) - cellWidth(figures);
    const placed = ' '.repeat(Math.max(0, room)) + paint('dim', figures);
    if (room >= 2) lines[lines.length - 1] = last + placed;
    else lines.push(' '.repeat(Math.max(0, width - labelWidth - cellWidth(figures))) + paint('dim', figures));
  }
  return lines.map((each, i) => (i === 0 ? labelled(line, each, paint) : indent + each));
}

/** What is still being said, in its last two lines at most. */
export function draftLines(line: TalkLine, paint: Paint, columns: number): string[] {
  // Two cells are left for the mark, so that lines do not break elsewhere once it is there.
  const lines = wrap(printable(line.text), columns - 1 - labelWidth - 2);
  const shown = lines.length > 2 ? lines.slice(-2).map((each, i) => `${i === 0 ? '…' : ' '} ${each}`) : lines;
  return shown.map((each, i) => (i === 0 ? labelled(line, each, paint) : indent + each));
}

function labelled({ who }: TalkLine, text: string, paint: Paint): string {
  if (who === 'stop') return `${indent}${paint('yellow', `⏹ ${text}`)}`;
  if (who === 'call') return `${indent}${paint('dim', `→ ${text}`)}`;
  return `${who === 'you' ? paint('cyan', 'you  ') : paint('green', 'agent')} ${text}`;
}
