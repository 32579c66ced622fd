/**
 * The polyphase filter for any ratio, also one that moves: between two phases of the bank, the coefficients are interpolated.
 *
 * @module
 */
import { multiplyAdd, sumOf } from './dot-product';

/**
 * Where a stream is, all in fixed point so that sums are exact and do not depend on how the input is cut: the sample at which
 * the next window begins, the fraction of a sample beyond, and how far one output is from the next, now and soon.
 */
@unmanaged
class Position {
  index: i64;
  fraction: i64;
  step: i64;
  targetStep: i64;
}

/**
 * Computes the outputs whose windows begin in the first `frames` samples from `input` on, and moves the position.
 *
 * @param bank phases 0 to `phases`, `1/phases` of a sample apart: the last one is the first of the next sample
 * @param unit one sample as the positions count
 * @param slew the most that the step may change from one output to the next
 * @returns how many outputs there are
 */
export function convolveInterpolated(
  bank: usize,
  taps: i32,
  phases: i32,
  unit: i64,
  slew: i64,
  position: usize,
  input: usize,
  frames: i32,
  output: usize,
): i32 {
  const state = changetype<Position>(position);
  const phaseBytes = (<usize>taps) << 2;
  const phasesPerUnit = <f64>phases / <f64>unit;
  let index = state.index;
  let fraction = state.fraction;
  let step = state.step;
  let y = output;
  while (index < frames) {
    const place = <f64>fraction * phasesPerUnit;
    const phase = min(<i32>place, phases - 1);
    const between = <f32>(place - <f64>phase);
    const near = bank + <usize>phase * phaseBytes;
    store<f32>(
      y,
      Window.interpolate(near, near + phaseBytes, phaseBytes, input + ((<usize>index) << 2), between),
    );
    y += 4;
    step += max(-slew, min(slew, state.targetStep - step));
    fraction += step;
    index += fraction / unit;
    fraction %= unit;
  }
  state.index = index - frames;
  state.fraction = fraction;
  state.step = step;
  return <i32>((y - output) >> 2);
}

// biome-ignore lint/complexity/noStaticOnlyClass: TypeScript's grammar has decorators on methods only, not on functions
class Window {
  /** Both phases against one window: what is interpolated is the sum, which is the same and needs one multiplication. */
  @inline
  static interpolate(near: usize, far: usize, phaseBytes: usize, x: usize, between: f32): f32 {
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let k: usize = 0;
    for (const pairs = phaseBytes & ~31; k < pairs; k += 32) {
      const x0 = v128.load(x + k);
      const x1 = v128.load(x + k, 16);
      a0 = multiplyAdd(a0, v128.load(near + k), x0);
      b0 = multiplyAdd(b0, v128.load(far + k), x0);
      a1 = multiplyAdd(a1, v128.load(near + k, 16), x1);
      b1 = multiplyAdd(b1, v128.load(far + k, 16), x1);
    }
    if (k < phaseBytes) {
      const last = v128.load(x + k);
      a0 = multiplyAdd(a0, v128.load(near + k), last);
      b0 = multiplyAdd(b0, v128.load(far + k), last);
    }
    const here = sumOf(f32x4.add(a0, a1));
    return here + between * (sumOf(f32x4.add(b0, b1)) - here);
  }
}
