import { expect, test } from 'vitest';
import { type ChatFigures, chatSummary } from '../../src/commands/chat-summary.ts';

const figures: ChatFigures = {
  turns: 12,
  interruptions: 3,
  voiceToVoiceMs: [900, 700, 800],
  underruns: 0,
  underrunMs: 0,
  lostDevices: 0,
};

test('a chat is summed up in four lines, and says where its recording is', () => {
  expect(chatSummary(figures)).toEqual([
    'turns       12, 3 interrupted',
    'latency     p50 800 ms of 3 answers; a p95 takes 20',
    'playback    never ran dry',
    'devices     none lost',
  ]);
  expect(chatSummary({ ...figures, recording: 'talks/1' }).at(-1)).toBe('recording   talks/1');
});

test('twenty answers have a p95: the value that 19 of them do not exceed', () => {
  const voiceToVoiceMs = Array.from({ length: 20 }, (_, i) => 1000 - i * 10);
  expect(chatSummary({ ...figures, voiceToVoiceMs })[1]).toBe(
    'latency     p50 905 ms, p95 990 ms of 20 answers',
  );
  expect(chatSummary({ ...figures, voiceToVoiceMs: voiceToVoiceMs.slice(1) })[1]).toContain('a p95 takes 20');
});

test('what went wrong is counted', () => {
  const lines = chatSummary({
    ...figures,
    voiceToVoiceMs: [],
    underruns: 2,
    underrunMs: 130.4,
    lostDevices: 2,
  });
  expect(lines.slice(1)).toEqual([
    'latency     no answer was measured',
    'playback    ran dry 2 times, for 130 ms in all',
    'devices     2 lost',
  ]);
});
