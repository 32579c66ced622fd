import { describe, expect, test } from 'vitest';
import { parseFault } from '../../src/mock/faults/faults.ts';
import type { Scenario } from '../../src/mock/scenario/scenario.ts';
import { talk } from './faults/session-on-mock.ts';
import { answer, Harness, silence, speech } from './harness.ts';

interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly atMs: number;
}

function mockWith(fields: Partial<Scenario>) {
  const closed: Closed[] = [];
  const mock: Harness = new Harness(
    { profile: 'fast', ...fields },
    { close: (code, reason) => closed.push({ code, reason, atMs: mock.clock.now() }) },
  );
  return { mock, closed };
}

describe('a session that may last for so long', () => {
  test.each([
    [undefined, 3600],
    [60, 60],
    [0.5, 0.5],
  ])(
    'of %s seconds is told when it will end, says that it has, and closes with 1001',
    async (sessionSeconds, seconds) => {
      const { mock, closed } = mockWith({ sessionSeconds });
      await mock.run(() => mock.clock.sleep(10_000_000));
      expect(mock.types).toEqual(['session.created', 'error']);
      const startSeconds = Date.UTC(2026, 0, 1) / 1000;
      expect(mock.only('session.created').session.expires_at).toBe(Math.floor(startSeconds + seconds));
      expect(mock.only('error').error).toMatchObject({
        type: 'invalid_request_error',
        code: 'session_expired',
        param: null,
        event_id: null,
      });
      expect(mock.atMs('error')).toBe(seconds * 1000);
      expect(closed).toEqual([{ code: 1001, reason: 'session expired', atMs: seconds * 1000 }]);
    },
  );

  test.each([
    [undefined, '60 minutes'],
    [1800, '30 minutes'],
    [90, '90 seconds'],
    [2.5, '2.5 seconds'],
  ])('says how long that was (%s seconds)', async (sessionSeconds, duration) => {
    const { mock } = mockWith({ sessionSeconds });
    await mock.run(() => mock.clock.sleep(4_000_000));
    expect(mock.only('error').error.message).toBe(`Your session hit the maximum duration of ${duration}.`);
  });

  test('keeps its end in every report of it', async () => {
    const { mock } = mockWith({ sessionSeconds: 30 });
    await mock.run(async () => {
      await mock.clock.sleep(7000);
      mock.send({ type: 'session.update', session: { instructions: 'Be brief.' } });
      await mock.until('session.updated');
    });
    const at = ({ session }: { session: { expires_at: number } }) => session.expires_at;
    expect(at(mock.only('session.updated'))).toBe(at(mock.only('session.created')));
  });

  test('ends in mid-answer, without another word', async () => {
    const { mock, closed } = mockWith({ sessionSeconds: 3, answers: [answer('A long story.', 60_000)] });
    await mock.run(async () => {
      mock.send({ type: 'response.create' });
      await mock.clock.sleep(3000);
      const { length } = mock.received;
      expect(mock.types.at(-1)).toBe('error');
      expect(mock.types).toContain('response.audio.delta');
      expect(mock.types).not.toContain('response.done');
      mock.send({ type: 'response.create' });
      mock.send({ type: 'input_audio_buffer.clear' });
      await mock.clock.sleep(60_000);
      expect(mock.received).toHaveLength(length);
    });
    expect(closed).toHaveLength(1);
  });

  test('is not made longer by talk', async () => {
    const { mock, closed } = mockWith({ sessionSeconds: 4 });
    await mock.run(async () => {
      for (let i = 0; i < 4; i++) {
        await mock.speak(speech(600));
        await mock.speak(silence(900));
      }
    });
    expect(closed.map(({ atMs }) => atMs)).toEqual([4000]);
  });

  test('that has ended before does not end again', async () => {
    for (const fault of ['close@session.created+1', 'session-expired@session.created+500']) {
      const { mock, closed } = mockWith({ sessionSeconds: 2, faults: [parseFault(fault)] });
      await mock.run(() => mock.clock.sleep(10_000));
      expect(closed).toHaveLength(1);
    }
    const { mock, closed } = mockWith({ sessionSeconds: 2 });
    mock.session.stop();
    await mock.run(() => mock.clock.sleep(10_000));
    expect([closed, mock.types]).toEqual([[], ['session.created']]);
  });

  test('ends for the client of this library as it would at the service', async () => {
    const { closed, notices } = await talk({ sessionSeconds: 15 }, ['One?', 'Two?']);
    expect(closed).toMatchObject({ code: 1001, reason: 'session expired', error: { code: 'session-ended' } });
    expect(notices).toMatchObject([{ level: 'error', code: 'session_expired' }]);
  });
});
