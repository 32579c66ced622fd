import { describe, expect, test } from 'vitest';
import { Transcript, transcriptText } from '../../../src/loops/chat/transcript.ts';

const ids = { responseId: 'r', itemId: 'a' };

describe('the transcript of a chat', () => {
  test('has the user before the agent, although their text arrives later', () => {
    const transcript = new Transcript();
    transcript.turn({ kind: 'user-started', itemId: 'u', audioStartMs: 0 }, 1000);
    transcript.turn({ kind: 'answer-audio', ...ids }, 3000);
    expect(transcript.turn({ kind: 'answer-transcript', ...ids, text: 'At ten.' }, 3100)).toBe(true);
    expect(transcript.turn({ kind: 'user-transcript', itemId: 'u', text: 'When?' }, 3200)).toBe(true);
    expect(transcript.entries.map(({ text }) => text)).toEqual(['When?', 'At ten.']);
  });

  test('leaves out what has no text yet', () => {
    const transcript = new Transcript();
    transcript.turn({ kind: 'user-started', itemId: 'u', audioStartMs: 0 }, 1000);
    expect(transcript.entries).toEqual([]);
  });

  test('tells what was typed, what was called, and how much was heard', () => {
    const transcript = new Transcript();
    transcript.typed('Is it\nopen?', 61_000);
    transcript.turn(
      { kind: 'tool-call', ...ids, callId: 'c', name: 'opening_hours', arguments: '{"day":"Sunday"}' },
      62_000,
    );
    transcript.turn(
      { kind: 'answer-transcript', ...ids, itemId: 'b', text: 'Yes, from ten to four.' },
      63_000,
    );
    transcript.turn(
      { kind: 'interrupted', reason: 'speech', ...ids, itemId: 'b', heardMs: 1320, receivedMs: 2000 },
      64_000,
    );
    transcript.answered('b', { voiceToVoiceMs: 840 });
    expect(transcriptText(transcript.entries, 0)).toBe(
      '[01:01.0] user  Is it open?\n' +
        '[01:02.0] agent (calls opening_hours with {"day":"Sunday"})\n' +
        '[01:03.0] agent Yes, from ten to four. (interrupted after 1.3 s)\n',
    );
    expect(transcript.entries.at(-1)).toMatchObject({ heardMs: 1320, latency: { voiceToVoiceMs: 840 } });
  });
});
