/**
 * What goes into a conversation and what comes out of it.
 *
 * @module
 */
import type { Heard } from '../pipeline/playback.ts';
import type { ClientEvent, ResponseCreateParams, ResponseStatus } from '../protocol/events.ts';
import type { ReceivedEvent } from './received-event.ts';

/** Something happened: on the wire, in the playback, or at the keyboard. */
export type ConversationInput =
  | { readonly type: 'received'; readonly event: ReceivedEvent }
  /** A piece of the agent's audio, which is never parsed as an event. */
  | {
      readonly type: 'audio';
      readonly responseId: string;
      readonly itemId: string;
      readonly contentIndex: number;
      readonly durationMs: number;
    }
  /** The answer to the action `flush`. */
  | { readonly type: 'flushed'; readonly heard: Heard | undefined }
  /** The user wants silence: a key, not the voice. */
  | { readonly type: 'interrupt' }
  /** The user typed a message. */
  | { readonly type: 'say'; readonly text: string }
  /** A response is wanted. */
  | { readonly type: 'respond'; readonly response?: ResponseCreateParams }
  /** The user has said what there is to say: where the service detects no turns, somebody must say so. */
  | { readonly type: 'commit' }
  /** What was said since the last commit does not count. */
  | { readonly type: 'clear' }
  /** A response is waited for, and nothing has come of any for a long time. */
  | { readonly type: 'overdue' }
  /** The connection has ended: what is held may play out. */
  | { readonly type: 'closed' };

/** What must be done about it, in this order. */
export type Action =
  | { readonly type: 'send'; readonly event: ClientEvent }
  /** Silence the playback at once, and answer with the input `flushed` before the next action. */
  | { readonly type: 'flush'; readonly reason: FlushReason }
  /** The audio of this part is complete. */
  | { readonly type: 'finish'; readonly itemId: string; readonly contentIndex: number }
  | { readonly type: 'turn'; readonly turn: Turn }
  | ({ readonly type: 'notice' } & Notice);

/** Who interrupted: the user's voice, as the service heard it, or the client. */
export type FlushReason = 'speech' | 'client';

/** Something that the user should know and that ends nothing. */
export interface Notice {
  readonly level: 'warning' | 'error';
  /** The service's code where it gave one. */
  readonly code: string;
  readonly message: string;
}

/** A step of the talk. Steps of several turns mix: they belong together by their ids. */
export type Turn =
  /** `audioStartMs` counts the input audio that was sent, as the service heard it. */
  | { readonly kind: 'user-started'; readonly itemId: string; readonly audioStartMs: number }
  | { readonly kind: 'user-ended'; readonly itemId: string; readonly audioEndMs: number }
  | { readonly kind: 'user-delta'; readonly itemId: string; readonly text: string }
  /** May come after the answer. */
  | { readonly kind: 'user-transcript'; readonly itemId: string; readonly text: string }
  | { readonly kind: 'answer-started'; readonly responseId: string }
  /** The first audio of one item. */
  | { readonly kind: 'answer-audio'; readonly responseId: string; readonly itemId: string }
  | {
      readonly kind: 'answer-delta';
      readonly responseId: string;
      readonly itemId: string;
      readonly text: string;
    }
  | {
      readonly kind: 'answer-transcript';
      readonly responseId: string;
      readonly itemId: string;
      readonly text: string;
    }
  /** The model wants a function to be run here; told once, when its arguments are complete. */
  | {
      readonly kind: 'tool-call';
      readonly responseId: string;
      readonly itemId: string;
      readonly callId: string;
      readonly name: string;
      /** JSON as the model wrote it, which may be none. */
      readonly arguments: string;
    }
  | {
      readonly kind: 'answer-done';
      readonly responseId: string;
      readonly status: ResponseStatus;
      /** The user's item that was answered; undefined for a response that had no output. */
      readonly userItemId: string | undefined;
    }
  | {
      readonly kind: 'interrupted';
      readonly reason: FlushReason;
      readonly responseId: string;
      readonly itemId: string;
      /** How much of the item was heard, whole milliseconds. */
      readonly heardMs: number;
      /** How much of it had arrived. */
      readonly receivedMs: number;
    };

/** The action that tells of a step. */
export function turn(step: Turn): Action {
  return { type: 'turn', turn: step };
}

/** The action that sends an event. */
export function send(event: ClientEvent): Action {
  return { type: 'send', event };
}

/** The actions for an event that is there or not. */
export function sendIfAny(event: ClientEvent | undefined): readonly Action[] {
  return event ? [send(event)] : [];
}

/** Longer ones say nothing more to a person, and a service may send megabytes. */
const MAX_NOTICE_CHARACTERS = 300;

/** The action that tells the user something, in a bearable length. */
export function notice({ level, code, message }: Notice): Action {
  return {
    type: 'notice',
    level,
    code: shortened(code, 100),
    message: shortened(message, MAX_NOTICE_CHARACTERS),
  };
}

/** The action that warns. */
export function warn(code: string, message: string): Action {
  return notice({ level: 'warning', code, message });
}

/** The text, or its beginning with an ellipsis. */
export function shortened(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 1)}…` : text;
}
