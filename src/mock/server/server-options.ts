/**
 * How the mock server is set up.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { MockFrame } from '../frame-outbox.ts';
import type { MockTrace } from '../mock-trace.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** How the server is set up. */
export interface MockServerOptions {
  /** A scenario, its name, or the path of its file. Default `library`. */
  readonly scenario?: Scenario | string | undefined;
  /** Default a {@link SystemClock}; sockets know no other time. */
  readonly clock?: Clock | undefined;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
  /** Serves `https://` and `wss://` with a certificate of its own making; default false. */
  readonly tls?: boolean | undefined;
  /**
   * Default the scenario's, or 1. The first connection of one server gets the delays of the first connection of any other
   * with that seed.
   */
  readonly seed?: number | undefined;
  /** What clients must show, as `api-key` or bearer token; default nothing. */
  readonly key?: string | undefined;
  /** What the user says in a turn of a session, counted from 0, where the scenario does not say it; default nothing. */
  readonly transcript?: ((turn: number) => string | undefined) | undefined;
  readonly trace?: ((trace: MockTrace) => void) | undefined;
  /** Gets every message of every session, audio and all. */
  readonly frame?: ((session: string, frame: MockFrame) => void) | undefined;
  /** Default 512. One more is refused with 429. */
  readonly maxSessions?: number | undefined;
  /** Default 21 MiB, which is more than the largest append: 15 MiB of audio as base64. */
  readonly maxMessageBytes?: number | undefined;
  /** How many of its latest frames a session's view holds; default 2000. */
  readonly keptFrames?: number | undefined;
  /** Takes a line for each connection that opens, closes or is refused. Holds no secrets. */
  readonly log?: ((line: string) => void) | undefined;
}
