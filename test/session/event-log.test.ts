import { expect, test } from 'vitest';
import { appendSummary, deltaSummary, loggable } from '../../src/session/event-log.ts';

test('audio is logged by its size', () => {
  expect(appendSummary('x'.repeat(1346))).toEqual({ type: 'input_audio_buffer.append', bytes: 1346 });
  const audio = { responseId: 'P', itemId: 'A', contentIndex: 0, rateHz: 24_000, receivedAtMs: 0 };
  expect(deltaSummary({ ...audio, samples: new Float32Array(480) })).toEqual({
    type: 'response.audio.delta',
    response_id: 'P',
    item_id: 'A',
    samples: 480,
  });
  const content = [{ type: 'input_audio', audio: 'AAAA', transcript: 'x' }];
  expect(loggable({ content })).toEqual({ content: [{ ...content[0], audio: '4 characters' }] });
});

test('what tools and avatars sign in with is blanked', () => {
  const session = {
    modalities: ['text', 'audio'],
    tools: [{ type: 'mcp', Authorization: 'CANARY', headers: { cookie: 'CANARY' } }],
    avatar: { ice_servers: [{ urls: ['turn:a.example'], credential: 'CANARY' }] },
    input_audio_noise_reduction: null,
  };
  const logged = loggable({ type: 'session.update', session });
  expect(JSON.stringify(logged)).not.toContain('CANARY');
  expect(logged).toMatchObject({
    session: { modalities: ['text', 'audio'], input_audio_noise_reduction: null },
  });
});

test('a message nested to exhaust the stack is cut', () => {
  let nested: unknown = 'CANARY';
  for (let depth = 0; depth < 100_000; depth++) nested = [nested];
  expect(JSON.stringify(loggable(nested))).toBe(`${'['.repeat(33)}"…"${']'.repeat(33)}`);
});
