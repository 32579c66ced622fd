/**
 * Reads what comes from the service, and complains once about each kind of message that cannot be read.
 *
 * @module
 */
import type { Notice } from './actions.ts';
import { type ReceivedEvent, readEvent } from './received-event.ts';

/** A message that could be read. */
export interface ReadMessage {
  /** As it came. */
  readonly raw: unknown;
  readonly event: ReceivedEvent;
}

/** From text to events; what is none is counted and never stops anything. */
export class MessageReader {
  readonly #onNotice: (notice: Notice) => void;
  readonly #complained = new Set<string>();
  #malformed = 0;

  constructor(onNotice: (notice: Notice) => void) {
    this.#onNotice = onNotice;
  }

  /** Messages that could not be read. */
  get malformed(): number {
    return this.#malformed;
  }

  read(text: string): ReadMessage | undefined {
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch {
      return this.#malform('json', `a message of ${text.length} characters is not JSON`);
    }
    const event = readEvent(raw);
    if (event) return { raw, event };
    const type = raw instanceof Object && 'type' in raw ? String(raw.type).slice(0, 100) : '';
    return this.#malform(type, type ? `${type} lacks a field that it needs` : 'a message has no type');
  }

  /** Complains, once for each `kind`, without counting. */
  complain(kind: string, message: string): void {
    if (this.#complained.has(kind)) return;
    this.#complained.add(kind);
    this.#onNotice({ level: 'warning', code: 'malformed-message', message });
  }

  #malform(kind: string, message: string): undefined {
    this.#malformed++;
    this.complain(kind, message);
  }
}
