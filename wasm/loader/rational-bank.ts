/**
 * What the filters for a fixed ratio have in common.
 *
 * @module
 */
import { chunkFrames, type Ratio } from '../filter-design.ts';
import { FilteredWindow, readAheadFrames } from './filtered-window.ts';
import { aligned, workspaceOf } from './kernel-module.ts';
import { FirstViews } from './memory-view.ts';

/** How many more samples than asked for a kernel may write. */
const writeAheadFrames = 32;

/**
 * The coefficients for one pair of rates and tier, shared by all streams that have them, and the memory in which a chunk of
 * one stream at a time is filtered.
 */
export abstract class RationalBank {
  readonly up: number;
  readonly down: number;
  /** How many inputs a window reaches back from its newest. */
  readonly pastFrames: number;
  /** The filter's group delay, in input samples. */
  readonly delayFrames: number;
  /** The longest chunk. */
  readonly maxFrames: number;
  protected readonly input: number;
  protected readonly output: number;
  protected readonly scratch: number;
  /** The kernel takes NaN and infinities for zero by itself. */
  protected readonly takesNonFinite: boolean = false;
  readonly #window: FilteredWindow;
  protected readonly results: FirstViews<Float32Array>;

  protected constructor({ fromHz, up, down }: Ratio, pastFrames: number, delayFrames: number) {
    this.up = up;
    this.down = down;
    this.pastFrames = pastFrames;
    this.delayFrames = delayFrames;
    this.maxFrames = chunkFrames(fromHz, pastFrames);
    const inputBytes = FilteredWindow.bytes(pastFrames, this.maxFrames);
    const outputBytes = (this.framesFor(this.maxFrames, 0) + writeAheadFrames) * 4;
    const scratchBytes = 2 * (pastFrames + this.maxFrames + readAheadFrames) * 4;
    this.input = workspaceOf(3 * 16 + inputBytes + outputBytes + scratchBytes);
    this.output = aligned(this.input + inputBytes);
    this.scratch = aligned(this.output + outputBytes);
    this.#window = new FilteredWindow(this.input, pastFrames, this.maxFrames);
    this.results = new FirstViews(Float32Array, this.output);
  }

  /** How many outputs a chunk of `frames` inputs yields when the next one is due at `at`, in units of 1/`up` input samples. */
  framesFor(frames: number, at: number): number {
    return Math.max(0, Math.ceil((frames * this.up - at) / this.down));
  }

  /** Where the next chunk's samples are written, at most `maxFrames`, right before {@link RationalBank.filter}. */
  get slot(): Float32Array {
    return this.#window.slot;
  }

  /**
   * Filters the chunk in the slot.
   *
   * @param past the last `pastFrames` samples of the stream, which are replaced by those at the chunk's end
   * @returns the outputs, good until any bank is used or made
   */
  filter(past: Float32Array, frames: number, at: number): Float32Array {
    const count = this.framesFor(frames, at);
    this.#window.begin(past);
    if (!this.takesNonFinite) this.#window.silenceNonFinite(frames);
    if (count > 0) this.run(at, count);
    this.#window.finish(past, frames);
    return this.results.first(count);
  }

  /** Computes `count` outputs from `input` to `output`; the window of the first begins `at`/`up` samples behind `input`. */
  protected abstract run(at: number, count: number): void;
}
