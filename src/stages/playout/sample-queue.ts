/**
 * Samples in the order in which they came.
 *
 * @module
 */

const CHUNK_LENGTH = 8192;

/** How many emptied chunks are kept for the next samples (5 s at 24 kHz); more go back to the engine after a long answer. */
const SPARE_CHUNKS = 16;

/**
 * A first-in, first-out queue of samples that grows as needed. It keeps its samples in chunks of one size, which are used
 * again once they are empty: pushing and shifting allocate nothing in steady state, and growing moves no sample.
 */
export class SampleQueue {
  readonly #chunks: Float32Array[] = [];
  readonly #spare: Float32Array[] = [];
  /** Where the first sample lies in the first chunk. */
  #head = 0;
  #length = 0;

  /** How many samples wait. */
  get length(): number {
    return this.#length;
  }

  /** Appends a copy. */
  push(samples: Float32Array): void {
    let tail = this.#head + this.#length;
    let from = 0;
    while (from < samples.length) {
      const chunk = this.#chunkAt(Math.floor(tail / CHUNK_LENGTH));
      const to = tail % CHUNK_LENGTH;
      const count = Math.min(samples.length - from, CHUNK_LENGTH - to);
      // A loop instead of set(subarray()), which would allocate a view each time.
      for (let i = 0; i < count; i++) chunk[to + i] = samples[from + i] as number;
      from += count;
      tail += count;
    }
    this.#length += samples.length;
  }

  /**
   * Moves the oldest `count` samples to `out`, from index `at` on.
   *
   * @throws {RangeError} when fewer wait
   */
  shift(out: Float32Array, at: number, count: number): void {
    if (count > this.#length) throw new RangeError(`cannot take ${count} samples where ${this.#length} wait`);
    let to = at;
    for (let left = count; left > 0; ) {
      const chunk = this.#chunks[0] as Float32Array;
      const run = Math.min(left, CHUNK_LENGTH - this.#head);
      for (let i = 0; i < run; i++) out[to + i] = chunk[this.#head + i] as number;
      to += run;
      left -= run;
      this.#head += run;
      if (this.#head === CHUNK_LENGTH) this.#retire();
    }
    this.#length -= count;
  }

  /** Drops everything. */
  clear(): void {
    while (this.#chunks.length > 0) this.#retire();
    this.#head = 0;
    this.#length = 0;
  }

  #chunkAt(index: number): Float32Array {
    const existing = this.#chunks[index];
    if (existing) return existing;
    const chunk = this.#spare.pop() ?? new Float32Array(CHUNK_LENGTH);
    this.#chunks.push(chunk);
    return chunk;
  }

  #retire(): void {
    const chunk = this.#chunks.shift();
    if (chunk && this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk);
    this.#head = 0;
  }
}
