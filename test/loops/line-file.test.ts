import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LineFile } from '../../src/loops/line-file.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';

describe('a file of lines', () => {
  test.each([
    ['append', 'earlier\none\ntwo\n'],
    ['replace', 'one\ntwo\n'],
  ] as const)('written to %s has each line from the moment it is written', (mode, expected) => {
    using folder = new TemporaryFolder();
    const path = folder.file('lines.txt', 'earlier\n');
    const file = new LineFile({ path, mode });
    file.write('one');
    file.write('two');
    expect(readFileSync(path, 'utf8')).toBe(expected);
    expect([file.lines, file.failure]).toEqual([2, undefined]);
    file.close();
  });

  test('is made with its first line, or when it is opened', () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'lines.txt');
    const file = new LineFile({ path, mode: 'replace' });
    expect(existsSync(path)).toBe(false);
    file.open();
    expect(existsSync(path)).toBe(true);
    file.close();
  });

  test.runIf(existsSync('/dev/full'))('drops what comes after a failure, and keeps the first cause', () => {
    const file = new LineFile({ path: '/dev/full', mode: 'append' });
    file.write('one');
    const { failure } = file;
    file.write('two');
    file.close();
    expect(file.failure).toBe(failure);
    expect(String(failure?.cause)).toMatch(/no space/i);
    expect(file.lines).toBe(0);
  });
});
