/**
 * OpenAI's Realtime API in its GA form, spoken at the edge of a mock session that speaks Voice Live inside.
 *
 * @module
 */
import type { ServerEvent } from '../../protocol/events.ts';
import type { Dialect } from '../dialect.ts';
import { RequestRefused } from '../event-channel.ts';
import { eventFields, itemSchema } from './client-schema.ts';
import { asFields, type Fields } from './fields.ts';
import { HeldUpdates } from './held-session.ts';
import { ItemLifecycle } from './item-lifecycle.ts';
import { insideItem, reportedItem } from './items.ts';
import { parseClientEvent, renamedRefusal } from './param-path.ts';
import { RateLimits } from './rate-limits.ts';
import { reportResponse } from './response-report.ts';
import { readResponseRequest } from './response-request.ts';
import { reportedModel, reportSession } from './session-report.ts';
import { readSessionUpdate } from './session-request.ts';
import { TranscriptionUsage } from './transcription-usage.ts';

/** Events that differ in nothing but their name. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['response.audio.delta', 'response.output_audio.delta'],
  ['response.audio.done', 'response.output_audio.done'],
  ['response.audio_transcript.delta', 'response.output_audio_transcript.delta'],
  ['response.audio_transcript.done', 'response.output_audio_transcript.done'],
  ['response.text.delta', 'response.output_text.delta'],
  ['response.text.done', 'response.output_text.done'],
]);

/** Output of Azure's voices that OpenAI has no events for. */
const azureOnly = /^response\.(audio_timestamp|animation_\w+)\./;

/**
 * Translates event by event: names, the nested session, items that are first added and then done, rate limits. Events that it
 * does not know, as a scenario may send them, pass unchanged. Follows the types of the package `openai` 7 and, in the order of
 * events, published recordings of the service.
 */
export class OpenAiDialect implements Dialect {
  readonly #held = new HeldUpdates();
  readonly #items = new ItemLifecycle();
  readonly #limits = new RateLimits();
  readonly #transcription = new TranscriptionUsage();
  #model: string | undefined;
  #conversationId = '';
  /** Refused here and not inside: the `error` events that are still to come name the client's fields already. */
  readonly #refused: RequestRefused[] = [];
  /** The last text that was done; the inside leaves it out of the part that is done next. */
  #text: Fields = {};

  incoming(event: Fields): Fields {
    try {
      return this.#incoming(event);
    } catch (error) {
      if (error instanceof RequestRefused) this.#refused.push(error);
      throw error;
    }
  }

  outgoing(event: ServerEvent): readonly object[] {
    const fields: Fields = { ...event };
    this.#transcription.hear(event.type, fields);
    return this.#outgoing(event.type, fields);
  }

  #incoming(event: Fields): Fields {
    const { type } = event;
    // The inside says what is wrong with an event that has no type.
    if (typeof type !== 'string') return event;
    checkFields(type, event);
    switch (type) {
      case 'session.update': {
        const { session, change } = readSessionUpdate(event['session'], this.#held.expected, this.#model);
        return { ...event, session: this.#held.propose(session, change) };
      }
      case 'conversation.item.create':
        return {
          ...event,
          item: insideItem(parseClientEvent(itemSchema, event['item'], 'item'), 'item'),
        };
      case 'response.create':
        return {
          ...event,
          response: readResponseRequest(event['response'], (id) => this.#items.copyOf(id)),
        };
      case 'input_audio_buffer.append':
        this.#transcription.append(event['audio']);
    }
    return event;
  }

  #outgoing(type: string, event: Fields): readonly object[] {
    switch (type) {
      case 'error':
        return [this.#error(event)];
      case 'session.created':
      case 'session.updated':
        return [this.#session(event)];
      case 'input_audio_buffer.committed':
        return this.#items.committed(event);
      case 'conversation.item.created':
        return this.#items.created(event);
      case 'conversation.item.done':
        return this.#items.done(event);
      case 'conversation.item.deleted':
        return this.#items.deleted(event);
      case 'conversation.item.retrieved':
        return [{ ...event, item: reportedItem(event['item']) }];
      case 'conversation.item.input_audio_transcription.completed':
        return this.#items.transcribed(this.#transcript(event));
      case 'conversation.item.input_audio_transcription.delta':
      case 'conversation.item.input_audio_transcription.failed':
        return this.#items.transcribed(event);
      case 'response.created':
        return [this.#response(event), this.#limits.next()];
      case 'response.done':
        this.#limits.spend(asFields(event['response'])?.['usage']);
        return [this.#response(event)];
      case 'response.output_item.added':
        return this.#items.outputAdded(event);
      case 'response.output_item.done':
        return this.#items.outputDone(event);
      case 'response.content_part.done':
        return [this.#partDone(event)];
      case 'response.text.done':
        this.#text = event;
    }
    if (azureOnly.test(type)) return [];
    const name = renamed.get(type);
    return [name ? { ...event, type: name } : event];
  }

  #error(event: Fields): object {
    const error = asFields(event['error']);
    const { message, param } = error ?? {};
    const own = this.#refused.findIndex((refused) => refused.message === message && refused.param === param);
    if (own >= 0) this.#refused.splice(own, 1);
    if (own >= 0 || typeof message !== 'string' || typeof param !== 'string') return event;
    return { ...event, error: { ...error, ...renamedRefusal(message, param) } };
  }

  #session(event: Fields): object {
    const session = asFields(event['session']);
    if (!session) return event;
    this.#model = reportedModel(session['model']);
    this.#conversationId = String(session['id']).replace(/^sess_/, 'conv_');
    return { ...event, session: reportSession(session, this.#held.report(session)) };
  }

  #response(event: Fields): object {
    const response = asFields(event['response']);
    return response ? { ...event, response: reportResponse(response, this.#conversationId) } : event;
  }

  #transcript(event: Fields): Fields {
    const { phrases: _, ...rest } = event;
    const usage = this.#transcription.of(String(event['item_id']), String(event['transcript'] ?? ''));
    return { ...rest, usage };
  }

  /** Parts keep the names `text` and `audio` in these events, unlike in items: so the package's types, and recordings. */
  #partDone(event: Fields): object {
    const part = asFields(event['part']);
    if (part?.['type'] !== 'text' || part['text'] || this.#text['item_id'] !== event['item_id']) return event;
    return { ...event, part: { ...part, text: this.#text['text'] } };
  }
}

/** @throws {RequestRefused} for an event that no client sends over a WebSocket, or a field that it does not have */
function checkFields(type: string, event: Fields): void {
  const known = Object.hasOwn(eventFields, type) ? eventFields[type] : undefined;
  if (!known) {
    const names = Object.keys(eventFields).map((name) => `'${name}'`);
    const list = `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`;
    throw new RequestRefused(
      'invalid_value',
      `Invalid value: '${type}'. Supported values are: ${list}.`,
      'type',
    );
  }
  const unknown = Object.keys(event).find(
    (name) => name !== 'type' && name !== 'event_id' && !known.includes(name),
  );
  if (unknown === undefined) return;
  throw new RequestRefused('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown);
}
