import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock.ts';
import { SessionLog } from '../../../src/loops/chat/session-log.ts';
import { TemporaryFolder } from '../../audio/build-wav.ts';

describe('the log of a session', () => {
  test('has a line with the time of day for each connection and event', () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'chat.log');
    const log = new SessionLog(path, new VirtualClock());
    log.line('connected to\nhttp://127.0.0.1');
    log.event({ direction: 'received', event: { type: 'response.done', response_id: 'r1' }, atMs: 0 });
    log.event({ direction: 'received', event: { type: 'error', error: { message: 'too fast' } }, atMs: 0 });
    log.close();
    expect(readFileSync(path, 'utf8')).toBe(
      '2026-01-01T00:00:00.000Z  connected to http://127.0.0.1\n' +
        '2026-01-01T00:00:00.000Z  received response.done response_id=r1\n' +
        '2026-01-01T00:00:00.000Z  received error: too fast\n',
    );
  });

  test('tells of a run of frames once', () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'chat.log');
    const log = new SessionLog(path, new VirtualClock());
    const frame = { direction: 'sent', event: { type: 'input_audio_buffer.append' }, atMs: 0 } as const;
    for (let n = 0; n < 5; n++) log.event(frame);
    log.event({ direction: 'received', event: { type: 'session.updated' }, atMs: 0 });
    log.event(frame);
    log.close();
    expect(readFileSync(path, 'utf8').match(/append/g)).toHaveLength(2);
  });

  test('goes on where an earlier one ended', () => {
    using folder = new TemporaryFolder();
    const path = folder.file('chat.log', 'earlier\n');
    const log = new SessionLog(path, new VirtualClock());
    log.line('again');
    log.close();
    expect(readFileSync(path, 'utf8')).toMatch(/^earlier\n.*again\n$/);
  });

  test('that cannot be opened says where', () => {
    using folder = new TemporaryFolder();
    expect(() => new SessionLog(folder.path, new VirtualClock())).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'out-not-writable', where: folder.path }),
    );
  });
});
