/**
 * Waiting until something has happened in a loop.
 *
 * @module
 */
import type { Clock } from '../clock.ts';

/**
 * Waits for one condition at a time. Conditions are looked at whenever the loop says that time has passed
 * ({@link Watch.look}), so that nothing has to announce every change.
 */
export class Watch {
  readonly #clock: Clock;
  #failure: { readonly error: unknown } | undefined;
  #look = () => {};

  /** @param signal ends every wait with its reason */
  constructor(clock: Clock, signal?: AbortSignal) {
    this.#clock = clock;
    if (signal?.aborted) this.fail(signal.reason);
    signal?.addEventListener('abort', () => this.fail(signal.reason), { once: true });
  }

  /** Ends this wait and every later one with an error; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#look();
  }

  /** Waits for something that ends by itself, unless a failure comes first. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#failure) reject(this.#failure.error);
      };
      this.#look();
      work.then(resolve, reject);
    });
  }

  /** Looks whether what is waited for has happened. */
  look(): void {
    this.#look();
  }

  /**
   * Settles when the condition holds: true, or false at `deadlineMs`.
   *
   * @param deadlineMs on the clock; it may move while it is waited for
   */
  until(
    condition: () => boolean,
    deadlineMs: () => number = () => Number.POSITIVE_INFINITY,
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#failure) reject(this.#failure.error);
        else if (condition()) resolve(true);
        else if (this.#clock.now() >= deadlineMs()) resolve(false);
        else return;
        this.#look = () => {};
      };
      this.#look();
    });
  }
}
