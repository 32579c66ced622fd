import { describe, expect, test } from 'vitest';
import { draftLines, shownLines, type TalkLine } from '../../../src/commands/chat-screen/talk-line.ts';
import { cellWidth } from '../../../src/commands/terminal-text.ts';

const plain = (_: string, text: string) => text;
const answer: TalkLine = { who: 'agent', text: 'At ten. It closes at four.', figures: '840 ms  (client 96)' };

describe('a finished line', () => {
  test('is one line in a pipe, however long it is', () => {
    expect(shownLines(answer, plain)).toEqual(['agent At ten. It closes at four.  840 ms  (client 96)']);
    expect(shownLines({ who: 'stop', text: 'interrupted' }, plain)).toEqual(['      ⏹ interrupted']);
    expect(shownLines({ who: 'call', text: 'hours({})' }, plain)).toEqual(['      → hours({})']);
    expect(shownLines({ who: 'you', text: 'a '.repeat(500) }, plain)).toHaveLength(1);
  });

  test('has its figures at the right edge of a terminal, or below where there is no room', () => {
    expect(shownLines(answer, plain, 61)).toEqual([
      'agent At ten. It closes at four.         840 ms  (client 96)',
    ]);
    expect(shownLines(answer, plain, 45)).toEqual([
      'agent At ten. It closes at four.',
      '                         840 ms  (client 96)',
    ]);
    expect(cellWidth(shownLines(answer, plain, 300)[0] ?? '')).toBe(110);
  });

  test('is wrapped behind its label, and measured in cells', () => {
    expect(shownLines({ ...answer, text: '開館時間は十時です。' }, plain, 31)).toEqual([
      'agent 開館時間は十時です。',
      '           840 ms  (client 96)',
    ]);
    expect(shownLines({ who: 'you', text: 'When does it open?' }, plain, 18)).toEqual([
      'you   When does',
      '      it open?',
    ]);
  });

  test('moves no cursor, whatever was said', () => {
    const text = 'At ten.\n\u001b[2J\u001b]0;title\u0007It closes\r at four.';
    expect(shownLines({ who: 'agent', text }, plain)).toEqual(['agent At ten. It closes at four.']);
  });
});

describe('a line that is being said', () => {
  test('shows its last two lines', () => {
    const said = (text: string) => draftLines({ who: 'agent', text }, plain, 25);
    expect(said('At ten.')).toEqual(['agent At ten.']);
    expect(said('At ten. It closes at four')).toEqual(['agent At ten. It', '      closes at four']);
    expect(said('At ten. It closes at four on every Sunday')).toEqual([
      'agent … closes at four',
      '        on every Sunday',
    ]);
  });
});
