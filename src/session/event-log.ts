/**
 * Events as they may be written down: no audio, no secrets.
 *
 * @module
 */
import type { AgentAudio } from '../audio/agent-audio.ts';
import { isSecretName } from '../protocol/redact.ts';

/** An event that passed, and when. */
export interface LoggedEvent {
  readonly direction: 'sent' | 'received';
  /** As on the wire; audio is replaced by its size, secrets are blanked. */
  readonly event: unknown;
  /** When it was sent, or had arrived, on the loop's clock. */
  readonly atMs: number;
}

/** An `input_audio_buffer.append` by its size, in characters of its message. */
export function appendSummary(message: string): unknown {
  return { type: 'input_audio_buffer.append', bytes: message.length };
}

/** A `response.audio.delta` by its size. */
export function deltaSummary({ responseId, itemId, samples }: AgentAudio): unknown {
  return {
    type: 'response.audio.delta',
    response_id: responseId,
    item_id: itemId,
    samples: samples.length,
  };
}

/** Fields of tools and avatars whose values sign in somewhere, besides those that do so for the service. */
const secrets = new Set(['headers', 'credential']);

/** Whether the value of a field must not be shown. */
export function isSecret(field: string): boolean {
  return isSecretName(field) || secrets.has(field.toLowerCase());
}

/** Deeper than anything the protocol nests: a message made to exhaust the stack is cut there. */
const MAX_DEPTH = 32;

/** A copy of an event with its audio replaced and its secrets blanked. */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((entry) => loggable(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => {
      if (entry != null && isSecret(name)) return [name, '…'];
      if (name === 'audio' && typeof entry === 'string') return [name, `${entry.length} characters`];
      return [name, loggable(entry, depth + 1)];
    }),
  );
}
