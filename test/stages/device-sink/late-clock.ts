/**
 * A clock for somebody whose process is busy now and then.
 *
 * @module
 */
import type { Clock, Timer } from '../../../src/clock.ts';

/** Reads the same time as another clock, and runs no timer while it stalls: they all run late, at its end. */
export class LateClock implements Clock {
  readonly #clock: Clock;
  readonly #stalls: { readonly fromMs: number; readonly toMs: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get kind(): Clock['kind'] {
    return this.#clock.kind;
  }

  /** Has to be told before timers are set that are due then. */
  stall(fromMs: number, lengthMs: number): void {
    this.#stalls.push({ fromMs, toMs: fromMs + lengthMs });
  }

  now(): number {
    return this.#clock.now();
  }

  unixMs(): number {
    return this.#clock.unixMs();
  }

  at(dueMs: number, task: () => void): Timer {
    const stall = this.#stalls.find(({ fromMs, toMs }) => dueMs >= fromMs && dueMs < toMs);
    return this.#clock.at(stall?.toMs ?? dueMs, task);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  waitFor<T>(who: string, promise: Promise<T>): Promise<T> {
    return this.#clock.waitFor(who, promise);
  }

  standStill<T>(work: Promise<T>): Promise<T> {
    return this.#clock.standStill(work);
  }
}
