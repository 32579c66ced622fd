/**
 * Which response runs: one at a time, the next of the scenario's answers for each.
 *
 * @module
 */
import type { ResponseStatus, ResponseStatusDetailsUnion } from '../../protocol/events.ts';
import { RequestRefused } from '../event-channel.ts';
import type { ResponseRequest } from '../request-schema.ts';
import type { Scenario, SpokenAnswer } from '../scenario/scenario.ts';
import type { SessionContext } from '../session-context.ts';
import { AnswerBook } from './answer-book.ts';
import { ResponseRun } from './response-run.ts';

/** What is to be said next. */
interface Wanted {
  readonly request: ResponseRequest;
  /** Undefined is whatever the scenario has next. */
  readonly answer?: SpokenAnswer;
}

/** Starts, queues and interrupts responses. */
export class Responder {
  readonly #context: SessionContext;
  readonly #book: AnswerBook;
  #active: ResponseRun | undefined;
  /** The last run whose audio may still be playing at the client. */
  #lastSpoken: ResponseRun | undefined;
  #next: Wanted | undefined;
  /** User items that are still being transcribed; a response waits until it can answer them. */
  #holds = 0;

  /** @throws {RangeError} where there are no answers */
  constructor(context: SessionContext, scenario: Scenario) {
    this.#context = context;
    this.#book = new AnswerBook(scenario, context.store);
  }

  /** What the scenario says that the user says next. */
  get nextHeard(): string | undefined {
    return this.#book.nextHeard;
  }

  /** Whether the assistant has sent any audio in this session. */
  get hasSpoken(): boolean {
    return this.#lastSpoken !== undefined || this.#active?.firstAudioAtMs !== undefined;
  }

  /** Lets no response start until `release`. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    this.#startNext();
  }

  /**
   * Answers the user's turn: now, or when the response that runs is done.
   *
   * @returns the response, if it has started
   */
  respond(): ResponseRun | undefined {
    this.#next = { request: {} };
    return this.#startNext();
  }

  /** Says something of its own accord. */
  say(answer: SpokenAnswer): void {
    this.#next = { request: {}, answer };
    this.#startNext();
  }

  /** @throws {RequestRefused} where one runs and is not to be cancelled */
  create(request: ResponseRequest): void {
    if (this.#active && request.cancel_previous === false) {
      const message =
        `Conversation already has an active response in progress: ${this.#active.id}. ` +
        'Wait until the response is finished before creating a new one.';
      throw new RequestRefused('conversation_already_has_active_response', message);
    }
    this.#next = { request };
    // A response that ends starts the next one itself.
    if (this.#active) this.#active.cancel('client_cancelled');
    else this.#startNext();
  }

  /** @throws {RequestRefused} where nothing runs, or another response than `id` */
  cancel(id: string | null | undefined): void {
    if (!this.#active || (id && id !== this.#active.id)) {
      throw new RequestRefused(
        'response_cancel_not_active',
        'Cancellation failed: no active response found.',
      );
    }
    this.#active.cancel('client_cancelled');
  }

  /** Ends the response that runs, if one does, in another way than by a cancel. */
  end(status: ResponseStatus, details: ResponseStatusDetailsUnion): void {
    this.#active?.end(status, details);
  }

  /** The user speaks: what was about to be said is not, and what is being said ends a moment later. */
  interrupt(): void {
    this.#next = undefined;
    const { clock, timers, delays } = this.#context;
    const run = this.#active;
    if (run) {
      const heardMs = this.#assumedHeardMs(run);
      timers.at(clock.now() + delays.draw('interrupt'), () => {
        run.cancel('turn_detected');
        this.#autoTruncate(run, heardMs);
      });
    } else if (this.#lastSpoken) {
      this.#autoTruncate(this.#lastSpoken, this.#assumedHeardMs(this.#lastSpoken));
    }
  }

  #startNext(): ResponseRun | undefined {
    if (!this.#next || this.#active || this.#holds > 0) return undefined;
    const { request, answer } = this.#next;
    this.#next = undefined;
    const words = request.pre_generated_assistant_message?.content[0]?.text;
    const given = answer ?? (words === undefined ? undefined : this.#book.speak(words));
    const run = new ResponseRun(this.#context, {
      request,
      answer: given ?? this.#book.take(),
      isScripted: given !== undefined,
      onDone: () => this.#done(run),
    });
    this.#active = run;
    run.start();
    return run;
  }

  #done(run: ResponseRun): void {
    this.#active = undefined;
    this.#book.called(run.callIds);
    if (run.firstAudioAtMs !== undefined) this.#lastSpoken = run;
    this.#startNext();
  }

  /** As far as an answer would have been heard by now if it played from the moment it was sent. */
  #assumedHeardMs({ firstAudioAtMs }: ResponseRun): number | undefined {
    return firstAudioAtMs === undefined ? undefined : Math.floor(this.#context.clock.now() - firstAudioAtMs);
  }

  /** The service cuts by itself what it believes unheard, where the session has `auto_truncate`. */
  #autoTruncate({ spokenItemId }: ResponseRun, heardMs: number | undefined): void {
    const { store, config, channel } = this.#context;
    const turnTaking = config.turnTaking;
    if (heardMs === undefined || spokenItemId === undefined || !turnTaking?.autoTruncate) return;
    const stored = store.find(spokenItemId);
    if (!stored || heardMs >= stored.audioMs) return;
    store.truncate(spokenItemId, heardMs, turnTaking.appendedText);
    channel.send({
      type: 'conversation.item.truncated',
      item_id: spokenItemId,
      content_index: 0,
      audio_end_ms: heardMs,
    });
  }
}
