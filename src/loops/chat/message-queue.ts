/**
 * Written messages that wait for their turn.
 *
 * @module
 */
import type { Clock, Timer } from '../../clock.ts';

/** What a {@link MessageQueue} works with. */
export interface MessageQueueOptions {
  readonly clock: Clock;
  /** Nothing is said, and no answer is due. */
  readonly isIdle: () => boolean;
  readonly send: (text: string) => void;
}

const lookMs = 50;
/** An answer that has not come by then does not come. */
const patienceMs = 60_000;

/** Sends one message after the other, each when the answer to the one before is over. */
export class MessageQueue {
  readonly #options: MessageQueueOptions;
  readonly #waiting: string[] = [];
  #onDone: (() => void) | undefined;
  #timer: Timer | undefined;
  #sentMs = Number.POSITIVE_INFINITY;

  constructor(options: MessageQueueOptions) {
    this.#options = options;
  }

  add(text: string): void {
    this.#waiting.push(text);
    this.look();
  }

  /** No more come: calls back when everything was sent and answered. */
  finish(onDone: () => void): void {
    this.#onDone = onDone;
    this.look();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Sends what may be sent now. */
  look(): void {
    this.#timer?.cancel();
    const { clock, isIdle, send } = this.#options;
    const nowMs = clock.now();
    if (isIdle() || nowMs > this.#sentMs + patienceMs) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#onDone?.();
        return;
      }
      this.#sentMs = nowMs;
      send(next);
    }
    this.#timer = clock.at(nowMs + lookMs, () => this.look());
  }
}
