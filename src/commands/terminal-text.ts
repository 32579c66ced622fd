/**
 * Text in the cells of a terminal: how wide it is, and how it is cut and wrapped.
 *
 * @module
 */
import { stripVTControlCharacters } from 'node:util';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ascii = /^[\x20-\x7e]*$/;
const invisible = /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Zl}\p{Zp}]*$/u;
const emoji = /^(\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;
/** East Asian Wide and Fullwidth of UAX #11, without the emoji; JavaScript has no property for it. */
const wide =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
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
  if (ascii.test(text)) return text.length;
  return graphemes(stripVTControlCharacters(text)).reduce((sum, grapheme) => sum + widthOf(grapheme), 0);
}

function widthOf(grapheme: string): number {
  if (ascii.test(grapheme)) return grapheme.length;
  if (emoji.test(grapheme) || wide.test(grapheme)) return 2;
  return invisible.test(grapheme) ? 0 : 1;
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
      room -= widthOf(grapheme);
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
    room -= widthOf(grapheme);
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
    const added = widthOf(grapheme);
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
