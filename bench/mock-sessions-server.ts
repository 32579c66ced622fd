/**
 * The measured half of `mock-sessions`: a mock in a process of its own, which says how late its timers ran and how much
 * memory it held. Writes a line of JSON when it listens, and one for each line that it reads.
 *
 * @module
 */
import { createInterface } from 'node:readline';
import { type Clock, loadScenario, SystemClock, startMock, type Timer } from '../src/index.ts';

/** Real time, and how late each task ran. */
class MeasuredClock implements Clock {
  readonly kind = 'real';
  readonly #clock = new SystemClock();
  readonly #latenessMs: number[] = [];

  now(): number {
    return this.#clock.now();
  }

  unixMs(): number {
    return this.#clock.unixMs();
  }

  at(dueMs: number, task: () => void): Timer {
    const fromMs = Math.max(dueMs, this.now());
    return this.#clock.at(dueMs, () => {
      this.#latenessMs.push(this.now() - fromMs);
      task();
    });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  waitFor<T>(_who: string, promise: Promise<T>): Promise<T> {
    return promise;
  }

  standStill<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  /** Of all tasks since the last call. */
  takeLateness(): number[] {
    return this.#latenessMs.splice(0);
  }
}

const clock = new MeasuredClock();
const mock = await startMock({ clock, scenario: await loadScenario('library'), maxSessions: 10_000 });
console.log(JSON.stringify({ url: mock.url }));

let cpu = process.cpuUsage();
let sinceMs = clock.now();
for await (const _ of createInterface({ input: process.stdin })) {
  const used = process.cpuUsage(cpu);
  const elapsedMs = clock.now() - sinceMs;
  cpu = process.cpuUsage();
  sinceMs = clock.now();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(
    JSON.stringify({
      latenessMs: clock.takeLateness(),
      cpuShare: (used.user + used.system) / 1000 / elapsedMs,
      rssMiB: rss / 2 ** 20,
      heapMiB: (heapUsed + external) / 2 ** 20,
      openSessions: mock.sessions.filter(({ closed }) => !closed).length,
    }),
  );
}
await mock.close();
