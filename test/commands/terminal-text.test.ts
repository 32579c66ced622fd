import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellWidth, clip, clipStart, graphemes, padCells, wrap } from '../../src/commands/terminal-text.ts';
import { TerminalScreen } from '../support/terminal-screen.ts';

const family = '👩‍👩‍👧';
const green = (text: string) => `\u001b[32m${text}\u001b[39m`;
/** Words of letters, wide characters and emoji. */
const texts = fc
  .array(fc.constantFrom('a', 'library ', ' ', '漢字', 'e\u0301', '한', '，', family, '⏹', 'opening-hours'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

describe('the width of a text', () => {
  test.each([
    ['At ten.', 7],
    ['Grüße', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['ｆｕｌｌ', 8],
    ['한국어', 6],
    [family, 2],
    ['🇩🇪', 2],
    ['▕██▌▏', 5],
    ['\u200b', 0],
    [green('漢'), 2],
  ])('of %j is %i cells', (text, width) => {
    expect(cellWidth(text)).toBe(width);
  });

  test('is what a terminal makes of it', async () => {
    for (const text of [
      '日本語、です。',
      '한국어',
      '（ｆｕｌｌ）',
      'Grüße',
      '▕██▌▏',
      'e\u0301',
      '〜ー',
      '𠮷',
    ]) {
      const screen = new TerminalScreen(40, 2);
      await screen.write(text);
      expect([text, screen.cursor.column]).toEqual([text, cellWidth(text)]);
    }
  });

  test('is padded with spaces', () => {
    expect(padCells('漢', 4)).toBe('漢  ');
    expect(padCells('long', 2)).toBe('long');
  });
});

describe('a text that is cut', () => {
  test('keeps its beginning, or its end', () => {
    expect(clip('opening hours', 8)).toBe('opening…');
    expect(clipStart('opening hours', 8)).toBe('…g hours');
    expect(clip('漢字漢字', 6)).toBe('漢字…');
    expect(clip('short', 8)).toBe('short');
    expect(clip(`${family}${family}`, 3)).toBe(`${family}…`);
    expect(clip('a', 0) + clipStart('a', 0)).toBe('');
  });

  test('keeps its colours and ends them', () => {
    expect(clip(`${green('opening')} hours`, 4)).toBe('\u001b[32mope…\u001b[0m');
  });

  test('never is wider than it may be', () => {
    fc.assert(
      fc.property(texts, fc.nat(20), (text, width) => {
        expect(cellWidth(clip(green(text), width))).toBeLessThanOrEqual(width);
        expect(cellWidth(clipStart(text, width))).toBeLessThanOrEqual(width);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('a text that is wrapped', () => {
  test.each([
    ['At ten. It closes at four.', 12, ['At ten. It', 'closes at', 'four.']],
    ['exactly here', 7, ['exactly', 'here']],
    ['antidisestablishment', 8, ['antidise', 'stablish', 'ment']],
    ['開館時間は十時です。', 8, ['開館時間', 'は十時で', 'す。']],
    ['open: 開館時間', 9, ['open: 開', '館時間']],
    ['', 8, ['']],
  ])('breaks %j at %i cells where a reader would', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  test('fits, and loses nothing but spaces', () => {
    const without = (lines: readonly string[]) => lines.join('').replaceAll(' ', '');
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        expect(Math.max(...lines.map(cellWidth))).toBeLessThanOrEqual(width);
        expect(without(lines)).toBe(without([text]));
        // No character is torn.
        expect(lines.flatMap(graphemes).filter((each) => each !== ' ')).toEqual(
          graphemes(text).filter((each) => each !== ' '),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
