/**
 * The conversation: its items in order, and how much audio each of them holds.
 *
 * @module
 */
import type { ContentPartUnion, ResponseItemUnion } from '../protocol/events.ts';
import { RequestRefused } from './event-channel.ts';

/** An item and what the service knows about it besides. */
export interface StoredItem {
  item: ResponseItemUnion & { id: string };
  /** Audio heard (of a user's item) or generated (of the assistant's). */
  audioMs: number;
  /** The item was cut; what the response still generates does not come back into it. */
  isTruncated: boolean;
}

/** Holds the items by their order in the conversation. */
export class ConversationStore {
  readonly #items: StoredItem[] = [];
  /** Ids of items that have been announced and are still to come. */
  readonly #announced = new Set<string>();

  get items(): readonly StoredItem[] {
    return this.#items;
  }

  /** The id of the last item, null where there is none. */
  get lastId(): string | null {
    return this.#items.at(-1)?.item.id ?? null;
  }

  find(id: string): StoredItem | undefined {
    return this.#items.find((stored) => stored.item.id === id);
  }

  /** @throws {RequestRefused} with `param` for an unknown id */
  get(id: string, param = 'item_id'): StoredItem {
    const stored = this.find(id);
    if (stored) return stored;
    throw new RequestRefused('invalid_value', `There is no item '${id}' in the conversation.`, param);
  }

  /** Whether no new item can have this id. */
  isTaken(id: string): boolean {
    return this.#announced.has(id) || this.find(id) !== undefined;
  }

  /** Keeps an id for an item to come: clients already know it, and none may take it. */
  announce(id: string): void {
    this.#announced.add(id);
  }

  /** The item with an announced id comes now, or never. */
  release(id: string): void {
    this.#announced.delete(id);
  }

  /**
   * Adds an item at the end, or after `previousId` (`root` is before the first).
   *
   * @returns the id of the item before it
   * @throws {RequestRefused} and adds nothing, where `previousId` is unknown or the id is taken
   */
  insert(item: StoredItem['item'], { audioMs = 0, previousId }: InsertOptions = {}): string | null {
    if (this.isTaken(item.id)) {
      throw new RequestRefused('invalid_value', `There is already an item '${item.id}'.`, 'item.id');
    }
    const at = previousId == null ? this.#items.length : this.#positionAfter(previousId);
    this.#items.splice(at, 0, { item, audioMs, isTruncated: false });
    return this.#items[at - 1]?.item.id ?? null;
  }

  /** @throws {RequestRefused} for an unknown id */
  delete(id: string): void {
    this.#items.splice(this.#items.indexOf(this.get(id)), 1);
  }

  /**
   * Cuts an assistant's audio at `audioEndMs` and its transcript in proportion, at the end of a word.
   *
   * @param appendedText what the model is to read at the cut
   * @throws {RequestRefused} where the item is no spoken message, or is shorter already
   */
  truncate(id: string, audioEndMs: number, appendedText = ''): void {
    const stored = this.get(id);
    const { item } = stored;
    const part = item.type === 'message' && item.role === 'assistant' ? item.content[0] : undefined;
    if (item.type !== 'message' || part?.type !== 'audio') {
      const message = 'Only messages of the assistant that hold audio can be truncated.';
      throw new RequestRefused('invalid_value', message, 'item_id');
    }
    if (audioEndMs > stored.audioMs) {
      const message = `Audio content of ${Math.floor(stored.audioMs)}ms is already shorter than ${audioEndMs}ms.`;
      throw new RequestRefused('invalid_value', message, 'audio_end_ms');
    }
    const heard = stored.audioMs === 0 ? 1 : audioEndMs / stored.audioMs;
    const transcript = firstWords(part.transcript ?? '', heard) + appendedText;
    stored.item = { ...item, content: [{ type: 'audio', transcript }] };
    stored.audioMs = audioEndMs;
    stored.isTruncated = true;
  }

  #positionAfter(previousId: string): number {
    if (previousId === 'root') return 0;
    return this.#items.indexOf(this.get(previousId, 'previous_item_id')) + 1;
  }
}

/** A user's audio as the service shows it: the words, without the sound that the type (shared with requests) asks for. */
export function heardAudio(transcript: string | null): ContentPartUnion {
  return { type: 'input_audio', transcript } as ContentPartUnion;
}

interface InsertOptions {
  readonly audioMs?: number;
  readonly previousId?: string | null | undefined;
}

function firstWords(text: string, share: number): string {
  if (share >= 1) return text;
  const cut = text.slice(0, Math.floor(text.length * share) + 1);
  return cut.slice(0, Math.max(0, cut.search(/\s\S*$/)));
}
