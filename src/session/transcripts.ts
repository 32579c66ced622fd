/**
 * What was said, told once for each part, whichever of the service's events has it first.
 *
 * @module
 */
import type { ContentPartUnion, ResponseItemUnion } from '../protocol/events.ts';
import { type Action, turn, warn } from './actions.ts';
import { isFromUser } from './item-history.ts';
import type { ReceivedEvent } from './received-event.ts';

const NOTHING: readonly Action[] = [];

/** The texts of both sides, as they come and when they are final. */
export class Transcripts {
  readonly #told = new Set<string>();

  /** An event that carries words; any other gives nothing. */
  received(event: ReceivedEvent): readonly Action[] {
    switch (event.type) {
      case 'conversation.item.input_audio_transcription.delta':
        return [turn({ kind: 'user-delta', itemId: event.item_id, text: event.delta ?? '' })];
      case 'conversation.item.input_audio_transcription.completed':
        return this.#userSaid(event.item_id, event.transcript);
      case 'conversation.item.input_audio_transcription.failed':
        return [warn(event.error.code ?? 'transcription-failed', event.error.message)];
      case 'conversation.item.created':
      case 'conversation.item.done':
        return event.item?.id ? this.#userItem(event.item.id, event.item) : NOTHING;
      case 'response.text.delta':
      case 'response.audio_transcript.delta': {
        const { response_id: responseId, item_id: itemId, delta: text } = event;
        return [turn({ kind: 'answer-delta', responseId, itemId, text })];
      }
      case 'response.text.done':
        return this.#agentSaid(event.response_id, event.item_id, event.content_index, event.text);
      case 'response.audio_transcript.done':
        return this.#agentSaid(event.response_id, event.item_id, event.content_index, event.transcript);
      case 'response.output_item.done':
        return event.item?.id ? this.#agentItem(event.response_id, event.item.id, event.item) : NOTHING;
      default:
        return NOTHING;
    }
  }

  #userSaid(itemId: string, text: string): readonly Action[] {
    return this.#isNew(itemId) ? [turn({ kind: 'user-transcript', itemId, text })] : [];
  }

  #agentSaid(responseId: string, itemId: string, contentIndex: number, text: string): readonly Action[] {
    if (!this.#isNew(`${itemId}/${contentIndex}`)) return [];
    return [turn({ kind: 'answer-transcript', responseId, itemId, text })];
  }

  /** An item of the user that may come with its text, typed or recognized. */
  #userItem(itemId: string, item: ResponseItemUnion): readonly Action[] {
    const text = isFromUser(item) ? textsOf(item).find((said) => said !== undefined) : undefined;
    return text === undefined ? [] : this.#userSaid(itemId, text);
  }

  /** A finished item of the agent. */
  #agentItem(responseId: string, itemId: string, item: ResponseItemUnion): readonly Action[] {
    return textsOf(item).flatMap((text, contentIndex) =>
      text === undefined ? [] : this.#agentSaid(responseId, itemId, contentIndex, text),
    );
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }
}

/** What each part of a message says; undefined for one that says nothing, or is no part at all. */
function textsOf(item: ResponseItemUnion): readonly (string | undefined)[] {
  if (item.type !== 'message' || !Array.isArray(item.content)) return [];
  return item.content.map((part: ContentPartUnion | string | null) => {
    if (typeof part !== 'object' || part === null) return undefined;
    const text = 'transcript' in part ? part.transcript : 'text' in part ? part.text : undefined;
    return typeof text === 'string' && text !== '' ? text : undefined;
  });
}
