/**
 * What is seen of a session from outside.
 *
 * @module
 */
import type { VoiceloopError } from '../errors.ts';
import type { TransportClosed } from '../pipeline/transport.ts';
import type { Notice, Turn } from './actions.ts';
import type { LoggedEvent } from './event-log.ts';

/** Who watches a session. Every function is optional, and called at once. */
export interface SessionObserver {
  /** Each event that passes, either way. */
  readonly onEvent?: (event: LoggedEvent) => void;
  /** Each step of the talk, with the time at which its cause arrived. */
  readonly onTurn?: (turn: Turn, atMs: number) => void;
  readonly onNotice?: (notice: Notice) => void;
  /** The connection is gone. */
  readonly onClosed?: (closed: SessionClosed) => void;
}

/** How a session ended. */
export interface SessionClosed extends TransportClosed {
  /** Why, unless the caller asked for it. */
  readonly error?: VoiceloopError;
}

/** What a session has counted. */
export interface SessionCounters {
  readonly framesSent: number;
  /** Without the frames of audio. */
  readonly eventsSent: number;
  /** With the pieces of audio. */
  readonly eventsReceived: number;
  /** Pieces of audio that came after their response was interrupted. */
  readonly lateDeltas: number;
  /** Messages that could not be read. */
  readonly malformed: number;
  /** How often each event came that this version does not know. */
  readonly unknownEvents: Readonly<Record<string, number>>;
}
