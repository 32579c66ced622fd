/**
 * Time. Nothing else in the library reads a clock or sets a timer: what runs on {@link SystemClock} in real time runs on
 * {@link VirtualClock} as fast as the machine allows, with the same milliseconds each time.
 *
 * @module
 */
import { setImmediate } from 'node:timers';

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
  /** Runs `task` when `dueMs` is reached, in the order of due times; a due time in the past runs as soon as possible. */
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

/**
 * Real time, monotonic. A timer never runs before its due time, and a due time is never moved because the task before it
 * was late.
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

  now(): number {
    return performance.now() - this.#originMs;
  }

  unixMs(): number {
    return Date.now();
  }

  at(dueMs: number, task: () => void): Timer {
    // Runtimes count timers in whole milliseconds and may fire a fraction early: a task that is woken before its time
    // goes back to sleep for the rest.
    let handle: ReturnType<typeof setTimeout>;
    const arm = () => {
      handle = setTimeout(() => (this.now() < dueMs ? arm() : task()), Math.max(0, dueMs - this.now()));
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
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
}

interface VirtualTimer extends Timer {
  readonly dueMs: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/**
 * Time that jumps to the next timer. Timers with one due time run in the order in which they were set, and all promises
 * that a timer settles are followed to their end before the next timer runs: the same program gives the same order of
 * events on every run and every runtime.
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
  #order = 0;
  readonly #timers = new TimerHeap();
  readonly #outside = new Set<Promise<unknown>>();
  readonly #waiting = new Map<(error: StalledError) => void, string>();

  now(): number {
    return this.#nowMs;
  }

  /** Virtual time begins at 2026-01-01T00:00:00Z. */
  unixMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  at(dueMs: number, task: () => void): Timer {
    const timer: VirtualTimer = {
      dueMs: Math.max(dueMs, this.#nowMs),
      order: this.#order++,
      task,
      cancel() {
        timer.task = undefined;
      },
    };
    this.#timers.push(timer);
    return timer;
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
    const forget = () => void this.#outside.delete(settled);
    const settled: Promise<void> = work.then(forget, forget);
    this.#outside.add(settled);
    return work;
  }

  /**
   * Runs `main` and everything it schedules until it settles. What is scheduled for later then stays unrun.
   *
   * @throws {StalledError} in everyone who waits, when no timer is left and `main` has not settled
   */
  async run<T>(main: () => Promise<T>): Promise<T> {
    let running = true;
    const result = main().finally(() => {
      running = false;
    });
    // The caller gets the rejection from `return result`; this one only keeps it from counting as unhandled till then.
    result.catch(() => {});
    let stalled = false;
    for (await promisesSettled(); running; await promisesSettled()) {
      if (this.#outside.size > 0) {
        await Promise.race(this.#outside);
      } else if (this.#runNext()) {
        stalled = false;
      } else if (stalled) {
        throw new StalledError([]);
      } else {
        stalled = true;
        const error = new StalledError([...this.#waiting.values()]);
        for (const reject of this.#waiting.keys()) reject(error);
      }
    }
    return result;
  }

  #runNext(): boolean {
    for (let timer = this.#timers.pop(); timer; timer = this.#timers.pop()) {
      if (!timer.task) continue;
      this.#nowMs = timer.dueMs;
      timer.task();
      return true;
    }
    return false;
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

/** A binary heap, the timer that is due first on top. */
class TimerHeap {
  readonly #timers: VirtualTimer[] = [];

  push(timer: VirtualTimer): void {
    const timers = this.#timers;
    let at = timers.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = timers[parent];
      if (!above || !isBefore(timer, above)) break;
      timers[at] = above;
      at = parent;
    }
    timers[at] = timer;
  }

  pop(): VirtualTimer | undefined {
    const timers = this.#timers;
    const top = timers[0];
    const last = timers.pop();
    if (!last || timers.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = timers[2 * at + 1];
      const right = timers[2 * at + 2];
      if (!left) break;
      const rightIsFirst = right !== undefined && isBefore(right, left);
      const first = rightIsFirst ? right : left;
      if (isBefore(last, first)) break;
      timers[at] = first;
      at = 2 * at + (rightIsFirst ? 2 : 1);
    }
    timers[at] = last;
    return top;
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
