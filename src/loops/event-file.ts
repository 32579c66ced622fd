/**
 * The events of a session as lines of JSON.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { VoiceloopError } from '../errors.ts';
import { wholeMicroseconds } from '../latency/whole-microseconds.ts';
import type { LoggedEvent } from '../session/event-log.ts';

/**
 * Writes one whole line for each event, at once, so that a crash cuts no line. The file is made with the first event: where
 * there is nothing to tell, what an earlier run told is kept. When the disk fails the file ends where it is, the session goes
 * on, and {@link EventFile.error} says why.
 */
export class EventFile {
  readonly #path: string;
  #file: number | undefined;
  #lines = 0;
  #bytes = 0;
  #error: VoiceloopError | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why the file lacks events; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    return this.#error;
  }

  write({ direction, event, atMs }: LoggedEvent): void {
    if (this.#error) return;
    const line = Buffer.from(`${JSON.stringify({ atMs: wholeMicroseconds(atMs), direction, event })}\n`);
    try {
      this.#file ??= openSync(this.#path, 'w');
      if (writeSync(this.#file, line) < line.length) throw new Error('the disk took only a part of a line');
      this.#bytes += line.length;
      this.#lines++;
    } catch (error) {
      this.#stop(error);
      this.#cutToWholeLines();
    }
  }

  close(): void {
    try {
      if (this.#file !== undefined) closeSync(this.#file);
    } catch (error) {
      this.#stop(error);
    }
    this.#file = undefined;
  }

  #cutToWholeLines(): void {
    try {
      if (this.#file !== undefined) ftruncateSync(this.#file, this.#bytes);
    } catch {
      // What is no regular file cannot be cut.
    }
  }

  #stop(cause: unknown): void {
    this.#error ??= new VoiceloopError(
      'failure',
      'events-stopped',
      'the events were not written to the end',
      {
        where: this.#path,
        reason: cause instanceof Error ? cause.message : String(cause),
        hint: `${this.#lines} lines are kept; make room and run it again`,
        cause,
      },
    );
  }
}
