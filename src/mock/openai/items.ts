/**
 * Items of the conversation and the parts of their content, in both directions.
 *
 * @module
 */
import { RequestRefused } from '../event-channel.ts';
import type { ClientItem } from './client-schema.ts';
import { asFields, type Fields, present } from './fields.ts';

/**
 * An item of a client, as the inside takes it.
 *
 * @param param where the item lies in the event
 * @throws {RequestRefused} for a message of the assistant that holds audio: only its words can be given
 */
export function insideItem(item: ClientItem, param: string): Fields {
  if (item.type !== 'message' || item.role !== 'assistant') return item;
  return { ...item, content: item.content.map((part, i) => insidePart(part, `${param}.content[${i}]`)) };
}

type AssistantPart = Extract<ClientItem, { role: 'assistant' }>['content'][number];

function insidePart(part: AssistantPart, param: string): Fields {
  if (part.type === 'output_text') return { type: 'text', text: part.text ?? '' };
  if (part.audio == null && typeof part.transcript === 'string') {
    return { type: 'text', text: part.transcript };
  }
  const message = 'A message of the assistant can be given by its words only, not by its audio.';
  throw new RequestRefused('invalid_value', message, `${param}.audio`);
}

const reportedPartTypes: ReadonlyMap<unknown, string> = new Map([
  ['text', 'output_text'],
  ['audio', 'output_audio'],
]);

/** An item of the inside, for the client. Users and systems have the same parts in both dialects. */
export function reportedItem(item: unknown): unknown {
  const fields = asFields(item);
  if (fields?.['type'] !== 'message' || !Array.isArray(fields['content'])) return item;
  return { ...fields, content: fields['content'].map(reportedPart) };
}

function reportedPart(part: unknown): unknown {
  const fields = asFields(part);
  const type = reportedPartTypes.get(fields?.['type']);
  return type ? { ...fields, type } : part;
}

/** An item that is still being generated; one pipeline of the inside calls that incomplete. */
export function reportedBeginning(item: unknown): unknown {
  const fields = asFields(reportedItem(item));
  return fields?.['status'] === 'incomplete' ? { ...fields, status: 'in_progress' } : (fields ?? item);
}

/** An item of the conversation, as a client could have sent it: the inside knows no references to items. */
export function copiedItem(item: Fields): Fields {
  const { id: _, object: __, status: ___, ...rest } = item;
  if (!Array.isArray(rest['content'])) return rest;
  const textType = rest['role'] === 'assistant' ? 'text' : 'input_text';
  const content = rest['content'].map((part) => {
    const { type, text, transcript, image_url } = asFields(part) ?? {};
    if (type === 'input_image') return present({ type, image_url });
    return { type: textType, text: String(text ?? transcript ?? '') };
  });
  return { ...rest, content };
}
