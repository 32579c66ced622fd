/**
 * Two channels into one array and back, by the kernels.
 *
 * @module
 */
import { allocate, kernels } from './kernel-module.ts';
import { FirstViews, MemoryView } from './memory-view.ts';

/** As many frames at a time as stay in a processor's first cache. */
const chunkFrames = 2048;

const bothAddress = allocate(chunkFrames * 8);
const leftAddress = allocate(chunkFrames * 4);
const rightAddress = allocate(chunkFrames * 4);
const both = new MemoryView(Float32Array, bothAddress, 2 * chunkFrames);
const left = new MemoryView(Float32Array, leftAddress, chunkFrames);
const right = new MemoryView(Float32Array, rightAddress, chunkFrames);
const firstBoth = new FirstViews(Float32Array, bothAddress);
const firstLeft = new FirstViews(Float32Array, leftAddress);
const firstRight = new FirstViews(Float32Array, rightAddress);

/** Writes the samples of two channels of one length in turn. */
export function interleaveStereo(from: Float32Array, beside: Float32Array, to: Float32Array): void {
  for (let at = 0; at < from.length; at += chunkFrames) {
    const frames = Math.min(chunkFrames, from.length - at);
    left.array.set(part(from, at, frames));
    right.array.set(part(beside, at, frames));
    kernels.interleave(leftAddress, rightAddress, bothAddress, frames);
    to.set(firstBoth.first(2 * frames), 2 * at);
  }
}

/** Takes `frames` frames, from frame `first` on, apart. */
export function deinterleaveStereo(
  from: Float32Array,
  first: number,
  frames: number,
  to: Float32Array,
  beside: Float32Array,
): void {
  for (let at = 0; at < frames; at += chunkFrames) {
    const count = Math.min(chunkFrames, frames - at);
    both.array.set(part(from, 2 * (first + at), 2 * count));
    kernels.deinterleave(bothAddress, leftAddress, rightAddress, count);
    to.set(firstLeft.first(count), at);
    beside.set(firstRight.first(count), at);
  }
}

/** A whole array needs no view of a part of it, which would be garbage for each block. */
function part(samples: Float32Array, from: number, count: number): Float32Array {
  return count === samples.length ? samples : samples.subarray(from, from + count);
}
