/**
 * What was said, told once for each part, whichever of the service's events has it first.
 *
 * @module
 */
import type { ContentPartUnion, ResponseItemUnion } from '../protocol/events.ts';
import { type Action, turn } from './actions.ts';
import { isFromUser } from './item-history.ts';

/** The final texts of both sides. */
export class Transcripts {
  readonly #told = new Set<string>();

  userSaid(itemId: string, text: string): readonly Action[] {
    return this.#isNew(itemId) ? [turn({ kind: 'user-transcript', itemId, text })] : [];
  }

  agentSaid(responseId: string, itemId: string, contentIndex: number, text: string): readonly Action[] {
    if (!this.#isNew(`${itemId}/${contentIndex}`)) return [];
    return [turn({ kind: 'answer-transcript', responseId, itemId, text })];
  }

  /** An item of the user that may come with its text, typed or recognized. */
  userItem(itemId: string, item: ResponseItemUnion): readonly Action[] {
    const text = isFromUser(item) ? textsOf(item).find((said) => said !== undefined) : undefined;
    return text === undefined ? [] : this.userSaid(itemId, text);
  }

  /** A finished item of the agent. */
  agentItem(responseId: string, itemId: string, item: ResponseItemUnion): readonly Action[] {
    return textsOf(item).flatMap((text, contentIndex) =>
      text === undefined ? [] : this.agentSaid(responseId, itemId, contentIndex, text),
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
