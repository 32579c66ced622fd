import { expect, test } from 'vitest';
import { latencyTable } from '../../src/latency/terminal-report.ts';

test('a conversation with the mock shows every part and the medians', () => {
  const latency = {
    voiceToVoiceMs: 1184,
    uplinkMs: 21.9,
    networkUpMs: 10,
    networkDownMs: 10,
    endpointingMs: 500,
    thinkingMs: 560.1,
    serverMs: 1080.1,
    leadingSilenceMs: 0,
    playoutMs: 82,
    clientAddedMs: 103.9,
  };
  const table = latencyTable([
    { name: 'opening-hours.wav', latency },
    { name: 'renew-book.wav', latency: { ...latency, voiceToVoiceMs: 1284 } },
  ]);
  expect(table.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'latency in ms | voice to voice | uplink | network | endpointing | thinking | silence | playout | client added',
    '1 opening-hours.wav | 1184.0 | 21.9 | 20.0 | 500.0 | 560.1 | 0.0 | 82.0 | 103.9',
    '2 renew-book.wav | 1284.0 | 21.9 | 20.0 | 500.0 | 560.1 | 0.0 | 82.0 | 103.9',
    'median | 1234.0 | 21.9 | 20.0 | 500.0 | 560.1 | 0.0 | 82.0 | 103.9',
  ]);
});

test('a turn against a live service shows the server as one figure, and an interruption its own line', () => {
  const table = latencyTable([
    {
      name: 'a.wav',
      latency: { voiceToVoiceMs: 900, serverMs: 780 },
      interruption: { noticeMs: 120, stopMs: 14.5, truncateErrorMs: 0.4 },
    },
    { name: 'quiet.wav', latency: {} },
  ]);
  const lines = table.split('\n');
  expect(lines[0]).toMatch(/voice to voice +server$/);
  expect(lines[2]).toMatch(/^2 quiet\.wav +– +–$/);
  expect(lines.at(-1)).toBe(
    'answer 1 was interrupted: noticed after 120.0 ms, silent 14.5 ms later, truncation off by 0.4 ms',
  );
});
