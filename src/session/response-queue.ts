/**
 * One response at a time: asking for another while one runs is an error of the service, so a request waits.
 *
 * @module
 */
import type { ClientResponseCreate, ResponseCreateParams } from '../protocol/events.ts';

/** Which response runs, and which requests wait for its end. Events in, the request that may be sent out. */
export class ResponseQueue {
  #running: string | undefined;
  /** The latest request; kept after its answer, because a response of the service's own can come before the refusal. */
  #sent: ClientResponseCreate | undefined;
  #isAnswered = true;
  /** The service runs a response of which nothing was seen here: nothing is sent until some response is done. */
  #held = false;
  #waiting: ClientResponseCreate[] = [];
  #requests = 0;
  readonly #seen = new Set<string>();
  readonly #done = new Set<string>();

  /** The response that the service is making. */
  get running(): string | undefined {
    return this.#running;
  }

  /** Whether a request was sent and neither a response nor a refusal has come. */
  get isRequested(): boolean {
    return !this.#isAnswered;
  }

  /** Whether a request could not be sent yet. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the end of this response was told. */
  isDone(responseId: string): boolean {
    return this.#done.has(responseId);
  }

  /** A response is wanted. Requests without parameters that wait together become one: it answers all that was said. */
  request(response?: ResponseCreateParams): ClientResponseCreate | undefined {
    const isPlain = response === undefined;
    if (!isPlain || !this.#waiting.some((waiting) => waiting.response === undefined)) {
      const event_id = `response_${++this.#requests}`;
      this.#waiting.push({ type: 'response.create', event_id, ...(!isPlain && { response }) });
    }
    return this.next();
  }

  /** `response.created`. Only one runs, so one whose end was never told is over. */
  created(responseId: string): void {
    this.#isAnswered = true;
    this.#seen.add(responseId);
    this.#running = responseId;
  }

  /** Any other event that names a response: one that is new runs, though its beginning was missed. */
  mentioned(responseId: string): void {
    if (this.#seen.has(responseId)) return;
    this.#seen.add(responseId);
    this.#running = responseId;
  }

  /** `response.done`. */
  done(responseId: string): ClientResponseCreate | undefined {
    this.#seen.add(responseId);
    this.#done.add(responseId);
    if (this.#running === responseId) this.#running = undefined;
    this.#held = false;
    return this.next();
  }

  /** Whatever stands in the way of the next request will never be told to be over. */
  giveUp(): ClientResponseCreate | undefined {
    this.#running = undefined;
    this.#held = false;
    this.#isAnswered = true;
    return this.next();
  }

  /**
   * An `error` event.
   *
   * @returns whether it says that the request came too early; the request then waits again
   */
  refused(code: string | undefined, eventId: string | undefined): boolean {
    const sent = this.#sent;
    const isEarly = code === 'conversation_already_has_active_response';
    const isMeant = eventId === undefined ? isEarly && !this.#isAnswered : eventId === sent?.event_id;
    if (!sent || !isMeant) return false;
    this.#sent = undefined;
    this.#isAnswered = true;
    if (isEarly) {
      this.#held = true;
      this.#waiting.unshift(sent);
    }
    return isEarly;
  }

  /** Takes the next request, where nothing stands in its way. */
  next(): ClientResponseCreate | undefined {
    if (this.#running !== undefined || this.#held || !this.#isAnswered) return undefined;
    const next = this.#waiting.shift();
    if (next) {
      this.#sent = next;
      this.#isAnswered = false;
    }
    return next;
  }
}
