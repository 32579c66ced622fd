/**
 * A log of a session for people: one line for each connection and event, with the time of day.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { messageOf, VoiceloopError } from '../../errors.ts';
import type { LoggedEvent } from '../../session/event-log.ts';
import { LineFile } from '../line-file.ts';

/** Frames of sound pass fifty times a second: of each kind, a line for the first in a row is enough. */
const repeating = new Set([
  'input_audio_buffer.append',
  'response.audio.delta',
  'response.audio_transcript.delta',
]);

/**
 * Appends to a file, one whole line at once. Events are named with their ids; what they say is in the events' own file.
 *
 * @throws {VoiceloopError} `out-not-writable` where the file cannot be opened
 */
export class SessionLog {
  readonly #clock: Clock;
  readonly #path: string;
  readonly #file: LineFile;
  #last = '';

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#file = new LineFile({ path, mode: 'append' });
    try {
      this.#file.open();
    } catch (error) {
      throw new VoiceloopError('usage', 'out-not-writable', 'the log cannot be written there', {
        where: path,
        reason: messageOf(error),
        hint: 'name a file in a folder that exists and that you may write to',
        cause: error,
      });
    }
  }

  /** Why lines are missing; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    const { failure } = this.#file;
    return (
      failure &&
      new VoiceloopError('failure', 'log-stopped', 'the log was not written to the end', {
        where: this.#path,
        reason: messageOf(failure.cause),
        hint: 'make room for it',
        cause: failure.cause,
      })
    );
  }

  line(text: string): void {
    this.#last = '';
    this.#write(text);
  }

  event({ direction, event }: LoggedEvent): void {
    const named = describe(event);
    const key = `${direction} ${named.type}`;
    if (key === this.#last) return;
    this.#last = repeating.has(named.type) ? key : '';
    this.#write(`${direction.padEnd(8)} ${named.type}${named.ids}`);
  }

  close(): void {
    this.#file.close();
  }

  #write(text: string): void {
    const time = new Date(this.#clock.unixMs()).toISOString();
    this.#file.write(`${time}  ${text.replace(/\s+/g, ' ')}`);
  }
}

function describe(event: unknown): { type: string; ids: string } {
  if (typeof event !== 'object' || event === null) return { type: String(event), ids: '' };
  const fields: Readonly<Record<string, unknown>> = { ...event };
  const ids = ['response_id', 'item_id', 'call_id', 'audio_end_ms', 'audio_start_ms']
    .filter((name) => fields[name] !== undefined)
    .map((name) => ` ${name}=${String(fields[name])}`)
    .join('');
  const error = fields['error'];
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? `: ${String(error.message)}` : '';
  return { type: String(fields['type']), ids: `${ids}${message}` };
}
