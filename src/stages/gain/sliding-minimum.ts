/**
 * The least of the last so many values.
 *
 * @module
 */

/**
 * The minimum over a window that moves on by one value at a time, in O(1) amortised: a queue of those values that are less
 * than all after them (D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per element",
 * Nordic Journal of Computing, 2006). What reaches `greatest` is not queued: where nothing is less, it costs next to nothing.
 */
export class SlidingMinimum {
  readonly #greatest: number;
  readonly #values: Float64Array;
  /** For each value, the how many-th push it came with. */
  readonly #pushedAt: Float64Array;
  #first = 0;
  #queued = 0;
  #pushes = 0;

  /**
   * @param window how many values count, with the one just pushed
   * @param greatest what every value is at most, and what the window is full of before the first
   */
  constructor(window: number, greatest: number) {
    this.#greatest = greatest;
    this.#values = new Float64Array(window);
    this.#pushedAt = new Float64Array(window);
  }

  /** Takes the next value and gives the least in the window. */
  push(value: number): number {
    const window = this.#values.length;
    this.#pushes++;
    if (this.#queued > 0 && (this.#pushedAt[this.#first] as number) <= this.#pushes - window) {
      this.#first = this.#first + 1 === window ? 0 : this.#first + 1;
      this.#queued--;
    }
    if (value < this.#greatest) this.#enqueue(value, window);
    return this.#queued === 0 ? this.#greatest : (this.#values[this.#first] as number);
  }

  reset(): void {
    this.#queued = 0;
  }

  #enqueue(value: number, window: number): void {
    let end = (this.#first + this.#queued) % window;
    while (this.#queued > 0) {
      const last = end === 0 ? window - 1 : end - 1;
      if ((this.#values[last] as number) < value) break;
      end = last;
      this.#queued--;
    }
    this.#values[end] = value;
    this.#pushedAt[end] = this.#pushes;
    this.#queued++;
  }
}
