import { expect, test } from 'vitest';
import { draftLine } from '../../../src/commands/chat-screen/draft-line.ts';
import { cellWidth } from '../../../src/commands/terminal-text.ts';

const line = (before: string, after: string, width: number) =>
  draftLine({ before, after }, (_, text) => text, width);

test('a draft has its cursor in it, and the keys beside it while there is room', () => {
  expect(line('hello', '', 40)).toBe('› hello▏   Enter sends, Esc leaves');
  expect(line('hel', 'lo', 20)).toBe('› hel▏lo');
  expect(line('two\nlines', '', 20)).toBe('› two lines▏');
});

test('a long draft is shown around its cursor', () => {
  expect(line('the quick brown fox', '', 12)).toBe('› …rown fox▏');
  expect(line('the quick', ' brown fox', 15)).toBe('› the quick▏ b…');
  expect(line('', 'the quick brown fox', 12)).toBe('› ▏the quic…');
  for (let width = 0; width < 30; width++) {
    expect(cellWidth(line('漢字漢字漢字', '漢字漢字', width))).toBeLessThanOrEqual(width);
  }
});
