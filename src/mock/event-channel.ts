/**
 * The way out of the mock: every event leaves through here.
 *
 * @module
 */
import type { ServerEvent } from '../protocol/events.ts';
import type { IdSource } from './ids.ts';

/** A client event that the service does not carry out. Thrown by whoever handles it and answered with an `error` event. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly code: string;
  readonly param: string | null;

  /** @param param the field at fault, as in `session.turn_detection.type` */
  constructor(code: string, message: string, param: string | null = null) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** Gives events their ids and sends them as text. */
export class EventChannel {
  readonly #send: (text: string) => void;
  readonly #ids: IdSource;

  constructor(send: (text: string) => void, ids: IdSource) {
    this.#send = send;
    this.#ids = ids;
  }

  send(event: ServerEvent): void {
    this.#send(JSON.stringify({ event_id: this.#ids.next('event'), ...event }));
  }

  /** @param eventId of the client event that was refused */
  refuse(refused: RequestRefused, eventId: string | null): void {
    const { code, message, param } = refused;
    this.send({
      type: 'error',
      error: { type: 'invalid_request_error', code, message, param, event_id: eventId },
    });
  }
}
