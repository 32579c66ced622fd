/**
 * The events of a session as lines of JSON.
 *
 * @module
 */
import { messageOf, VoiceloopError } from '../errors.ts';
import { wholeMicroseconds } from '../latency/whole-microseconds.ts';
import type { LoggedEvent } from '../session/event-log.ts';
import { LineFile } from './line-file.ts';

/**
 * Writes one whole line for each event. The file is made with the first event: where there is nothing to tell, what an
 * earlier run told is kept. When the disk fails the session goes on, and {@link EventFile.error} says why.
 */
export class EventFile {
  readonly #path: string;
  readonly #file: LineFile;

  constructor(path: string) {
    this.#path = path;
    this.#file = new LineFile({ path, mode: 'replace' });
  }

  /** Why the file lacks events; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    const { failure, lines } = this.#file;
    return (
      failure &&
      new VoiceloopError('failure', 'events-stopped', 'the events were not written to the end', {
        where: this.#path,
        reason: messageOf(failure.cause),
        hint: `${lines} lines are kept; make room and run it again`,
        cause: failure.cause,
      })
    );
  }

  write({ direction, event, atMs }: LoggedEvent): void {
    this.#file.write(JSON.stringify({ atMs: wholeMicroseconds(atMs), direction, event }));
  }

  close(): void {
    this.#file.close();
  }
}
