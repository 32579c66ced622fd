/**
 * The polyphase filter: strict 128-bit SIMD, so that every engine and processor computes the same bits.
 *
 * @module
 */

/** Replaces NaN and infinities by zero: one of them would sound in every output whose window it passes. */
export function silenceNonFinite(samples: usize, count: i32): void {
  const end = samples + ((<usize>count) << 2);
  for (; samples < end; samples += 16) {
    const x = v128.load(samples);
    const finite = f32x4.eq(f32x4.sub(x, x), f32x4.splat(0));
    v128.store(samples, v128.and(x, finite));
  }
}

/**
 * Computes `count` outputs. The first one's window begins `at`/`up` input samples behind `input`, each next one's `down`/`up`
 * further; the fraction chooses the phase of the bank.
 *
 * Outputs `up` apart have the same phase, and their windows lie `down` inputs apart: they are computed in groups in which one
 * load of coefficients serves all.
 */
export function convolve(
  bank: usize,
  taps: i32,
  up: i32,
  down: i32,
  at: i32,
  input: usize,
  output: usize,
  count: i32,
): void {
  const phaseBytes = (<usize>taps) << 2;
  const step = (<usize>down) << 2;
  const spread = (<usize>up) << 2;
  let first = at / up;
  let phase = at % up;
  for (let n = 0; n < min(up, count); n++) {
    const coefficients = bank + <usize>phase * phaseBytes;
    let x = input + ((<usize>first) << 2);
    let y = output + ((<usize>n) << 2);
    let left = (count - n + up - 1) / up;
    for (; left >= 8; left -= 8) {
      Group.convolve(8, coefficients, phaseBytes, x, step, y, spread);
      x += step << 3;
      y += spread << 3;
    }
    if (left >= 6) {
      Group.convolve(6, coefficients, phaseBytes, x, step, y, spread);
      x += step * 6;
      y += spread * 6;
      left -= 6;
    } else if (left >= 4) {
      Group.convolve(4, coefficients, phaseBytes, x, step, y, spread);
      x += step << 2;
      y += spread << 2;
      left -= 4;
    }
    if (left === 3) Group.convolve(3, coefficients, phaseBytes, x, step, y, spread);
    else if (left === 2) Group.convolve(2, coefficients, phaseBytes, x, step, y, spread);
    else if (left === 1) Group.convolve(1, coefficients, phaseBytes, x, step, y, spread);
    phase += down;
    first += phase / up;
    phase %= up;
  }
}

/**
 * One phase against `size` windows. Each output has one accumulator and the same sum at its end whatever the size: an output
 * does not depend on the group it was computed in, and so not on how the input was cut into blocks.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: TypeScript's grammar has decorators on methods only, not on functions
class Group {
  /** Inlined with a constant size, which removes the branches. */
  @inline
  static convolve(
    size: i32,
    coefficients: usize,
    phaseBytes: usize,
    x0: usize,
    step: usize,
    y: usize,
    spread: usize,
  ): void {
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let a4 = f32x4.splat(0);
    let a5 = f32x4.splat(0);
    let a6 = f32x4.splat(0);
    let a7 = f32x4.splat(0);
    const x1 = x0 + step;
    const x2 = x1 + step;
    const x3 = x2 + step;
    const x4 = x3 + step;
    const x5 = x4 + step;
    const x6 = x5 + step;
    const x7 = x6 + step;
    for (let k: usize = 0; k < phaseBytes; k += 16) {
      const c = v128.load(coefficients + k);
      a0 = multiplyAdd(a0, c, x0 + k);
      if (size > 1) a1 = multiplyAdd(a1, c, x1 + k);
      if (size > 2) a2 = multiplyAdd(a2, c, x2 + k);
      if (size > 3) a3 = multiplyAdd(a3, c, x3 + k);
      if (size > 4) a4 = multiplyAdd(a4, c, x4 + k);
      if (size > 5) a5 = multiplyAdd(a5, c, x5 + k);
      if (size > 6) a6 = multiplyAdd(a6, c, x6 + k);
      if (size > 7) a7 = multiplyAdd(a7, c, x7 + k);
    }
    storeSum(y, a0);
    if (size > 1) storeSum(y + spread, a1);
    if (size > 2) storeSum(y + spread * 2, a2);
    if (size > 3) storeSum(y + spread * 3, a3);
    if (size > 4) storeSum(y + spread * 4, a4);
    if (size > 5) storeSum(y + spread * 5, a5);
    if (size > 6) storeSum(y + spread * 6, a6);
    if (size > 7) storeSum(y + spread * 7, a7);
  }
}

function multiplyAdd(sum: v128, coefficients: v128, x: usize): v128 {
  return f32x4.add(sum, f32x4.mul(coefficients, v128.load(x)));
}

function storeSum(y: usize, lanes: v128): void {
  const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  store<f32>(y, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
}
