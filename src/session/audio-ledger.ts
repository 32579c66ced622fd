/**
 * What the agent said that may not have been heard yet, in the order in which it plays.
 *
 * @module
 */
import type { Heard } from '../pipeline/playback.ts';

/** The audio of one content part of one item. */
export interface AudioPart {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly receivedMs: number;
}

/** A part that was cut off. */
export interface Cut extends AudioPart {
  /** Whole milliseconds, never more than were received. */
  readonly heardMs: number;
}

interface OpenPart extends AudioPart {
  receivedMs: number;
  finished: boolean;
}

/** Keeps account of received audio from its first delta until the playback is emptied. */
export class AudioLedger {
  #parts: OpenPart[] = [];

  /** @returns whether this is the first audio of its part */
  received(responseId: string, itemId: string, contentIndex: number, durationMs: number): boolean {
    const part = this.#find(itemId, contentIndex);
    if (part) {
      part.receivedMs += durationMs;
      return false;
    }
    this.#parts.push({ responseId, itemId, contentIndex, receivedMs: durationMs, finished: false });
    return true;
  }

  /** @returns whether the part was open till now */
  finish(itemId: string, contentIndex: number): boolean {
    const part = this.#find(itemId, contentIndex);
    if (!part || part.finished) return false;
    part.finished = true;
    return true;
  }

  /** Finishes all parts, of one response or of all, and gives those that were open. */
  finishAll(responseId?: string): readonly AudioPart[] {
    const open = this.#parts.filter(
      (part) => !part.finished && (responseId === undefined || part.responseId === responseId),
    );
    for (const part of open) part.finished = true;
    return open;
  }

  /**
   * The playback was emptied.
   *
   * @returns the part that was sounding, where some of it was not heard, and those that waited behind it
   */
  cut(heard: Heard | undefined): readonly Cut[] {
    const parts = this.#parts;
    this.#parts = [];
    if (!heard) return [];
    const at = parts.findIndex(
      (part) => part.itemId === heard.itemId && part.contentIndex === heard.contentIndex,
    );
    const waiting = at < 0 ? [] : parts.slice(at + 1).map((part) => ({ ...part, heardMs: 0 }));
    if (heard.complete || heard.receivedMs <= 0) return waiting;
    const heardMs = Math.max(0, Math.floor(Math.min(heard.heardMs, heard.receivedMs)));
    return [{ ...heard, heardMs }, ...waiting];
  }

  #find(itemId: string, contentIndex: number): OpenPart | undefined {
    return this.#parts.findLast((part) => part.itemId === itemId && part.contentIndex === contentIndex);
  }
}
