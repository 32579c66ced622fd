/**
 * Items coming into the conversation: one event inside, `conversation.item.added` and later `.done` in OpenAI's dialect.
 *
 * @module
 */
import { asFields, type Fields } from './fields.ts';
import { copiedItem, reportedBeginning, reportedItem } from './items.ts';

/**
 * Sends each item's `added` and its one `done` in their places. Items of a response are done with their output, in recordings
 * of OpenAI's service just before `response.output_item.done`; all others as soon as they are there.
 */
export class ItemLifecycle {
  /** The conversation's items as the inside last showed them. */
  readonly #items = new Map<string, Fields>();
  /** Items that a response is generating. */
  readonly #open = new Set<string>();
  /** The item before each one that is not done. */
  readonly #previous = new Map<string, unknown>();
  /** Items of the user's audio that are committed and not there yet, with the events that have to wait for them. */
  readonly #awaited = new Map<string, object[]>();

  /** `response.output_item.added`. */
  outputAdded(event: Fields): object[] {
    const id = idOf(event['item']);
    if (id !== undefined) this.#open.add(id);
    return [{ ...event, item: reportedBeginning(event['item']) }];
  }

  /** `conversation.item.created`. */
  created(event: Fields): object[] {
    const { item } = event;
    const id = idOf(item);
    const isOpen = id !== undefined && this.#open.has(id);
    const previous = event['previous_item_id'] || null;
    const added = {
      ...event,
      type: 'conversation.item.added',
      previous_item_id: previous,
      item: isOpen ? reportedBeginning(item) : reportedItem(item),
    };
    if (id === undefined) return [added];
    this.#items.set(id, item as Fields);
    this.#previous.set(id, previous);
    const waiting = this.#awaited.get(id) ?? [];
    this.#awaited.delete(id);
    return [added, ...(isOpen ? [] : this.#done(id, item)), ...waiting];
  }

  /** `response.output_item.done`. */
  outputDone(event: Fields): object[] {
    const { item } = event;
    const id = idOf(item);
    const done = id === undefined ? [] : this.#done(id, item);
    if (id !== undefined) this.#open.delete(id);
    return [...done, { ...event, item: reportedItem(item) }];
  }

  /** `conversation.item.done`, which the native pipeline sends for what it has heard: not a second time. */
  done(event: Fields): object[] {
    const id = idOf(event['item']);
    if (id !== undefined && this.#items.has(id) && !this.#previous.delete(id)) return [];
    const previous = event['previous_item_id'] || null;
    return [{ ...event, previous_item_id: previous, item: reportedItem(event['item']) }];
  }

  /** `input_audio_buffer.committed`. */
  committed(event: Fields): object[] {
    const id = event['item_id'];
    if (typeof id === 'string') this.#awaited.set(id, []);
    return [{ ...event, previous_item_id: event['previous_item_id'] || null }];
  }

  /**
   * An event about the words of an item. The cascaded pipeline sends it before the item, OpenAI after it.
   *
   * @param event as the client gets it
   */
  transcribed(event: Fields): object[] {
    const id = String(event['item_id']);
    const waiting = this.#awaited.get(id);
    if (waiting) {
      waiting.push(event);
      return [];
    }
    const item = this.#items.get(id);
    if (item && typeof event['transcript'] === 'string') {
      this.#items.set(id, {
        ...item,
        content: [{ type: 'input_audio', transcript: event['transcript'] }],
      });
    }
    return [event];
  }

  /** `conversation.item.deleted`. */
  deleted(event: Fields): object[] {
    this.#items.delete(String(event['item_id']));
    return [event];
  }

  /** The item that a client refers to, as the inside takes it. */
  copyOf(id: string): Fields | undefined {
    const item = this.#items.get(id);
    return item && copiedItem(item);
  }

  #done(id: string, item: unknown): object[] {
    if (!this.#previous.has(id)) return [];
    const previous = this.#previous.get(id);
    this.#previous.delete(id);
    this.#items.set(id, item as Fields);
    return [{ type: 'conversation.item.done', previous_item_id: previous, item: reportedItem(item) }];
  }
}

function idOf(item: unknown): string | undefined {
  const id = asFields(item)?.['id'];
  return typeof id === 'string' ? id : undefined;
}
