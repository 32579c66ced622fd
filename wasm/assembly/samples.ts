/**
 * Samples from one form into another: floats of full scale −1 to 1, and the signed 16-bit integers of a wire or a file.
 *
 * @module
 */

/** Replaces NaN and infinities by zero: one of them would sound in every output whose window it passes. */
export function silenceNonFinite(samples: usize, count: i32): void {
  const end = samples + ((<usize>count) << 2);
  for (; samples < end; samples += 16) {
    v128.store(samples, finiteOrZero(v128.load(samples)));
  }
}

/** The difference from itself is zero for finite numbers alone. */
export function finiteOrZero(x: v128): v128 {
  return v128.and(x, f32x4.eq(f32x4.sub(x, x), f32x4.splat(0)));
}

/** To the nearest integer, clamped at full scale; NaN becomes 0. Works on eight samples at a time, beyond `count` if need be. */
export function encodePcm16(samples: usize, integers: usize, count: i32): void {
  const fullScale = f32x4.splat(32768);
  for (let n = 0; n < count; n += 8) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(samples), fullScale)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(samples, 16), fullScale)));
    v128.store(integers, i16x8.narrow_i32x4_s(low, high));
    samples += 32;
    integers += 16;
  }
}

/**
 * The same with triangular dither: the sum of two uniform values of one step each, which makes what rounding does independent
 * of the signal (Lipshitz, Wannamaker and Vanderkooy, "Quantization and dither", 1992).
 *
 * @param state four seeds of Marsaglia's xorshift generator, none of them 0, of which each lane has one
 */
export function encodePcm16Dithered(samples: usize, integers: usize, count: i32, state: usize): void {
  const fullScale = f32x4.splat(32768);
  let seeds = v128.load(state);
  for (let n = 0; n < count; n += 4) {
    seeds = xorshift(seeds);
    const low = i32x4.shr_s(i32x4.shl(seeds, 16), 16);
    const high = i32x4.shr_s(seeds, 16);
    const dither = f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(low, high)), f32x4.splat(1.0 / 65536));
    const exact = f32x4.add(f32x4.mul(v128.load(samples), fullScale), dither);
    const rounded = i32x4.trunc_sat_f32x4_s(f32x4.nearest(exact));
    v128.store64_lane(integers, i16x8.narrow_i32x4_s(rounded, rounded), 0);
    samples += 16;
    integers += 8;
  }
  v128.store(state, seeds);
}

function xorshift(x: v128): v128 {
  x = v128.xor(x, i32x4.shl(x, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  return v128.xor(x, i32x4.shl(x, 5));
}

/** Exactly integer / 32768. Works on eight samples at a time. */
export function decodePcm16(integers: usize, samples: usize, count: i32): void {
  const scale = f32x4.splat(1.0 / 32768);
  for (let n = 0; n < count; n += 8) {
    const x = v128.load(integers);
    v128.store(samples, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), scale));
    v128.store(samples, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), scale), 16);
    integers += 16;
    samples += 32;
  }
}

/** Two channels, sample by sample in turn. Works on four frames at a time. */
export function interleave(left: usize, right: usize, both: usize, frames: i32): void {
  for (let n = 0; n < frames; n += 4) {
    const l = v128.load(left);
    const r = v128.load(right);
    v128.store(both, v128.shuffle<f32>(l, r, 0, 4, 1, 5));
    v128.store(both, v128.shuffle<f32>(l, r, 2, 6, 3, 7), 16);
    left += 16;
    right += 16;
    both += 32;
  }
}

/** The opposite of {@link interleave}. Works on four frames at a time. */
export function deinterleave(both: usize, left: usize, right: usize, frames: i32): void {
  for (let n = 0; n < frames; n += 4) {
    const low = v128.load(both);
    const high = v128.load(both, 16);
    v128.store(left, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
    v128.store(right, v128.shuffle<f32>(low, high, 1, 3, 5, 7));
    both += 32;
    left += 16;
    right += 16;
  }
}
