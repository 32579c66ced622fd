/**
 * Which item follows which: the only thing that says what an answer answers, because events of several turns mix.
 *
 * @module
 */
import type { ResponseItemUnion } from '../protocol/events.ts';

/** The items of a conversation, by id. */
export class ItemHistory {
  readonly #previous = new Map<string, string>();
  readonly #users = new Set<string>();
  readonly #firstOf = new Map<string, string>();

  /** `conversation.item.created` and its later repetitions. */
  add(itemId: string, item: ResponseItemUnion, previousItemId: string | null | undefined): void {
    if (previousItemId) this.#previous.set(itemId, previousItemId);
    if (isFromUser(item)) this.#users.add(itemId);
  }

  /** `response.output_item.added`. */
  addOutput(responseId: string, itemId: string): void {
    if (!this.#firstOf.has(responseId)) this.#firstOf.set(responseId, itemId);
  }

  /** The user's item that a response answers: the last one before its output. */
  answeredBy(responseId: string): string | undefined {
    const passed = new Set<string>();
    let itemId = this.#firstOf.get(responseId);
    while (itemId !== undefined && !this.#users.has(itemId) && !passed.has(itemId)) {
      passed.add(itemId);
      itemId = this.#previous.get(itemId);
    }
    return itemId !== undefined && this.#users.has(itemId) ? itemId : undefined;
  }
}

/** Whether the user said or typed the item. */
export function isFromUser(item: ResponseItemUnion): boolean {
  return item.type === 'message' && item.role === 'user';
}
