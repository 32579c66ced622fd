import { linkSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkWritable, isSameFile } from '../../src/loops/output-file.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';

const folder = new TemporaryFolder();
const existing = folder.file('a.wav', 'a');
const other = folder.file('b.wav', 'b');
const path = (name: string) => join(folder.path, name);
mkdirSync(path('inside'));
symlinkSync('a.wav', path('link.wav'));
linkSync(existing, path('hard.wav'));
const names = readdirSync(folder.path);
afterAll(() => folder[Symbol.dispose]());

describe('an output', () => {
  test('can be a new file or take the place of an old one, and is not touched by the question', () => {
    for (const name of ['new.wav', 'a.wav', 'inside/new.wav']) checkWritable(path(name));
    checkWritable('new.wav');
    expect(readdirSync(folder.path)).toEqual(names);
  });

  test.each([
    ['inside', 'it is a folder'],
    ['inside/', 'it is a folder'],
    ['new/', 'it is a folder'],
    ['nowhere/new.wav', 'there is no folder'],
    ['a.wav/new.wav', 'there is no folder'],
  ])('cannot be %s', (name, reason) => {
    // Joined by hand: the slash at the end counts.
    const where = `${folder.path}/${name}`;
    expect(() => checkWritable(where)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'out-not-writable',
        where,
        reason: expect.stringContaining(reason),
      }),
    );
  });
});

describe('two paths', () => {
  test.each(['a.wav', './a.wav', 'inside/../a.wav', 'link.wav', 'hard.wav'])(
    'lead to one file: a.wav and %s',
    (name) => {
      expect(isSameFile(existing, `${folder.path}/${name}`)).toBe(true);
    },
  );

  test('lead to two files, there or not', () => {
    expect(isSameFile(existing, other)).toBe(false);
    expect(isSameFile(existing, path('new.wav'))).toBe(false);
    expect(isSameFile(path('new.wav'), path('newer.wav'))).toBe(false);
  });

  test('lead to one file also before it is there', () => {
    expect(isSameFile('new.wav', './new.wav')).toBe(true);
  });
});
