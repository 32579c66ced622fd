import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventFile } from '../../src/loops/event-file.ts';
import { TemporaryFolder } from '../audio/build-wav.ts';

describe('the file of events', () => {
  test('holds a whole line for each event from the moment it is written', () => {
    using folder = new TemporaryFolder();
    const path = folder.file('events.jsonl', 'of an earlier run');
    const file = new EventFile(path);
    file.write({ direction: 'sent', event: { type: 'a', text: 'one\ntwo' }, atMs: 20.123_456 });
    const line = '{"atMs":20.123,"direction":"sent","event":{"type":"a","text":"one\\ntwo"}}\n';
    expect(readFileSync(path, 'utf8')).toBe(line);
    file.write({ direction: 'received', event: { type: 'b' }, atMs: 40 });
    file.close();
    expect(readFileSync(path, 'utf8')).toBe(
      `${line}{"atMs":40,"direction":"received","event":{"type":"b"}}\n`,
    );
    expect(file.error).toBeUndefined();
  });

  test('is not made, and not emptied, where there is nothing to tell', () => {
    using folder = new TemporaryFolder();
    const [none, old] = [join(folder.path, 'none.jsonl'), folder.file('old.jsonl', 'of an earlier run')];
    for (const path of [none, old]) new EventFile(path).close();
    expect(existsSync(none)).toBe(false);
    expect(readFileSync(old, 'utf8')).toBe('of an earlier run');
  });

  test('that cannot be made stops nothing, and says why', () => {
    using folder = new TemporaryFolder();
    const file = new EventFile(folder.path);
    file.write({ direction: 'sent', event: {}, atMs: 0 });
    file.write({ direction: 'sent', event: {}, atMs: 1 });
    file.close();
    expect(file.error).toMatchObject({ kind: 'failure', code: 'events-stopped', where: folder.path });
    expect(file.error?.hint).toContain('0 lines are kept');
  });

  test.runIf(existsSync('/dev/full'))('that finds the disk full stops nothing, and says why', () => {
    const file = new EventFile('/dev/full');
    file.write({ direction: 'sent', event: {}, atMs: 0 });
    file.close();
    expect(file.error).toMatchObject({ code: 'events-stopped', reason: expect.stringMatching(/no space/i) });
  });
});
