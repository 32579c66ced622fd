import { describe, expect, test } from 'vitest';
import { Conversation } from '../../src/session/conversation.ts';
import { audio, created, done, play } from './traces.ts';

describe('a response is asked for', () => {
  const message = (text: string) => ({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  const request = { type: 'response.create', event_id: expect.any(String) };
  const say = (text: string) => ({ type: 'say', text }) as const;
  const tooEarly = (eventId: string | null) => ({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      code: 'conversation_already_has_active_response',
      message: 'busy',
      event_id: eventId,
    },
  });

  test('with the message when none runs', () => {
    expect(play(new Conversation(), [say('Hi')]).sent).toEqual([message('Hi'), request]);
  });

  test('once for several messages, when the running one is done', () => {
    const conversation = new Conversation();
    const busy = play(conversation, [created('P'), say('a'), say('b')]);
    expect(busy.sent).toEqual([message('a'), message('b')]);
    expect(play(conversation, [done('P')]).sent).toEqual([request]);
    expect(play(conversation, [created('Q'), done('Q')]).sent).toEqual([]);
  });

  test('not again before the first request is answered', () => {
    expect(play(new Conversation(), [say('a'), say('b')]).sent).toEqual([
      message('a'),
      request,
      message('b'),
    ]);
  });

  test('with its own parameters, each by itself', () => {
    const conversation = new Conversation();
    const respond = (instructions: string) => ({ type: 'respond', response: { instructions } }) as const;
    play(conversation, [created('P'), respond('greet'), respond('part')]);
    expect(play(conversation, [done('P')]).sent).toMatchObject([{ response: { instructions: 'greet' } }]);
    const next = play(conversation, [created('Q'), done('Q')]);
    expect(next.sent).toMatchObject([{ response: { instructions: 'part' } }]);
  });

  test('too early: again when the other response is done, without a word', () => {
    for (const echoesId of [true, false]) {
      const conversation = new Conversation();
      const eventId = play(conversation, [say('Hi')]).sent[1]?.event_id ?? '';
      const refused = play(conversation, [tooEarly(echoesId ? eventId : null)]);
      expect(refused.actions).toEqual([]);
      expect(play(conversation, [done('V')]).sent).toEqual([request]);
    }
  });

  test('too early, after a response of the service has begun: again when that is done', () => {
    const conversation = new Conversation();
    const eventId = play(conversation, [say('Hi')]).sent[1]?.event_id ?? '';
    expect(play(conversation, [created('V'), tooEarly(eventId)]).sent).toEqual([]);
    expect(play(conversation, [done('V')]).sent).toEqual([request]);
  });

  test('and refused: said, and the next one may go', () => {
    const conversation = new Conversation();
    const eventId = play(conversation, [say('Hi')]).sent[1]?.event_id ?? '';
    const error = { type: 'invalid_request_error', code: 'invalid_value', message: 'no', event_id: eventId };
    const refused = play(conversation, [{ type: 'error', error }]);
    expect(refused.notices).toEqual([{ level: 'error', code: 'invalid_value', message: 'no' }]);
    expect(play(conversation, [say('again')]).sent).toEqual([message('again'), request]);
  });

  test('although the end of an earlier one was never told', () => {
    const conversation = new Conversation();
    expect(play(conversation, [created('P'), say('a'), created('Q')]).sent).toEqual([message('a')]);
    expect(play(conversation, [done('Q')]).sent).toEqual([request]);
  });

  test('although the end of an earlier one is never told and no other begins: after a while', () => {
    const conversation = new Conversation();
    play(conversation, [created('P'), audio('P', 'A', 100), say('a')]);
    expect(conversation.isWaiting).toBe(true);
    const { actions, sent, notices } = play(conversation, [{ type: 'overdue' }]);
    expect(sent).toEqual([request]);
    expect(actions).toContainEqual({ type: 'finish', itemId: 'A', contentIndex: 0 });
    expect(notices).toMatchObject([{ code: 'response-overdue' }]);
    expect(conversation.isWaiting).toBe(false);
  });

  test('and the end of the one before is told twice: once', () => {
    const { turns } = play(new Conversation(), [created('P'), done('P'), done('P')]);
    expect(turns.map((turn) => turn.kind)).toEqual(['answer-started', 'answer-done']);
  });
});
