/**
 * What stands between a mock session, which speaks Voice Live, and a client that may speak something else.
 *
 * @module
 */
import type { ServerEvent } from '../protocol/events.ts';

/** Translates the events of one connection, both ways. */
export interface Dialect {
  /** What the client sent, as the session takes it. @throws {RequestRefused} where the dialect does not know it */
  incoming(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** One event of the session, as none, one or several of the client's dialect, in order. */
  outgoing(event: ServerEvent): readonly object[];
}

/** Voice Live itself: nothing has to be translated. */
export const voiceLiveDialect: Dialect = {
  incoming: (event) => event,
  outgoing: (event) => [event],
};
