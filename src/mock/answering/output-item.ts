/**
 * What every item of a response has in common: where it stands, and the events that begin and end it.
 *
 * @module
 */
import type { ResponseItemUnion } from '../../protocol/events.ts';
import { previousItemId, type SessionContext } from '../session-context.ts';

/** An item with its id. */
export type OutputItem = ResponseItemUnion & { id: string };

/** Where an item stands. */
export interface OutputSlot {
  readonly responseId: string;
  readonly outputIndex: number;
  /** The response stays out of the conversation, and its items with it. */
  readonly isOutOfBand: boolean;
}

/** One part of a response: a message, or a call. */
export interface ResponseOutput {
  readonly itemId: string;
  /** As it stands, with what was sent of it. */
  readonly item: OutputItem;
  readonly sentText: string;
  readonly sentAudioMs: number;
  /** Announces the item and begins to send what it holds. */
  begin(): void;
  /** Sends no more and closes the item: everything was sent, or somebody interrupted. */
  close(status: 'completed' | 'incomplete'): void;
}

/** Says that there is an item, and puts it into the conversation. */
export function announceItem(context: SessionContext, slot: OutputSlot, item: OutputItem): void {
  const { channel, store } = context;
  channel.send({
    type: 'response.output_item.added',
    response_id: slot.responseId,
    output_index: slot.outputIndex,
    item,
  });
  if (slot.isOutOfBand) return;
  const previous = previousItemId(context, store.insert(item));
  channel.send({ type: 'conversation.item.created', previous_item_id: previous, item });
}

/** Says that the item is whole, or will never be. */
export function finishItem(context: SessionContext, slot: OutputSlot, item: OutputItem): void {
  context.channel.send({
    type: 'response.output_item.done',
    response_id: slot.responseId,
    output_index: slot.outputIndex,
    item,
  });
}
