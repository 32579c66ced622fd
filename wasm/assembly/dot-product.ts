/**
 * Pieces of the filters: strict 128-bit SIMD, so that every engine and processor computes the same bits.
 *
 * @module
 */

/** `sum + coefficients · x`, lane by lane. */
export function multiplyAdd(sum: v128, coefficients: v128, x: v128): v128 {
  return f32x4.add(sum, f32x4.mul(coefficients, x));
}

/** The sum of the four lanes, always in the same order. */
export function sumOf(lanes: v128): f32 {
  const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
