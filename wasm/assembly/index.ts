/**
 * What the module exports. Pointers are byte addresses in its one memory; the loader lays that memory out.
 *
 * @module
 */
export { designBank } from './filter-bank';
export { encodeAlaw, encodeUlaw } from './g711';
export { doubleRate, halveRate } from './half-band';
export { convolveInterpolated } from './interpolated';
export { convolve, convolveNarrow } from './polyphase';
export {
  decodePcm16,
  deinterleave,
  encodePcm16,
  encodePcm16Dithered,
  interleave,
  silenceNonFinite,
} from './samples';

/** The first address that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
