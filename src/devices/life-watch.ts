/**
 * Finds out that a stream stands still.
 *
 * @module
 */
import type { Clock, Timer } from '../clock.ts';

/** Life is looked for so often, and missed so many times in a row. Time in which the process sleeps does not count. */
const watchMs = 250;
const watches = 8;

/** Tells once that there was no sign of life for two seconds. */
export class LifeWatch {
  readonly #clock: Clock;
  readonly #onStandstill: (afterMs: number) => void;
  #timer: Timer | undefined;
  #inVain = 0;

  constructor(clock: Clock, onStandstill: (afterMs: number) => void) {
    this.#clock = clock;
    this.#onStandstill = onStandstill;
  }

  start(): void {
    this.#timer?.cancel();
    this.#inVain = 0;
    this.#wait();
  }

  noteLife(): void {
    this.#inVain = 0;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#clock.at(this.#clock.now() + watchMs, () => {
      this.#inVain++;
      if (this.#inVain <= watches) this.#wait();
      else this.#onStandstill(watches * watchMs);
    });
  }
}
