/**
 * What a client may do to the conversation itself: add, cut, delete and fetch items.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { bytesPerSample, encodeSamples, inputWireFormat } from '../audio/sample-format.ts';
import type { ContentPartUnion } from '../protocol/events.ts';
import { heardAudio, type StoredItem } from './conversation-store.ts';
import { RequestRefused } from './event-channel.ts';
import {
  inputTextDeltaSchema,
  inputTextDoneSchema,
  itemCreateSchema,
  itemReferenceSchema,
  itemTruncateSchema,
  parseRequest,
  type RequestItem,
} from './request-schema.ts';
import { previousItemId, type SessionContext } from './session-context.ts';
import { textOf } from './token-usage.ts';

/** `conversation.item.create`: never starts a response. */
export function createItem(context: SessionContext, event: unknown): void {
  const { item, previous_item_id: previousId } = parseRequest(itemCreateSchema, event);
  const created = asServerItem(item, item.id || context.ids.next('item'));
  const previous = previousItemId(context, context.store.insert(created, { previousId }));
  if (created.type === 'message' && created.role === 'user') context.heard.take(created.id, textOf(created));
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

/** `conversation.item.retrieve`: the item as it stands, and the audio of what the user said last. */
export function retrieveItem(context: SessionContext, event: unknown): void {
  const { item_id: itemId } = parseRequest(itemReferenceSchema, event);
  const { item } = context.store.get(itemId);
  context.channel.send({ type: 'conversation.item.retrieved', item: withAudio(context, item) });
}

/** Only the last audio is kept: a session that lasts an hour would otherwise keep an hour of it. */
function withAudio({ heard, config }: SessionContext, item: StoredItem['item']): StoredItem['item'] {
  const speech = item.id === heard.itemId ? heard.speech : undefined;
  if (item.type !== 'message' || !speech) return item;
  const { input_audio_format: name, input_audio_sampling_rate: rateHz } = config.effective;
  const { format } = inputWireFormat(name, rateHz);
  const bytes = Buffer.alloc(speech.samples.length * bytesPerSample(format));
  encodeSamples(format, speech.samples, bytes);
  const audio = bytes.toString('base64');
  return {
    ...item,
    content: item.content.map((part) => (part.type === 'input_audio' ? { ...part, audio } : part)),
  };
}

/** `input_text.delta`: more words for a part of a message that the client has created without them. */
export function appendText(context: SessionContext, event: unknown): void {
  const { id, delta, content_index } = parseRequest(inputTextDeltaSchema, event);
  const index = content_index ?? 0;
  const stored = context.store.get(id, 'id');
  const item = textMessage(stored, index);
  const content = item.content.map((part, i) =>
    i === index && part.type === 'input_text' ? { ...part, text: (part.text ?? '') + delta } : part,
  );
  stored.item = { ...item, content };
  if (context.heard.itemId === id) context.heard.take(id, textOf(stored.item));
}

/** `input_text.done`: nothing is left to do, but the item must be there. */
export function finishText(context: SessionContext, event: unknown): void {
  const { id, content_index } = parseRequest(inputTextDoneSchema, event);
  textMessage(context.store.get(id, 'id'), content_index ?? 0);
}

function textMessage({ item }: StoredItem, index: number) {
  if (item.type === 'message' && item.content[index]?.type === 'input_text') return item;
  const message = `Item '${item.id}' has no input_text at index ${index}.`;
  throw new RequestRefused('invalid_value', message, 'content_index');
}

/** @throws {RequestRefused} where one of the items cannot be */
export function checkItems(items: readonly RequestItem[]): void {
  for (const item of items) asServerItem(item, '');
}

/** Items that a response is given beside the conversation, or in its place; they do not become part of it. */
export function itemsOfRequest(
  context: SessionContext,
  items: readonly RequestItem[],
): readonly StoredItem[] {
  return items.map((item) => ({
    item: asServerItem(item, item.id || context.ids.next('item')),
    audioMs: 0,
    isTruncated: false,
  }));
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
