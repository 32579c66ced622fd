/**
 * From what the service sends to an event that can be relied on: known, in Voice Live's spelling, with the fields that the
 * conversation reads.
 *
 * @module
 */
import { type ServerEvent, serverEventTypes } from '../protocol/events.ts';

/** An event that this version does not know; the service sends new ones before anybody documents them. */
export interface UnknownEvent {
  readonly type: 'unknown';
  /** The type as it stands in the message. */
  readonly named: string;
}

/** An event after its check. */
export type ReceivedEvent = ServerEvent | UnknownEvent;

/**
 * Checks a parsed message. OpenAI's newer names for the same events are read as Voice Live's.
 *
 * @returns undefined for what is no event, or lacks a field without which it says nothing
 */
export function readEvent(message: unknown): ReceivedEvent | undefined {
  if (!isRecord(message) || typeof message['type'] !== 'string') return undefined;
  const named = message['type'];
  const type = voiceLiveName(named);
  if (!known.has(type)) return { type: 'unknown', named };
  for (const [path, kind] of Object.entries(needed[type] ?? {})) {
    if (kindAt(message, path) !== kind) return undefined;
  }
  return { ...message, type } as unknown as ServerEvent;
}

const known = new Set<string>(serverEventTypes);

function voiceLiveName(type: string): string {
  if (type === 'conversation.item.added') return 'conversation.item.created';
  return type.replace(/^response\.output_(?=audio|text)/, 'response.');
}

type Kind = 'string' | 'number' | 'object';

const item: Readonly<Record<string, Kind>> = { item: 'object', 'item.id': 'string' };
const part: Readonly<Record<string, Kind>> = {
  response_id: 'string',
  item_id: 'string',
  content_index: 'number',
};

/** Fields that the conversation reads; everything else may be absent. */
const needed: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  error: { 'error.message': 'string' },
  warning: { 'warning.message': 'string' },
  'session.created': { session: 'object' },
  'session.updated': { session: 'object' },
  'input_audio_buffer.speech_started': { item_id: 'string', audio_start_ms: 'number' },
  'input_audio_buffer.speech_stopped': { item_id: 'string', audio_end_ms: 'number' },
  'conversation.item.created': item,
  'conversation.item.done': item,
  'conversation.item.input_audio_transcription.completed': { item_id: 'string', transcript: 'string' },
  'conversation.item.input_audio_transcription.failed': { item_id: 'string', 'error.message': 'string' },
  'response.created': { 'response.id': 'string' },
  'response.done': { 'response.id': 'string' },
  'response.output_item.added': { response_id: 'string', ...item },
  'response.output_item.done': { response_id: 'string', ...item },
  'response.text.delta': { ...part, delta: 'string' },
  'response.text.done': { ...part, text: 'string' },
  'response.audio_transcript.delta': { ...part, delta: 'string' },
  'response.audio_transcript.done': { ...part, transcript: 'string' },
  'response.audio.done': part,
  'response.function_call_arguments.done': {
    response_id: 'string',
    item_id: 'string',
    call_id: 'string',
    arguments: 'string',
  },
};

function kindAt(message: Readonly<Record<string, unknown>>, path: string): string {
  let value: unknown = message;
  for (const name of path.split('.')) value = isRecord(value) ? value[name] : undefined;
  return isRecord(value)
    ? 'object'
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'array'
        : typeof value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
