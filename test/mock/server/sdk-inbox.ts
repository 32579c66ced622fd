/** What a client has been given, in the order in which it came, for whoever waits for it. */

interface Entry {
  readonly name: string;
  readonly content: unknown;
}

/** Takes what handlers are called with. */
export class Inbox {
  readonly #entries: Entry[] = [];
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  put(name: string, content: unknown): void {
    this.#entries.push({ name, content });
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** The names of everything that came. */
  get names(): readonly string[] {
    return this.#entries.map(({ name }) => name);
  }

  /** All that came under a name so far. */
  all(name: string): readonly unknown[] {
    return this.#entries.filter((entry) => entry.name === name).map(({ content }) => content);
  }

  /** The first that came under a name, with the next call the second, and so on, as soon as it is there. */
  async next(name: string): Promise<unknown> {
    const place = this.#taken.get(name) ?? 0;
    this.#taken.set(name, place + 1);
    for (;;) {
      const found = this.all(name);
      if (found.length > place) return found[place];
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
