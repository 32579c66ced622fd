import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientEventTypes, serverEventTypes } from '../../src/protocol/events.ts';
import { Conversation } from '../../src/session/conversation.ts';
import { readEvent } from '../../src/session/received-event.ts';
import { answerItem, audio, created, done, part, play, speechStarted, userItem } from './traces.ts';

const transcribed = {
  type: 'conversation.item.input_audio_transcription.completed',
  item_id: 'U',
  content_index: 0,
  transcript: 'Hello?',
};
const userTurn = [
  speechStarted('U'),
  { type: 'input_audio_buffer.speech_stopped', item_id: 'U', audio_end_ms: 4544 },
  { type: 'input_audio_buffer.committed', item_id: 'U', previous_item_id: null },
];
const answer = [
  created('P'),
  ...answerItem('P', 'A', 'U'),
  { type: 'response.content_part.added', ...part('P', 'A'), part: { type: 'audio', transcript: '' } },
  { type: 'response.audio_transcript.delta', ...part('P', 'A'), delta: 'Good ' },
  audio('P', 'A', 100),
  { type: 'response.audio_transcript.delta', ...part('P', 'A'), delta: 'morning.' },
  audio('P', 'A', 100),
];
const answerEnd = [
  { type: 'response.audio.done', ...part('P', 'A') },
  { type: 'response.audio_transcript.done', ...part('P', 'A'), transcript: 'Good morning.' },
  {
    type: 'response.content_part.done',
    ...part('P', 'A'),
    part: { type: 'audio', transcript: 'not this one' },
  },
  {
    type: 'response.output_item.done',
    response_id: 'P',
    output_index: 0,
    item: {
      id: 'A',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'audio', transcript: 'Good morning.' }],
    },
  },
  done('P'),
];

describe('a turn', () => {
  const steps = [
    { kind: 'user-started', itemId: 'U', audioStartMs: 1000 },
    { kind: 'user-ended', itemId: 'U', audioEndMs: 4544 },
    { kind: 'user-transcript', itemId: 'U', text: 'Hello?' },
    { kind: 'answer-started', responseId: 'P' },
    { kind: 'answer-delta', responseId: 'P', itemId: 'A', text: 'Good ' },
    { kind: 'answer-audio', responseId: 'P', itemId: 'A' },
    { kind: 'answer-delta', responseId: 'P', itemId: 'A', text: 'morning.' },
    { kind: 'answer-transcript', responseId: 'P', itemId: 'A', text: 'Good morning.' },
    { kind: 'answer-done', responseId: 'P', status: 'completed', userItemId: 'U' },
  ];

  test('in the cascaded order, where the user transcript comes before the answer', () => {
    const trace = [...userTurn, transcribed, userItem('U', 'Hello?'), ...answer, ...answerEnd];
    const { turns, notices } = play(new Conversation(), trace);
    expect(turns).toEqual(steps);
    expect(notices).toEqual([]);
  });

  test('in the native order, where it comes amid the answer, or after it', () => {
    const amid = [...userTurn, userItem('U', null), ...answer, transcribed, ...answerEnd];
    const after = [...userTurn, userItem('U', null), ...answer, ...answerEnd, transcribed];
    for (const trace of [amid, after]) {
      const { turns } = play(new Conversation(), trace);
      expect(turns).toHaveLength(steps.length);
      expect(turns).toEqual(expect.arrayContaining(steps));
    }
  });

  test('in the spelling of OpenAI', () => {
    const trace = [...userTurn, transcribed, userItem('U', 'Hello?'), ...answer, ...answerEnd].map((step) => {
      const type = step.type
        .replace(/^response\.(audio|text)/, 'response.output_$1')
        .replace('conversation.item.created', 'conversation.item.added');
      return { ...step, type };
    });
    const conversation = new Conversation();
    expect(play(conversation, trace as never).turns).toEqual(steps);
    expect(conversation.unknownEvents.size).toBe(0);
  });

  test('finishes the playback of a part once', () => {
    const { actions } = play(new Conversation(), [...answer, ...answerEnd]);
    expect(actions.filter((action) => action.type === 'finish')).toEqual([
      { type: 'finish', itemId: 'A', contentIndex: 0 },
    ]);
  });

  test('finishes the playback when only the response, or the connection, ends', () => {
    for (const end of [done('P'), { type: 'closed' } as const]) {
      const { actions } = play(new Conversation(), [...answer, end]);
      expect(actions).toContainEqual({ type: 'finish', itemId: 'A', contentIndex: 0 });
    }
  });

  test('of a response whose creation was missed is played', () => {
    const { turns } = play(new Conversation(), [audio('X', 'Y', 20), done('X')]);
    expect(turns.map((turn) => turn.kind)).toEqual(['answer-audio', 'answer-done']);
  });

  test('is found behind the items of a tool call', () => {
    const call = { id: 'C', type: 'function_call', name: 'f', call_id: 'c', arguments: '' };
    const output = { id: 'O', type: 'function_call_output', call_id: 'c', output: '' };
    const { turns } = play(new Conversation(), [
      userItem('U', 'Hello?'),
      { type: 'conversation.item.created', previous_item_id: 'U', item: call },
      { type: 'conversation.item.created', previous_item_id: 'C', item: output },
      created('P'),
      ...answerItem('P', 'A', 'O'),
      done('P'),
    ]);
    expect(turns).toContainEqual(expect.objectContaining({ kind: 'answer-done', userItemId: 'U' }));
  });

  test('whose items name each other in a circle belongs to nobody', () => {
    const { turns } = play(new Conversation(), [
      ...answerItem('P', 'A', 'B'),
      ...answerItem('P', 'B', 'A'),
      done('P'),
    ]);
    expect(turns).toContainEqual(expect.objectContaining({ kind: 'answer-done', userItemId: undefined }));
  });
});

describe('the final text', () => {
  test('of a written answer is never taken from content_part.done', () => {
    const { turns } = play(new Conversation(), [
      created('P'),
      { type: 'response.content_part.done', ...part('P', 'A'), part: { type: 'text', text: '' } },
      { type: 'response.text.done', ...part('P', 'A'), text: 'Hello there!' },
      done('P'),
    ]);
    expect(turns.filter((turn) => turn.kind === 'answer-transcript')).toEqual([
      { kind: 'answer-transcript', responseId: 'P', itemId: 'A', text: 'Hello there!' },
    ]);
  });

  test('is taken from output_item.done when nothing else had it', () => {
    const item = { id: 'A', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] };
    const { turns } = play(new Conversation(), [
      { type: 'response.output_item.done', response_id: 'P', output_index: 0, item },
    ]);
    expect(turns).toEqual([{ kind: 'answer-transcript', responseId: 'P', itemId: 'A', text: 'Hi.' }]);
  });
});

describe('what goes wrong ends nothing', () => {
  test.each([
    [
      { type: 'error', error: { type: 'server_error', message: 'oops', param: 'session.voice' } },
      { level: 'error', code: 'server_error', message: 'oops (session.voice)' },
    ],
    [
      { type: 'warning', warning: { message: 'careful', code: 'w1' } },
      { level: 'warning', code: 'w1', message: 'careful' },
    ],
    [
      done('P', 'failed', { type: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow down' } }),
      { level: 'error', code: 'rate_limit_exceeded', message: 'the service could not answer: slow down' },
    ],
    [
      done('P', 'incomplete', { type: 'incomplete', reason: 'content_filter' }),
      {
        level: 'warning',
        code: 'response-incomplete',
        message: 'the answer was cut short: content_filter',
      },
    ],
    [
      done('P', 'failed'),
      {
        level: 'error',
        code: 'response-failed',
        message: 'the service could not answer: no reason given',
      },
    ],
    [
      {
        type: 'conversation.item.input_audio_transcription.failed',
        item_id: 'U',
        content_index: 0,
        error: { message: 'inaudible' },
      },
      { level: 'warning', code: 'transcription-failed', message: 'inaudible' },
    ],
  ])('%#: it becomes a notice', (event, notice) => {
    const conversation = new Conversation();
    expect(play(conversation, [event]).notices).toEqual([notice]);
    expect(play(conversation, [created('Q')]).turns).toHaveLength(1);
  });

  test('unknown events are counted by type, and do nothing', () => {
    const conversation = new Conversation();
    const { actions } = play(conversation, [
      { type: 'response.foundry_agent_call.completed', item_id: 'X' },
      { type: 'response.foundry_agent_call.completed', item_id: 'Y' },
      { type: 'unheard.of' },
    ]);
    expect(actions).toEqual([]);
    expect(Object.fromEntries(conversation.unknownEvents)).toEqual({
      'response.foundry_agent_call.completed': 2,
      'unheard.of': 1,
    });
  });

  test('a server cannot pass for the keyboard', () => {
    const event = readEvent({ type: 'interrupt' });
    expect(event).toEqual({ type: 'unknown', named: 'interrupt' });
  });

  test('ten thousand invented types take no more memory than a hundred', () => {
    const conversation = new Conversation();
    play(
      conversation,
      Array.from({ length: 10_000 }, (_, i) => ({ type: `x.${i}` })),
    );
    expect(conversation.unknownEvents.size).toBe(101);
    expect(conversation.unknownEvents.get('others')).toBe(9_900);
  });

  test('no event, however odd, makes the conversation throw', () => {
    const types = fc.constantFrom(...serverEventTypes, ...clientEventTypes);
    const fields = fc.dictionary(
      fc.constantFrom(
        ...[
          'error',
          'warning',
          'session',
          'response',
          'item',
          'part',
          'item_id',
          'response_id',
          'delta',
          'text',
        ],
        ...['content_index', 'transcript', 'previous_item_id', 'audio_start_ms', 'audio_end_ms'],
      ),
      fc.oneof(
        fc.constantFrom('A', 'B', 0, null),
        fc.dictionary(
          fc.constantFrom('id', 'type', 'role', 'content', 'message', 'code', 'status', 'status_details'),
          fc.oneof(fc.constantFrom('A', 'message', 'user', 'failed', 'incomplete'), fc.jsonValue()),
        ),
        fc.jsonValue(),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(types, fields), { maxLength: 8 }), (trace) => {
        const conversation = new Conversation();
        for (const [type, rest] of trace) {
          const event = readEvent({ ...rest, type });
          if (event) conversation.handle({ type: 'received', event });
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

test('a notice has a bearable length, however much the service says', () => {
  const warning = { code: 'c'.repeat(1000), message: 'm'.repeat(100_000) };
  const error = { type: 't', message: 'e'.repeat(100_000) };
  const { notices } = play(new Conversation(), [
    { type: 'warning', warning },
    { type: 'error', error },
    done('P', 'failed', { error: { message: 'f'.repeat(100_000) } }),
  ]);
  expect(notices).toHaveLength(3);
  for (const { code, message } of notices) expect(code.length + message.length).toBeLessThanOrEqual(400);
});
