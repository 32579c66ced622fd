/**
 * The events of a session as lines of JSON.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { VoiceloopError } from '../errors.ts';
import type { LoggedEvent } from '../session/event-log.ts';

/** Writes one whole line for each event, at once, so that a crash cuts no line. */
export class EventFile {
  readonly #file: number;

  /** @throws {VoiceloopError} `out-not-writable` */
  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new VoiceloopError('usage', 'out-not-writable', 'the events cannot be written there', {
        where: path,
        reason: error instanceof Error ? error.message : String(error),
        hint: 'name a file in a folder that exists and that you may write to',
        cause: error,
      });
    }
  }

  write({ direction, event, atMs }: LoggedEvent): void {
    writeSync(this.#file, `${JSON.stringify({ atMs: Math.round(atMs * 1000) / 1000, direction, event })}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
