/**
 * Notices when the end of a response was lost, so that what waits for it need not wait for ever.
 *
 * @module
 */
import type { Clock, Timer } from '../clock.ts';

/** A model that reasons may be silent for long; asking too early costs no more than a refusal, which is not even shown. */
const PATIENCE_MS = 15_000;

/** Counts how long nothing came from the service while a request waits. */
export class LostEndWatch {
  readonly #clock: Clock;
  readonly #onLost: () => void;
  #timer: Timer | undefined;
  #lastHeardMs = 0;

  constructor(clock: Clock, onLost: () => void) {
    this.#clock = clock;
    this.#onLost = onLost;
  }

  /** Something came. */
  heard(): void {
    this.#lastHeardMs = this.#clock.now();
  }

  /** Whether a request waits now. */
  update(isWaiting: boolean): void {
    if (!isWaiting) this.stop();
    else if (!this.#timer) this.#watchFrom(this.#clock.now());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #watchFrom(fromMs: number): void {
    this.#timer = this.#clock.at(fromMs + PATIENCE_MS, () => {
      if (this.#lastHeardMs > fromMs) return this.#watchFrom(this.#lastHeardMs);
      this.#timer = undefined;
      this.#onLost();
    });
  }
}
