/**
 * The stretch of one channel that a filter works on: what it still remembers, then what is new.
 *
 * @module
 */
import { kernels } from './kernel-module.ts';
import { MemoryView } from './memory-view.ts';

/** How far beyond the samples that count a kernel may read, in floats. */
export const readAheadFrames = 32;

/** A window in the kernels' memory, shared by all streams that have the same filter, one call at a time. */
export class FilteredWindow {
  readonly #address: number;
  readonly #pastFrames: number;
  readonly #past: MemoryView<Float32Array>;
  readonly #slot: MemoryView<Float32Array>;
  /** The last samples, by how many new ones there are: blocks of a stream differ by one at most. */
  readonly #endings: MemoryView<Float32Array>[] = [];

  /** How much memory a window takes. */
  static bytes(pastFrames: number, maxFrames: number): number {
    return (pastFrames + maxFrames + readAheadFrames) * 4;
  }

  constructor(address: number, pastFrames: number, maxFrames: number) {
    this.#address = address;
    this.#pastFrames = pastFrames;
    this.#past = new MemoryView(Float32Array, address, pastFrames);
    this.#slot = new MemoryView(Float32Array, address + pastFrames * 4, maxFrames);
  }

  /** Where new samples are written. */
  get slot(): Float32Array {
    return this.#slot.array;
  }

  /** Puts what the stream remembers before the new samples in the slot. */
  begin(past: Float32Array): void {
    this.#past.array.set(past);
  }

  /** Makes `frames` new samples finite. */
  silenceNonFinite(frames: number): void {
    kernels.silenceNonFinite(this.#address + this.#pastFrames * 4, frames);
  }

  /** Lets the stream remember the last of the samples. */
  finish(past: Float32Array, frames: number): void {
    this.#endings[frames] ??= new MemoryView(Float32Array, this.#address + frames * 4, this.#pastFrames);
    past.set(this.#endings[frames].array);
  }
}
