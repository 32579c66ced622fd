/**
 * The contract between a conversation and what plays it.
 *
 * @module
 */
import type { AgentAudio } from '../audio/agent-audio.ts';

/** How much of one item's audio went out to the listener. */
export interface Heard {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  /** What left the device, or surely will: a fade that has begun counts, inserted silence and concealment do not. */
  readonly heardMs: number;
  /** What arrived from the service; `heardMs` is never more. */
  readonly receivedMs: number;
  /** Everything that was received was heard, and no more comes. */
  readonly complete: boolean;
}

/** Plays the agent's answers in the order in which they come. */
export interface Playback {
  /** Takes the next piece of an answer; copies what it keeps. */
  push(audio: AgentAudio): void;
  /** The item has all its audio: what is held may be played without waiting for more. */
  finish(itemId: string, contentIndex: number): void;
  /**
   * Goes silent at once, with a short fade, and drops everything that waits.
   *
   * @returns what was heard of the item that was sounding, or that would have sounded next; undefined where nothing was
   */
  flush(): Heard | undefined;
}
