/**
 * How values lie, in one line.
 *
 * @module
 */

/** Median, the middle nine tenths, the largest, and how many. */
export function distribution(values: readonly number[], unit = 'ms'): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const shown = (share: number) => at(share).toFixed(1);
  return `median ${shown(0.5)} ${unit}  (5 % ${shown(0.05)}, 95 % ${shown(0.95)}, 99 % ${shown(0.99)}, ${shown(0)} to ${shown(1)}; n = ${sorted.length})`;
}
