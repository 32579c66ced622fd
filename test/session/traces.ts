import type { Heard } from '../../src/pipeline/playback.ts';
import type { ClientEvent } from '../../src/protocol/events.ts';
import type { Action, ConversationInput, Notice, Turn } from '../../src/session/actions.ts';
import type { Conversation } from '../../src/session/conversation.ts';
import { readEvent } from '../../src/session/received-event.ts';

/** An event as the service would send it. */
export interface WireEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a trace brought about. */
export interface Outcome {
  readonly actions: Action[];
  readonly sent: ClientEvent[];
  readonly turns: Turn[];
  readonly notices: Notice[];
}

/** Feeds a trace to a conversation; a flush is answered with `heard`. */
export function play(
  conversation: Conversation,
  trace: readonly (WireEvent | ConversationInput)[],
  heard?: Heard,
): Outcome {
  const actions: Action[] = [];
  const feed = (input: ConversationInput): void => {
    for (const action of conversation.handle(input)) {
      actions.push(action);
      if (action.type === 'flush') feed({ type: 'flushed', heard });
    }
  };
  for (const step of trace) feed(isInput(step) ? step : received(step));
  return {
    actions,
    sent: actions.flatMap((action) => (action.type === 'send' ? [action.event] : [])),
    turns: actions.flatMap((action) => (action.type === 'turn' ? [action.turn] : [])),
    notices: actions.flatMap((action) =>
      action.type === 'notice' ? [{ level: action.level, code: action.code, message: action.message }] : [],
    ),
  };
}

const inputs = new Set([
  'audio',
  'flushed',
  'interrupt',
  'say',
  'respond',
  'commit',
  'clear',
  'overdue',
  'closed',
]);

function isInput(step: WireEvent | ConversationInput): step is ConversationInput {
  return inputs.has(step.type);
}

function received(wire: WireEvent): ConversationInput {
  const event = readEvent(wire);
  if (!event) throw new Error(`not an event: ${JSON.stringify(wire)}`);
  return { type: 'received', event };
}

export const part = (responseId: string, itemId: string) => ({
  response_id: responseId,
  item_id: itemId,
  output_index: 0,
  content_index: 0,
});

export const speechStarted = (itemId = 'U'): WireEvent => ({
  type: 'input_audio_buffer.speech_started',
  item_id: itemId,
  audio_start_ms: 1000,
});

export const created = (responseId: string): WireEvent => ({
  type: 'response.created',
  response: { id: responseId, status: 'in_progress', output: [] },
});

export const done = (responseId: string, status = 'completed', details: unknown = null): WireEvent => ({
  type: 'response.done',
  response: { id: responseId, status, status_details: details, output: [] },
});

export const audio = (responseId: string, itemId: string, durationMs: number): ConversationInput => ({
  type: 'audio',
  responseId,
  itemId,
  contentIndex: 0,
  durationMs,
});

export const repeat = <T>(times: number, step: T): T[] => Array.from({ length: times }, () => step);

export const heard = (
  responseId: string,
  itemId: string,
  heardMs: number,
  receivedMs: number,
  complete = false,
): Heard => ({ responseId, itemId, contentIndex: 0, heardMs, receivedMs, complete });

export const userItem = (itemId: string, transcript: string | null, previousItemId = ''): WireEvent => ({
  type: 'conversation.item.created',
  previous_item_id: previousItemId,
  item: { id: itemId, type: 'message', role: 'user', content: [{ type: 'input_audio', transcript }] },
});

export const answerItem = (responseId: string, itemId: string, previousItemId: string): WireEvent[] => {
  const item = { id: itemId, type: 'message', role: 'assistant', content: [] };
  return [
    { type: 'response.output_item.added', response_id: responseId, output_index: 0, item },
    { type: 'conversation.item.created', previous_item_id: previousItemId, item },
  ];
};
