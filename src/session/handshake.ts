/**
 * The beginning of a session: `session.created`, `session.update`, `session.updated`, or what comes instead.
 *
 * @module
 */
import type { Clock } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import type { ResponseSession, ServerEventErrorDetails } from '../protocol/events.ts';
import type { ReceivedEvent } from './received-event.ts';

/** The `event_id` of the update, by which the service names it in an error. */
export const SESSION_UPDATE_ID = 'session_1';

/** Waits for the two answers of the service, and for nothing after the second. */
export class Handshake {
  readonly #created = Promise.withResolvers<void>();
  readonly #updated = Promise.withResolvers<ResponseSession>();
  #isOver = false;

  constructor() {
    // Both fail together, and only one of them is being waited for.
    this.#created.promise.catch(() => {});
    this.#updated.promise.catch(() => {});
  }

  /** The service has opened the session. */
  get created(): Promise<void> {
    return this.#created.promise;
  }

  /** The session that the service made of the update. */
  get updated(): Promise<ResponseSession> {
    return this.#updated.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns whether the event ends the handshake with a failure, so that nothing else is to be made of it */
  fails(event: ReceivedEvent): boolean {
    if (this.#isOver) return false;
    if (event.type === 'session.created') this.#created.resolve();
    if (event.type === 'session.updated') {
      this.#isOver = true;
      this.#updated.resolve(event.session);
    }
    const isMeant =
      event.type === 'error' && (event.error.event_id ?? SESSION_UPDATE_ID) === SESSION_UPDATE_ID;
    if (isMeant) this.fail(sessionRefused(event.error));
    return isMeant;
  }

  /** Ends the handshake; does nothing once it is over. */
  fail(error: unknown): void {
    this.#isOver = true;
    this.#created.reject(error);
    this.#updated.reject(error);
  }
}

/** How long the service may take for each of its two answers. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Waits for an answer of the service.
 *
 * @throws {VoiceloopError} `session-timeout` after 10 s without it
 */
export async function answerInTime<T>(clock: Clock, type: string, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.at(clock.now() + ANSWER_TIMEOUT_MS, () => {
    late.reject(
      new VoiceloopError('service', 'session-timeout', `the service sent no ${type} within 10 s`, {
        hint: 'check the endpoint and its path, then try again',
      }),
    );
  });
  try {
    return await clock.waitFor(`the session, for ${type}`, Promise.race([answer, late.promise]));
  } finally {
    timer.cancel();
  }
}

function sessionRefused({ code, message, param }: ServerEventErrorDetails): VoiceloopError {
  const what = param ? `the service refused ${param}` : 'the service refused the session';
  return new VoiceloopError('service', 'session-refused', what, {
    ...(param && { where: param }),
    reason: code ? `${message} (${code})` : message,
    hint: param ? 'change that setting, or leave it out' : 'check the model and the api-version',
  });
}
