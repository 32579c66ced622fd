import { describe, expect, test } from 'vitest';
import { Conversation } from '../../src/session/conversation.ts';
import { audio, created, done, heard, part, play, repeat, speechStarted } from './traces.ts';

const truncate = (itemId: string, audioEndMs: number) => ({
  type: 'conversation.item.truncate',
  item_id: itemId,
  content_index: 0,
  audio_end_ms: audioEndMs,
});

const sixSeconds = [created('P'), ...repeat(20, audio('P', 'A', 300))];
const audioDone = { type: 'response.audio.done', ...part('P', 'A') };
const cancelled = done('P', 'cancelled', { type: 'cancelled', reason: 'turn_detected' });

describe('the user speaks over the agent', () => {
  test('whose response is done but still sounds: flush, then truncate at what was heard', () => {
    const conversation = new Conversation();
    play(conversation, [...sixSeconds, audioDone, done('P')]);
    const { actions } = play(conversation, [speechStarted('U2')], heard('P', 'A', 2650, 6000));
    expect(actions).toEqual([
      { type: 'flush', reason: 'speech' },
      { type: 'send', event: truncate('A', 2650) },
      {
        type: 'turn',
        turn: {
          kind: 'interrupted',
          reason: 'speech',
          responseId: 'P',
          itemId: 'A',
          heardMs: 2650,
          receivedMs: 6000,
        },
      },
      { type: 'turn', turn: { kind: 'user-started', itemId: 'U2', audioStartMs: 1000 } },
    ]);
    const truncated = { ...truncate('A', 2650), type: 'conversation.item.truncated' };
    expect(play(conversation, [truncated]).actions).toEqual([]);
  });

  test('whose response still runs: later audio is dropped until its end, and nothing is cancelled', () => {
    const conversation = new Conversation();
    play(conversation, sixSeconds);
    const { sent } = play(conversation, [speechStarted('U2')], heard('P', 'A', 2650, 6000));
    expect(sent).toEqual([truncate('A', 2650)]);
    expect(conversation.acceptsAudio('P')).toBe(false);
    const rest = play(conversation, [
      ...repeat(3, audio('P', 'A', 300)),
      audioDone,
      { type: 'response.audio_transcript.done', ...part('P', 'A'), transcript: 'all of it' },
      cancelled,
    ]);
    expect(conversation.lateDeltas).toBe(3);
    expect(rest.sent).toEqual([]);
    expect(rest.actions.map((action) => action.type)).not.toContain('finish');
    expect(rest.notices).toEqual([]);
  });

  test('who has not begun to sound: only the flush', () => {
    const conversation = new Conversation();
    const { sent, actions } = play(conversation, [created('P'), speechStarted()]);
    expect(sent).toEqual([]);
    expect(actions).toContainEqual({ type: 'flush', reason: 'speech' });
    expect(conversation.acceptsAudio('P')).toBe(false);
  });

  test('and the next answer is played', () => {
    const conversation = new Conversation();
    play(conversation, [...sixSeconds, speechStarted()], heard('P', 'A', 100, 6000));
    const { turns } = play(conversation, [cancelled, created('Q'), audio('Q', 'B', 20)]);
    expect(conversation.acceptsAudio('Q')).toBe(true);
    expect(turns).toContainEqual({ kind: 'answer-audio', responseId: 'Q', itemId: 'B' });
  });

  test('when everything was heard: nothing is truncated', () => {
    const { sent, turns } = play(
      new Conversation(),
      [...sixSeconds, audioDone, done('P'), speechStarted()],
      heard('P', 'A', 6000, 6000, true),
    );
    expect(sent).toEqual([]);
    expect(turns.map((turn) => turn.kind)).not.toContain('interrupted');
  });

  test('when nothing had arrived: nothing is truncated', () => {
    const { sent } = play(new Conversation(), [created('P'), speechStarted()], heard('P', 'A', 0, 0));
    expect(sent).toEqual([]);
  });

  test.each([
    [2650.999, 6000, 2650],
    [3760, 3700, 3700],
    [3760, 3700.7, 3700],
    [0, 3700, 0],
    [-1, 3700, 0],
  ])('heard %d ms of %d: truncates at %d', (heardMs, receivedMs, audioEndMs) => {
    const { sent } = play(
      new Conversation(),
      [...sixSeconds, speechStarted()],
      heard('P', 'A', heardMs, receivedMs),
    );
    expect(sent).toEqual([truncate('A', audioEndMs)]);
  });

  test('while a second item waits: the service forgets that it was spoken', () => {
    const trace = [created('P'), audio('P', 'A', 300), audio('P', 'B', 300), audio('P', 'C', 300)];
    const { sent } = play(new Conversation(), [...trace, speechStarted()], heard('P', 'B', 120, 300));
    expect(sent).toEqual([truncate('B', 120), truncate('C', 0)]);
  });

  test('after an item was played to its end: only what followed is cut', () => {
    const trace = [created('P'), audio('P', 'A', 300), audio('P', 'B', 300)];
    const { sent } = play(new Conversation(), [...trace, speechStarted()], heard('P', 'B', 20, 300));
    expect(sent).toEqual([truncate('B', 20)]);
  });

  test('twice: the second flush finds nothing', () => {
    const conversation = new Conversation();
    play(conversation, [...sixSeconds, speechStarted()], heard('P', 'A', 100, 6000));
    expect(play(conversation, [speechStarted('U3')]).sent).toEqual([]);
  });
});

describe('what the session says about interruptions', () => {
  const updated = (turnDetection: unknown) => ({
    type: 'session.updated',
    session: { turn_detection: turnDetection },
  });

  test('interrupt_response false: the agent talks on', () => {
    const conversation = new Conversation();
    const { actions } = play(conversation, [
      updated({ type: 'server_vad', interrupt_response: false }),
      ...sixSeconds,
      speechStarted(),
    ]);
    expect(actions.map((action) => action.type)).not.toContain('flush');
    expect(conversation.acceptsAudio('P')).toBe(true);
  });

  test('interrupt_response null is the default of the service: true', () => {
    const { actions } = play(new Conversation({ interruptResponse: false }), [
      updated({ type: 'server_vad', interrupt_response: null }),
      speechStarted(),
    ]);
    expect(actions).toContainEqual({ type: 'flush', reason: 'speech' });
  });

  test('auto_truncate: the service truncates by itself', () => {
    const conversation = new Conversation();
    const trace = [updated({ type: 'server_vad', auto_truncate: true }), ...sixSeconds, speechStarted()];
    const { sent, turns } = play(conversation, trace, heard('P', 'A', 2650, 6000));
    expect(sent).toEqual([]);
    expect(turns).toContainEqual(expect.objectContaining({ kind: 'interrupted', heardMs: 2650 }));
  });
});

describe('the user presses a key', () => {
  test('while the response runs: flush, truncate, cancel', () => {
    const { actions } = play(
      new Conversation(),
      [...sixSeconds, { type: 'interrupt' }],
      heard('P', 'A', 500, 6000),
    );
    expect(actions.filter((action) => action.type !== 'turn')).toEqual([
      { type: 'flush', reason: 'client' },
      { type: 'send', event: truncate('A', 500) },
      { type: 'send', event: { type: 'response.cancel', response_id: 'P' } },
    ]);
  });

  test('while nothing sounds or runs: nothing is sent', () => {
    const { sent, turns } = play(new Conversation(), [created('P'), done('P'), { type: 'interrupt' }]);
    expect(sent).toEqual([]);
    expect(turns.map((turn) => turn.kind)).not.toContain('interrupted');
  });

  test('after an answer was asked for and before it begins: cancelled and silent when it does', () => {
    const conversation = new Conversation();
    play(conversation, [{ type: 'respond' }]);
    expect(play(conversation, [{ type: 'interrupt' }]).sent).toEqual([]);
    expect(play(conversation, [created('P')]).sent).toEqual([{ type: 'response.cancel', response_id: 'P' }]);
    expect(conversation.acceptsAudio('P')).toBe(false);
    play(conversation, [done('P', 'cancelled'), { type: 'respond' }, created('Q')]);
    expect(conversation.acceptsAudio('Q')).toBe(true);
  });

  test('twice: the second cancels nothing', () => {
    const conversation = new Conversation();
    play(conversation, [...sixSeconds, { type: 'interrupt' }], heard('P', 'A', 500, 6000));
    expect(play(conversation, [{ type: 'interrupt' }]).sent).toEqual([]);
  });

  test('after the response is done: flush and truncate, no cancel', () => {
    const { sent } = play(
      new Conversation(),
      [...sixSeconds, done('P'), { type: 'interrupt' }],
      heard('P', 'A', 500, 6000),
    );
    expect(sent).toEqual([truncate('A', 500)]);
  });

  test('auto_truncate does not know of it: the client truncates', () => {
    const { sent } = play(
      new Conversation({ autoTruncate: true }),
      [...sixSeconds, done('P'), { type: 'interrupt' }],
      heard('P', 'A', 500, 6000),
    );
    expect(sent).toEqual([truncate('A', 500)]);
  });

  test('a cancel that came too late is no error', () => {
    const error = {
      code: 'response_cancel_not_active',
      type: 'invalid_request_error',
      message: 'none active',
    };
    expect(play(new Conversation(), [{ type: 'error', error }]).actions).toEqual([]);
  });
});
