/**
 * How exactly times are reported.
 *
 * @module
 */

/** Milliseconds to three decimals: finer digits say nothing. */
export function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
