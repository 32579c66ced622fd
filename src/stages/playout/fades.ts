/**
 * Gain curves that start and stop sound without a click.
 *
 * @module
 */

/**
 * The falling half of a raised cosine, from nearly 1 to nearly 0, sampled in the middle of each step: read backwards it is
 * the rising half, and both add up to 1. The values are multiples of 2⁻¹⁵, so they are equal on every engine.
 */
export function raisedCosineFade(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const phase = (i + 0.5) / length;
    const half = 0.5 * (phase <= 0.5 ? 1 + cosine(Math.PI * phase) : 1 - cosine(Math.PI * (1 - phase)));
    return Math.round(half * 32_768) / 32_768;
  });
}

/**
 * The power series, for 0 ≤ x ≤ π/2, to the last bit but one. `Math.cos` may differ between engines, sums and products may
 * not.
 */
function cosine(x: number): number {
  let sum = 1;
  for (let k = 20; k > 0; k -= 2) sum = 1 - ((x * x) / (k * (k - 1))) * sum;
  return sum;
}
