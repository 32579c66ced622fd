// biome-ignore-all lint/suspicious/noAssignInExpressions: a line for each of eight accumulators is easier to read than four
/**
 * The polyphase filter: every phase has coefficients of its own, and each output needs one phase.
 *
 * @module
 */
import { multiplyAdd, sumOf } from './dot-product';

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
  Phases.convolve(8, bank, taps, up, down, at, input, output, count);
}

/** The same in groups of four at most, for engines that have no registers for more. */
export function convolveNarrow(
  bank: usize,
  taps: i32,
  up: i32,
  down: i32,
  at: i32,
  input: usize,
  output: usize,
  count: i32,
): void {
  Phases.convolve(4, bank, taps, up, down, at, input, output, count);
}

// biome-ignore lint/complexity/noStaticOnlyClass: TypeScript's grammar has decorators on methods only, not on functions
class Phases {
  /** Inlined with a constant width. */
  @inline
  static convolve(
    widest: i32,
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
      if (widest === 8) {
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
        }
      }
      for (; left >= 4; left -= 4) {
        Group.convolve(4, coefficients, phaseBytes, x, step, y, spread);
        x += step << 2;
        y += spread << 2;
      }
      if (left === 3) Group.convolve(3, coefficients, phaseBytes, x, step, y, spread);
      else if (left === 2) Group.convolve(2, coefficients, phaseBytes, x, step, y, spread);
      else if (left === 1) Group.convolve(1, coefficients, phaseBytes, x, step, y, spread);
      phase += down;
      first += phase / up;
      phase %= up;
    }
  }
}

/**
 * One phase against `size` windows. Each output has one accumulator and the same sum at its end whatever the size: an output
 * does not depend on the group it was computed in, and so not on how the input was cut into blocks.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: TypeScript's grammar has decorators on methods only, not on functions
class Group {
  /**
   * Inlined with a constant size, which removes the branches. Each window is found from the one before it, so that one
   * register does for the addresses, and two vectors a turn spare half of them: 15 % on Deno.
   */
  @inline
  static convolve(
    size: i32,
    coefficients: usize,
    phaseBytes: usize,
    input: usize,
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
    let k: usize = 0;
    for (const pairs = phaseBytes & ~31; k < pairs; k += 32) {
      const c = v128.load(coefficients + k);
      const d = v128.load(coefficients + k, 16);
      let x = input + k;
      a0 = multiplyAddTwo(a0, c, d, x);
      if (size > 1) a1 = multiplyAddTwo(a1, c, d, (x += step));
      if (size > 2) a2 = multiplyAddTwo(a2, c, d, (x += step));
      if (size > 3) a3 = multiplyAddTwo(a3, c, d, (x += step));
      if (size > 4) a4 = multiplyAddTwo(a4, c, d, (x += step));
      if (size > 5) a5 = multiplyAddTwo(a5, c, d, (x += step));
      if (size > 6) a6 = multiplyAddTwo(a6, c, d, (x += step));
      if (size > 7) a7 = multiplyAddTwo(a7, c, d, (x += step));
    }
    if (k < phaseBytes) {
      const c = v128.load(coefficients + k);
      let x = input + k;
      a0 = multiplyAdd(a0, c, v128.load(x));
      if (size > 1) a1 = multiplyAdd(a1, c, v128.load((x += step)));
      if (size > 2) a2 = multiplyAdd(a2, c, v128.load((x += step)));
      if (size > 3) a3 = multiplyAdd(a3, c, v128.load((x += step)));
      if (size > 4) a4 = multiplyAdd(a4, c, v128.load((x += step)));
      if (size > 5) a5 = multiplyAdd(a5, c, v128.load((x += step)));
      if (size > 6) a6 = multiplyAdd(a6, c, v128.load((x += step)));
      if (size > 7) a7 = multiplyAdd(a7, c, v128.load((x += step)));
    }
    store<f32>(y, sumOf(a0));
    if (size > 1) store<f32>((y += spread), sumOf(a1));
    if (size > 2) store<f32>((y += spread), sumOf(a2));
    if (size > 3) store<f32>((y += spread), sumOf(a3));
    if (size > 4) store<f32>((y += spread), sumOf(a4));
    if (size > 5) store<f32>((y += spread), sumOf(a5));
    if (size > 6) store<f32>((y += spread), sumOf(a6));
    if (size > 7) store<f32>((y += spread), sumOf(a7));
  }
}

function multiplyAddTwo(sum: v128, c: v128, d: v128, x: usize): v128 {
  return multiplyAdd(multiplyAdd(sum, c, v128.load(x)), d, v128.load(x, 16));
}
