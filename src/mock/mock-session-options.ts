/**
 * What a mock session is made of, and how it is watched.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Dialect } from './dialect.ts';
import type { Toxic } from './faults/fault-injector.ts';
import type { MockFrame } from './frame-outbox.ts';
import type { MockTrace } from './mock-trace.ts';
import type { Scenario } from './scenario/scenario.ts';

/** An agent, as in the URL. */
export interface RequestedAgent {
  readonly name: string;
  /** The conversation that it goes on with; default a new one. */
  readonly conversationId: string | undefined;
}

/** What a session is made of and how it is watched. */
export interface MockSessionOptions {
  readonly clock: Clock;
  /** Ids and delays come from forks of it: the same seed and the same input at the same times give the same output. */
  readonly random: Random;
  readonly scenario: Scenario;
  /** As asked for in the URL; default the scenario's pipeline's usual model. */
  readonly model?: string | undefined;
  /** The agent that the URL asks for in place of a model. */
  readonly agent?: RequestedAgent | undefined;
  /** Its number among the connections, from 0: some faults strike only the first ones. Default 0. */
  readonly connection?: number | undefined;
  /** What the client speaks; default Voice Live. */
  readonly dialect?: Dialect | undefined;
  /** What the user says in a turn, counted from 0, where the scenario does not say it; default nothing. */
  readonly transcript?: ((turn: number) => string | undefined) | undefined;
  /** Takes every message of the server. */
  send(text: string): void;
  /** Ends the connection; 1006 breaks it off without a close frame. Default does nothing. */
  close?: ((code: number, reason: string) => void) | undefined;
  /** Spoils the connection at the level of bytes. Default does nothing. */
  toxic?: ((toxic: Toxic) => void) | undefined;
  /** Is told what no client can see. */
  trace?: ((trace: MockTrace) => void) | undefined;
  /** Is told of every message, both ways. */
  frame?: ((frame: MockFrame) => void) | undefined;
}
