/**
 * The queue of what is scheduled, shared by the two clocks.
 *
 * @module
 */

/** A task with its time. */
export interface ScheduledTask {
  readonly dueMs: number;
  /** Forgets the task; does nothing if it has run. */
  cancel(): void;
}

interface Entry extends ScheduledTask {
  readonly order: number;
  task: (() => void) | undefined;
}

/**
 * A binary heap with the task that is due first on top; tasks that are due together keep the order in which they were
 * added. Adding and taking cost O(log n), cancelling leaves an empty entry that goes when it comes to the top.
 */
export class TimerHeap {
  readonly #entries: Entry[] = [];
  readonly #onCancel: () => void;
  #added = 0;

  /** @param onCancel told after a task was cancelled, since another may be first now */
  constructor(onCancel: () => void = () => {}) {
    this.#onCancel = onCancel;
  }

  /** @throws {RangeError} when `dueMs` is NaN, which has no place in an order, or infinite, which never comes */
  add(dueMs: number, task: () => void): ScheduledTask {
    if (!Number.isFinite(dueMs)) throw new RangeError(`cannot schedule a task at ${dueMs} ms`);
    const onCancel = this.#onCancel;
    const entry: Entry = {
      dueMs,
      order: this.#added++,
      task,
      cancel() {
        if (!entry.task) return;
        entry.task = undefined;
        onCancel();
      },
    };
    this.#rise(entry);
    return entry;
  }

  /** The task that is due first. */
  first(): ScheduledTask | undefined {
    while (this.#entries[0] && !this.#entries[0].task) this.#removeTop();
    return this.#entries[0];
  }

  /** Takes the task that is due first out of the queue. */
  take(): (() => void) | undefined {
    if (!this.first()) return undefined;
    const top = this.#removeTop();
    const task = top?.task;
    if (top) top.task = undefined;
    return task;
  }

  /** How many tasks are due at a time, those that were cancelled and are still here among them. */
  countDue(atMs: number): number {
    return this.#countDueFrom(0, atMs);
  }

  #countDueFrom(index: number, atMs: number): number {
    const entry = this.#entries[index];
    if (!entry || entry.dueMs > atMs) return 0;
    return 1 + this.#countDueFrom(2 * index + 1, atMs) + this.#countDueFrom(2 * index + 2, atMs);
  }

  #rise(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (!above || !isBefore(entry, above)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  #removeTop(): Entry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (!last || entries.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = entries[2 * at + 1];
      const right = entries[2 * at + 2];
      if (!left) break;
      const rightIsFirst = right !== undefined && isBefore(right, left);
      const child = rightIsFirst ? right : left;
      if (isBefore(last, child)) break;
      entries[at] = child;
      at = 2 * at + (rightIsFirst ? 2 : 1);
    }
    entries[at] = last;
    return top;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
