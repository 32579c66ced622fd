/**
 * Windows on the kernels' memory.
 *
 * @module
 */
import { kernels } from './kernel-module.ts';

type Kind<View> = new (buffer: ArrayBufferLike, address: number, length: number) => View;

/**
 * A typed array on the kernels' memory that is made anew whenever the memory has grown: growing detaches every array on it,
 * and writes to a detached one are lost without an error. It has at least one element.
 */
export class MemoryView<View extends { readonly length: number }> {
  readonly #kind: Kind<View>;
  readonly #address: number;
  readonly #length: number;
  #array: View;

  constructor(kind: Kind<View>, address: number, length: number) {
    this.#kind = kind;
    this.#address = address;
    this.#length = length;
    this.#array = new kind(kernels.memory.buffer, address, length);
  }

  /** Good until the memory grows: not to be kept. */
  get array(): View {
    // What is detached is empty.
    if (this.#array.length !== this.#length) {
      this.#array = new this.#kind(kernels.memory.buffer, this.#address, this.#length);
    }
    return this.#array;
  }
}

/** The first elements from an address on, in an array for each number that was asked for: blocks of a stream differ by one at most. */
export class FirstViews<View extends { readonly length: number }> {
  readonly #kind: Kind<View>;
  readonly #address: number;
  readonly #views: MemoryView<View>[] = [];
  /** Not on the kernels' memory: a view of nothing could not tell that it is detached. */
  readonly #nothing: View;

  constructor(kind: Kind<View>, address: number) {
    this.#kind = kind;
    this.#address = address;
    this.#nothing = new kind(new ArrayBuffer(0), 0, 0);
  }

  /** Good until the kernels are called again. */
  first(count: number): View {
    if (count === 0) return this.#nothing;
    this.#views[count] ??= new MemoryView(this.#kind, this.#address, count);
    return this.#views[count].array;
  }
}
