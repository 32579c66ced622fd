import { expect, test } from 'vitest';
import type { KeyName } from '../../../src/commands/keyboard/key-decoder.ts';
import { MessageEditor } from '../../../src/commands/keyboard/message-editor.ts';

/** Presses keys; what is no name of a key is typed. */
function after(...presses: readonly string[]): string {
  const names = ['backspace', 'delete', 'left', 'right', 'home', 'end', 'ctrl-u', 'ctrl-w', 'ctrl-z'];
  const editor = new MessageEditor();
  for (const press of presses) {
    if (names.includes(press)) editor.press({ name: press as KeyName, text: '' });
    else for (const text of press) editor.press({ name: 'text', text });
  }
  return `${editor.draft.before}|${editor.draft.after}`;
}

test.each([
  [['hello'], 'hello|'],
  [['hello', 'left', 'left', 'X'], 'helX|lo'],
  [['hello', 'left', 'backspace'], 'hel|o'],
  [['hello', 'home', 'delete', 'right'], 'e|llo'],
  [['hello', 'home', 'left', 'backspace', 'end', 'right', 'delete'], 'hello|'],
  [['one two  ', 'ctrl-w'], 'one |'],
  [['one two', 'left', 'ctrl-u'], '|o'],
  [['ab', 'ctrl-z'], 'ab|'],
])('%j gives %s', (presses, draft) => {
  expect(after(...presses)).toBe(draft);
});

test('a character is what the reader takes for one', () => {
  expect(after('a👩‍👩‍👧e\u0301', 'backspace')).toBe('a👩‍👩‍👧|');
  expect(after('a👩‍👩‍👧e\u0301', 'left', 'backspace')).toBe('a|e\u0301');
});

test('a pasted text goes in as it is, and all of it can be taken away', () => {
  const editor = new MessageEditor();
  editor.press({ name: 'paste', text: 'two\nlines' });
  expect(editor.text).toBe('two\nlines');
  editor.clear();
  expect(editor.draft).toEqual({ before: '', after: '' });
});
