import { describe, expect, test } from 'vitest';
import { checkWords, joinNegativeNumbers } from '../../src/commands/command-words.ts';

describe('the words of a command line', () => {
  test.each([
    [['--api-key', 'sk-canary']],
    [['replay', '--apikey=sk-canary']],
    [['replay', '--API_KEY', 'sk-canary']],
    [['--key', 'sk-canary']],
    [['-key=sk-canary']],
    [['--token', 'sk-canary']],
    [['--access-token=sk-canary']],
    [['--authorization', 'Bearer sk-canary']],
  ])('%j hold a key, which is refused and not repeated', (words) => {
    let thrown: unknown;
    try {
      checkWords(words);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ kind: 'usage', code: 'key-in-flag' });
    expect(JSON.stringify([thrown, String(thrown)])).not.toContain('canary');
  });

  test.each([
    [['replay', '--out', '', 'a.wav'], '--out'],
    [['replay', '--out=', 'a.wav'], '--out'],
    [['replay', 'a.wav', '--turn-gap='], '--turn-gap'],
  ])('%j hold an empty value, which is refused', (words, flag) => {
    expect(() => checkWords(words)).toThrow(
      expect.objectContaining({ code: 'flag-empty', message: `the value of ${flag} is empty` }),
    );
  });

  test.each([
    [['replay', 'a.wav', '--out', 'b.wav', '--json']],
    [['replay', 'keys.wav', 'token.wav', '--out=key=value.wav']],
    [['replay', '--', '--key', '--out=', '']],
    [[]],
  ])('%j are taken', (words) => {
    expect(() => checkWords(words)).not.toThrow();
  });

  test('join a negative number to its flag', () => {
    expect(joinNegativeNumbers(['replay', '--turn-gap', '-1', '--seed', '5', '-1'])).toEqual([
      'replay',
      '--turn-gap=-1',
      '--seed',
      '5',
      '-1',
    ]);
    expect(joinNegativeNumbers(['--turn-gap=5', '-1', '--json', '--', '--x', '-1'])).toEqual([
      '--turn-gap=5',
      '-1',
      '--json',
      '--',
      '--x',
      '-1',
    ]);
  });
});
