/**
 * What the mock says, how fast it is, over what network, and what goes wrong: ready to be played.
 *
 * @module
 */
import type { NetworkName } from '../../protocol/network-link.ts';
import type { Fault } from '../faults/faults.ts';
import type { Pipeline } from '../session-defaults.ts';
import type { ProfileName } from './latency-profile.ts';
import type { Moment } from './moment.ts';

/** What an answer sounds like: mono audio, or what the user has just said. */
export type AnswerSpeech = { readonly samples: Float32Array; readonly rateHz: number } | 'echo';

/** A function that the assistant calls. */
export interface ScriptedCall {
  readonly name: string;
  /** JSON, as a model would write it. */
  readonly arguments: string;
}

/** What a response consists of: words, and how they sound, then calls. */
export interface SpokenAnswer {
  /** Default empty: nothing is said (or, with `echo`, what was heard). */
  readonly text: string;
  /** Undefined is an answer in text only. */
  readonly speech?: AnswerSpeech | undefined;
  readonly calls?: readonly ScriptedCall[] | undefined;
}

/** One answer of the assistant. */
export interface ScenarioAnswer extends SpokenAnswer {
  /** What the user is taken to have said before it. */
  readonly heard?: string | undefined;
  /** What is answered once the outputs of all calls are there; default the next of the answers. */
  readonly afterCalls?: SpokenAnswer | undefined;
}

/** Speech of the user that is known beforehand, in milliseconds of audio since the session began. */
export interface ScriptedTurn {
  readonly startMs: number;
  readonly endMs: number;
}

/** Events that are sent after another one. */
export interface ScriptedEvent {
  readonly moment: Moment;
  readonly send: readonly { readonly type: string; readonly [field: string]: unknown }[];
}

/** A scenario, ready to be played. */
export interface Scenario {
  readonly name: string;
  readonly pipeline: Pipeline;
  readonly profile: ProfileName;
  readonly network: NetworkName;
  /** Of ids and delays, where nobody gives another. */
  readonly seed?: number | undefined;
  /** How long a session may last; default 3600. */
  readonly sessionSeconds?: number | undefined;
  /** Cuts audio deltas inside samples, as the protocol allows; default false. */
  readonly oddSplits?: boolean | undefined;
  /** What the assistant says first, unasked; default nothing. */
  readonly greeting?: SpokenAnswer | undefined;
  /** Where the user speaks; undefined listens to the audio instead. */
  readonly turns?: readonly ScriptedTurn[] | undefined;
  /** At least one; given in turn, and then from the first again. */
  readonly answers: readonly ScenarioAnswer[];
  readonly events?: readonly ScriptedEvent[] | undefined;
  readonly faults?: readonly Fault[] | undefined;
}
