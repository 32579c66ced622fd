/**
 * Timers that end together.
 *
 * @module
 */
import type { Clock, Timer } from '../clock.ts';

/** Sets timers on a clock and remembers those that are still to come, so that a session that ends leaves none behind. */
export class TimerGroup {
  readonly #clock: Clock;
  readonly #pending = new Set<Timer>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `task` at `dueMs` on the clock; never once the group has ended. */
  at(dueMs: number, task: () => void): Timer {
    if (this.#ended) return { cancel() {} };
    const pending = this.#pending;
    const timer = this.#clock.at(dueMs, () => {
      pending.delete(handle);
      task();
    });
    const handle: Timer = {
      cancel() {
        pending.delete(handle);
        timer.cancel();
      },
    };
    pending.add(handle);
    return handle;
  }

  /** Cancels everything that is still to come and sets nothing more. */
  end(): void {
    this.#ended = true;
    for (const timer of [...this.#pending]) timer.cancel();
  }
}
