/**
 * What the module exports. Pointers are byte addresses in its one memory; the loader lays that memory out.
 *
 * @module
 */
export { designBank } from './filter-bank';
export { convolve, silenceNonFinite } from './polyphase';

/** The first address that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
