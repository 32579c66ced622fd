/**
 * Text in the cells of a terminal: how wide it is, and how it is cut and wrapped.
 *
 * @module
 */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ascii = /^[\x20-\x7e]*$/;
/** What no line of Chinese or Japanese begins with. */
const closing = /^[\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\u300d\u300f\uff09\u3011\u30fc]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with Escape
const style = /(\u001b\[[\d;]*m)/;

/** The characters as a reader counts them: an accent and its letter are one, a family of emoji is one. */
export function graphemes(text: string): string[] {
  return ascii.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many cells a text takes; colours take none. Terminals disagree about some emoji, which count as two. */
export function cellWidth(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** A text with spaces behind it, up to `width` cells. */
export function padCells(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

/** The beginning of a text that fits into `width` cells, with `…` for what is cut off. Colours stay, and end with it. */
export function clip(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  let room = width - 1;
  let kept = '';
  let isStyled = false;
  for (const piece of text.split(style)) {
    if (style.test(piece)) {
      kept += piece;
      isStyled = true;
      continue;
    }
    for (const grapheme of graphemes(piece)) {
      room -= cellWidth(grapheme);
      if (room < 0) return `${kept}${width > 0 ? '…' : ''}${isStyled ? '\u001b[0m' : ''}`;
      kept += grapheme;
    }
  }
  return kept;
}

/** The end of a text without colours that fits into `width` cells, with `…` for what is cut off before it. */
export function clipStart(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  let room = width - 1;
  let kept = '';
  for (const grapheme of graphemes(text).toReversed()) {
    room -= cellWidth(grapheme);
    if (room < 0) break;
    kept = grapheme + kept;
  }
  return `${width > 0 ? '…' : ''}${kept}`;
}

/**
 * A text without colours in lines of at most `width` cells (at least two, so that every character fits). Lines break behind
 * spaces, between wide characters, and within a word that fits no line.
 */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  let cells = 0;
  let breakAt = 0;
  for (const grapheme of graphemes(text)) {
    const added = cellWidth(grapheme);
    if (added === 2 && !closing.test(grapheme)) breakAt = line.length;
    while (cells + added > limit && line !== '') {
      const at = grapheme === ' ' || breakAt === 0 ? line.length : breakAt;
      lines.push(line.slice(0, at).trimEnd());
      line = line.slice(at);
      cells = cellWidth(line);
      breakAt = 0;
    }
    if (grapheme === ' ' && line === '' && lines.length > 0) continue;
    line += grapheme;
    cells += added;
    if (grapheme === ' ') breakAt = line.length;
  }
  return [...lines, line.trimEnd()];
}
