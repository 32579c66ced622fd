/**
 * Time. Nothing else in the library reads a clock or sets a timer: what runs on {@link SystemClock} in real time runs on
 * {@link VirtualClock} as fast as the machine allows, with the same milliseconds each time.
 *
 * @module
 */
import { clearImmediate, setImmediate } from 'node:timers';
import { TimerHeap } from './timer-heap.ts';

/** A task that was scheduled with {@link Clock.at}. */
export interface Timer {
  /** Forgets the task; does nothing if it has run. */
  cancel(): void;
}

/** One axis of time, in milliseconds with decimals from the clock's own origin. */
export interface Clock {
  /** `real` passes by itself, `virtual` jumps from timer to timer. */
  readonly kind: 'real' | 'virtual';
  /** Milliseconds since the clock was made. Never goes back. */
  now(): number;
  /** Milliseconds since 1970, for logs and for `expires_at`; never for measuring. */
  unixMs(): number;
  /**
   * Runs `task` when `dueMs` is reached, in the order of due times and, where they are equal, in the order of calls. A due
   * time in the past counts as now.
   *
   * @throws {RangeError} when `dueMs` is NaN or infinite
   */
  at(dueMs: number, task: () => void): Timer;
  /** Settles at `now() + ms`. Rejects with the signal's reason if that comes first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Waits for something that other parts of the loop will do, under a name. When a virtual clock has no timer left that
   * could bring it about, the wait rejects with {@link StalledError}, which names everyone who waits.
   */
  waitFor<T>(who: string, promise: Promise<T>): Promise<T>;
  /** Waits for work outside of time (a file, a process): a virtual clock stands still meanwhile. */
  standStill<T>(work: Promise<T>): Promise<T>;
}

/** Nothing is scheduled any more and somebody still waits: the program would hang. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
  readonly code = 'clock-stalled';
  /** Who waits, as named in {@link Clock.waitFor}. */
  readonly waiting: readonly string[];

  constructor(waiting: readonly string[]) {
    super(
      `nothing is left that could happen, and these still wait: ${waiting.join(', ') || 'the main task'}`,
    );
    this.waiting = waiting;
  }
}

/** What the timers of the runtimes can count, 24.8 days; they fire at once for more. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Real time, monotonic. A timer never runs before its due time, and a due time is never moved because the task before it
 * was late. An error that a task throws is an uncaught error of the process.
 *
 * @example
 * ```ts
 * import { SystemClock } from 'voiceloop';
 *
 * const clock = new SystemClock();
 * await clock.sleep(5);
 * console.log(clock.now() >= 5); // true
 * ```
 */
export class SystemClock implements Clock {
  readonly kind = 'real';
  readonly #originMs = performance.now();
  readonly #timers = new TimerHeap(() => this.#setAlarm());
  #alarmMs = Number.POSITIVE_INFINITY;
  #clearAlarm = () => {};
  /** Turns that are under way, each of which runs one task. */
  #turns = 0;

  now(): number {
    return performance.now() - this.#originMs;
  }

  unixMs(): number {
    return Date.now();
  }

  at(dueMs: number, task: () => void): Timer {
    const timer = this.#timers.add(Math.max(dueMs, this.now()), task);
    this.#setAlarm();
    return timer;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  waitFor<T>(_who: string, promise: Promise<T>): Promise<T> {
    return promise;
  }

  standStill<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  /**
   * One timer of the runtime, for the task that is due first. One for each task would lose their order whenever the
   * process was busy, because runtimes keep a queue for each delay and run a late queue to its end.
   */
  #setAlarm(): void {
    if (this.#turns > 0) return;
    const dueMs = this.#timers.first()?.dueMs ?? Number.POSITIVE_INFINITY;
    if (dueMs === this.#alarmMs) return;
    this.#clearAlarm();
    this.#alarmMs = dueMs;
    const delayMs = dueMs - this.now();
    if (dueMs === Number.POSITIVE_INFINITY) {
      this.#clearAlarm = () => {};
    } else if (delayMs > 0) {
      const handle = setTimeout(() => this.#onAlarm(), Math.min(delayMs, longestDelayMs));
      this.#clearAlarm = () => clearTimeout(handle);
    } else {
      const handle = setImmediate(() => this.#onAlarm());
      this.#clearAlarm = () => clearImmediate(handle);
    }
  }

  /**
   * Gives every task that is due a turn of its own, so that the promises it settles go on before the next, and all of them
   * before the runtime looks at its sockets again: one at a time, a process whose sockets are busy would fall ever further
   * behind. Runtimes may wake a fraction early.
   */
  #onAlarm(): void {
    this.#alarmMs = Number.POSITIVE_INFINITY;
    this.#turns = this.#timers.countDue(this.now());
    for (let turn = 0; turn < this.#turns; turn++) setImmediate(() => this.#takeTurn());
    this.#setAlarm();
  }

  #takeTurn(): void {
    this.#turns -= 1;
    const first = this.#timers.first();
    const task = first && first.dueMs <= this.now() ? this.#timers.take() : undefined;
    this.#setAlarm();
    task?.();
  }
}

/**
 * Time that jumps to the next timer. Timers with one due time run in the order in which they were set, and all promises
 * that a timer settles are followed to their end before the next timer runs: the same program gives the same order of
 * events on every run and every runtime. Work that the operating system or another thread does is not followed; it goes
 * through {@link Clock.standStill}.
 *
 * @example
 * ```ts
 * import { VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const minutes = await clock.run(async () => {
 *   await clock.sleep(600_000);
 *   return clock.now() / 60_000;
 * });
 * console.log(minutes); // 10, in no time
 * ```
 */
export class VirtualClock implements Clock {
  readonly kind = 'virtual';
  #nowMs = 0;
  readonly #timers = new TimerHeap();
  readonly #outside = new Set<Promise<unknown>>();
  readonly #waiting = new Map<(error: StalledError) => void, string>();
  /** What those who waited were told, until something happens again. */
  #stalled: StalledError | undefined;

  now(): number {
    return this.#nowMs;
  }

  /** Virtual time begins at 2026-01-01T00:00:00Z. */
  unixMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  at(dueMs: number, task: () => void): Timer {
    return this.#timers.add(Math.max(dueMs, this.#nowMs), task);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  waitFor<T>(who: string, promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(reject, who);
      const settle = () => this.#waiting.delete(reject);
      promise.then(resolve, reject).finally(settle);
    });
  }

  standStill<T>(work: Promise<T>): Promise<T> {
    this.#stalled = undefined;
    const forget = () => void this.#outside.delete(settled);
    const settled: Promise<void> = work.then(forget, forget);
    this.#outside.add(settled);
    return work;
  }

  /**
   * Runs `main` and everything it schedules until it settles. What is scheduled for later then stays unrun. An error that
   * a task throws ends the run.
   *
   * @throws {StalledError} when no timer is left and `main` has not settled: at first in everyone who waits by
   *   {@link Clock.waitFor}, who may go on from there; where nobody does, the run ends with it
   */
  async run<T>(main: () => Promise<T>): Promise<T> {
    this.#stalled = undefined;
    let running = true;
    const result = main().finally(() => {
      running = false;
    });
    // The caller gets the rejection from `return result`; this one only keeps it from counting as unhandled till then.
    result.catch(() => {});
    for (await promisesSettled(); running; await promisesSettled()) {
      if (this.#outside.size > 0) await Promise.race(this.#outside);
      else if (!this.#runNext()) this.#stall();
    }
    return result;
  }

  #runNext(): boolean {
    const first = this.#timers.first();
    if (!first) return false;
    this.#stalled = undefined;
    this.#nowMs = first.dueMs;
    const task = this.#timers.take();
    task?.();
    return true;
  }

  /** Tells everyone who waits by name, once; whoever only waits again brings nothing on. */
  #stall(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const error = new StalledError(waiting.map(([, who]) => who));
    if (this.#stalled) throw waiting.length > 0 ? error : this.#stalled;
    this.#stalled = error;
    for (const [reject] of waiting) reject(error);
  }
}

/** A turn of the event loop: by then every promise chain that could go on has gone on. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.at(clock.now() + ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
