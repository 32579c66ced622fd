import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ChatRecording } from '../../../src/loops/chat/chat-recording.ts';
import { Transcript } from '../../../src/loops/chat/transcript.ts';
import { TemporaryFolder } from '../../audio/build-wav.ts';
import { readWavFile } from '../../fixtures/wav-file.ts';

function recordingIn(folder: string): ChatRecording {
  return new ChatRecording({ folder, rateHz: 24_000, startMs: 1000, startUnixMs: Date.UTC(2026, 0, 1) });
}
const half = new Float32Array(2400).fill(0.5);

describe('the recording of a chat', () => {
  test('keeps the user to the left and the agent to the right, each at its time', () => {
    using folder = new TemporaryFolder();
    const path = join(folder.path, 'new', 'chat');
    const recording = recordingIn(path);
    recording.user.write(half, 1000);
    recording.agent.write(half, 1200);
    recording.close();
    const [left, right] = readWavFile(join(path, 'both.wav')).samples;
    expect([left?.[100], left?.[2500], right?.[2500], right?.[4900]]).toEqual([0.5, 0, 0, 0.5]);
  });

  test('lacks what the agent was stopped from saying', () => {
    using folder = new TemporaryFolder();
    const recording = recordingIn(folder.path);
    recording.agent.write(half, 1000);
    recording.advance(1010);
    recording.agent.erase(1050);
    recording.close();
    const right = readWavFile(join(folder.path, 'both.wav')).samples[1];
    expect([right?.[1199], right?.[1200]]).toEqual([0.5, 0]);
  });

  test('has the talk as text and as JSON from each sentence on', () => {
    using folder = new TemporaryFolder();
    const recording = recordingIn(folder.path);
    const transcript = new Transcript();
    transcript.typed('Hello', 2500);
    recording.transcript(transcript);
    expect(readFileSync(join(folder.path, 'transcript.txt'), 'utf8')).toBe('[00:01.5] user  Hello\n');
    expect(JSON.parse(readFileSync(join(folder.path, 'transcript.json'), 'utf8'))).toEqual({
      schema: 'voiceloop.transcript/1',
      startedAt: '2026-01-01T00:00:00.000Z',
      entries: [{ atMs: 1500, who: 'user', text: 'Hello', isTyped: true }],
    });
    recording.event({ direction: 'sent', event: { type: 'x' }, atMs: 1500 });
    expect(readFileSync(join(folder.path, 'events.jsonl'), 'utf8')).toContain('"atMs":500');
    expect(recording.error).toBeUndefined();
    recording.close();
  });

  test('is never written over', () => {
    using folder = new TemporaryFolder();
    recordingIn(folder.path).close();
    expect(() => recordingIn(folder.path)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'record-exists' }),
    );
  });

  test('that cannot be made says where and why', () => {
    using folder = new TemporaryFolder();
    writeFileSync(join(folder.path, 'file'), '');
    expect(() => recordingIn(join(folder.path, 'file', 'chat'))).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'out-not-writable' }),
    );
  });
});
