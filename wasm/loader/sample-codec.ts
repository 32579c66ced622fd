/**
 * Samples to and from the bytes of a wire or a file, by the kernels.
 *
 * @module
 */
import { allocate, kernels } from './kernel-module.ts';
import { FirstViews, MemoryView } from './memory-view.ts';

/** How many samples are converted at a time: what fits into a processor's first cache beside the caller's own. */
const chunkSamples = 4096;

/** A kernel may go beyond the end by a vector of eight. */
const slackSamples = 8;

const floatsAddress = allocate((chunkSamples + slackSamples) * 4);
const integersAddress = allocate((chunkSamples + slackSamples) * 2);
const codesAddress = allocate(chunkSamples);
const seedsAddress = allocate(16);
const floats = new MemoryView(Float32Array, floatsAddress, chunkSamples);
const integers = new MemoryView(Uint8Array, integersAddress, chunkSamples * 2);
const seedsView = new MemoryView(Uint32Array, seedsAddress, 4);
const firstFloats = new FirstViews(Float32Array, floatsAddress);
const firstBytes = new FirstViews(Uint8Array, integersAddress);
const firstCodes = new FirstViews(Uint8Array, codesAddress);

/**
 * Writes signed 16-bit little-endian integers: the nearest to sample · 32768, clamped; NaN as 0.
 *
 * @param seeds four numbers other than 0, from which triangular dither is drawn, and which move on
 */
export function encodePcm16(samples: Float32Array, out: Uint8Array, seeds?: Uint32Array): void {
  for (let at = 0; at < samples.length; at += chunkSamples) {
    const count = putFloats(samples, at);
    if (seeds) {
      seedsView.array.set(seeds);
      kernels.encodePcm16Dithered(floatsAddress, integersAddress, count, seedsAddress);
      seeds.set(seedsView.array);
    } else {
      kernels.encodePcm16(floatsAddress, integersAddress, count);
    }
    out.set(firstBytes.first(2 * count), 2 * at);
  }
}

/** Writes the codes of G.711 for the same integers. */
export function encodeG711(law: 'ulaw' | 'alaw', samples: Float32Array, out: Uint8Array): void {
  for (let at = 0; at < samples.length; at += chunkSamples) {
    const count = putFloats(samples, at);
    kernels.encodePcm16(floatsAddress, integersAddress, count);
    if (law === 'ulaw') kernels.encodeUlaw(integersAddress, codesAddress, count);
    else kernels.encodeAlaw(integersAddress, codesAddress, count);
    out.set(firstCodes.first(count), at);
  }
}

/** Reads whole signed 16-bit little-endian integers: exactly integer / 32768. */
export function decodePcm16(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0; 2 * at < bytes.length; at += chunkSamples) {
    const count = Math.min(chunkSamples, bytes.length / 2 - at);
    integers.array.set(2 * count === bytes.length ? bytes : bytes.subarray(2 * at, 2 * (at + count)));
    kernels.decodePcm16(integersAddress, floatsAddress, count);
    out.set(firstFloats.first(count), at);
  }
}

function putFloats(samples: Float32Array, at: number): number {
  const count = Math.min(chunkSamples, samples.length - at);
  floats.array.set(count === samples.length ? samples : samples.subarray(at, at + count));
  return count;
}
