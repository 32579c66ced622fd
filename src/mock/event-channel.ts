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

/** A server event with its id. */
export type SentEvent = ServerEvent & { readonly event_id: string };

/** What goes onto the wire: an event, or text that is none any more. */
export type OutgoingFrame = object | string;

/** What stands between the mock and the wire. */
export interface EventRoute {
  /** Passes the event on: as it is, or as a fault has made it. */
  pass(event: SentEvent, deliver: (frame: OutgoingFrame) => void): void;
  /** Is told of every event, after it. */
  sent(event: SentEvent): void;
}

/** Gives events their ids and sends them. */
export class EventChannel {
  readonly #deliver: (frame: OutgoingFrame) => void;
  readonly #ids: IdSource;
  #route: EventRoute | undefined;

  constructor(deliver: (frame: OutgoingFrame) => void, ids: IdSource) {
    this.#deliver = deliver;
    this.#ids = ids;
  }

  /** Sends everything by this route from now on. */
  routeBy(route: EventRoute): void {
    this.#route = route;
  }

  send(event: ServerEvent): void {
    const whole = { event_id: this.#ids.next('event'), ...event } as SentEvent;
    if (!this.#route) {
      this.#deliver(whole);
      return;
    }
    this.#route.pass(whole, this.#deliver);
    this.#route.sent(whole);
  }

  /** Sends something that is no doing of the session's: a script's event, a fault. */
  sendBesides(event: object): void {
    this.#deliver({ event_id: this.#ids.next('event'), ...event });
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
