/**
 * What a client may do to the conversation itself: add, cut, delete and fetch items.
 *
 * @module
 */
import type { ContentPartUnion } from '../protocol/events.ts';
import { heardAudio, type StoredItem } from './conversation-store.ts';
import { RequestRefused } from './event-channel.ts';
import {
  itemCreateSchema,
  itemReferenceSchema,
  itemTruncateSchema,
  parseRequest,
  type RequestItem,
} from './request-schema.ts';
import { previousItemId, type SessionContext } from './session-context.ts';

/** `conversation.item.create`: never starts a response. */
export function createItem(context: SessionContext, event: unknown): void {
  const { item, previous_item_id: previousId } = parseRequest(itemCreateSchema, event);
  const created = asServerItem(item, item.id || context.ids.next('item'));
  const previous = previousItemId(context, context.store.insert(created, { previousId }));
  context.channel.send({ type: 'conversation.item.created', previous_item_id: previous, item: created });
}

/** `conversation.item.truncate`. */
export function truncateItem(context: SessionContext, event: unknown): void {
  const request = parseRequest(itemTruncateSchema, event);
  context.store.truncate(request.item_id, request.audio_end_ms);
  context.channel.send({
    type: 'conversation.item.truncated',
    item_id: request.item_id,
    content_index: request.content_index,
    audio_end_ms: request.audio_end_ms,
  });
}

/** `conversation.item.delete`. */
export function deleteItem(context: SessionContext, event: unknown): void {
  const { item_id: itemId } = parseRequest(itemReferenceSchema, event);
  context.store.delete(itemId);
  context.channel.send({ type: 'conversation.item.deleted', item_id: itemId });
}

/** `conversation.item.retrieve`: the item as it stands, without its audio. */
export function retrieveItem(context: SessionContext, event: unknown): void {
  const { item_id: itemId } = parseRequest(itemReferenceSchema, event);
  context.channel.send({ type: 'conversation.item.retrieved', item: context.store.get(itemId).item });
}

function asServerItem(item: RequestItem, id: string): StoredItem['item'] {
  const common = { id, object: 'realtime.item' as const };
  switch (item.type) {
    case 'message':
      return {
        ...common,
        type: 'message',
        status: 'completed',
        role: item.role,
        content: item.content.map((part) => asServerPart(item.role, part)),
      };
    case 'function_call':
      return {
        ...common,
        type: 'function_call',
        status: 'completed',
        name: item.name,
        call_id: item.call_id,
        arguments: item.arguments,
      };
    case 'function_call_output':
      return { ...common, type: 'function_call_output', call_id: item.call_id, output: item.output };
    case 'mcp_approval_response':
      return {
        ...common,
        type: 'mcp_approval_response',
        approval_request_id: item.approval_request_id,
        approve: item.approve,
      };
  }
}

type RequestPart = Extract<RequestItem, { type: 'message' }>['content'][number];

function asServerPart(role: string, part: RequestPart): ContentPartUnion {
  if (part.type === 'input_audio' || part.type === 'input_image') {
    if (role !== 'user') {
      const message = `A message of the ${role} cannot hold ${part.type}.`;
      throw new RequestRefused('invalid_value', message, 'item.content');
    }
    if (part.type === 'input_audio') return heardAudio(part.transcript ?? null);
    return { type: 'input_image', image_url: part.image_url ?? null };
  }
  return { type: role === 'assistant' ? 'text' : 'input_text', text: part.text ?? '' };
}
