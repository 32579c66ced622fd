/**
 * The half-band filter for 2:1 and 1:2: half of its taps are zero and the others symmetric, so that a quarter of the
 * multiplications are left.
 *
 * @module
 */
import { multiplyAdd } from './dot-product';
import { finiteOrZero } from './samples';

/**
 * The symmetric side taps over a stream: `output[n] = Σ c[i] · (x[n + i] + x[n + 2 · pairs − 1 − i])`. Four outputs lie
 * beside each other in a vector and each is summed in the same order wherever it lies, so that the cut of the input does not
 * matter. Writes up to 31 outputs more than `count`, from whatever lies behind the stream.
 */
function convolveSides(side: usize, pairs: i32, x: usize, output: usize, count: i32): void {
  const mirrored = (((<usize>pairs) << 1) - 1) << 2;
  for (let n = 0; n < count; n += 32) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let e = f32x4.splat(0);
    let f = f32x4.splat(0);
    let g = f32x4.splat(0);
    let h = f32x4.splat(0);
    let left = x + ((<usize>n) << 2);
    let right = left + mirrored;
    for (let i = 0; i < pairs; i++) {
      const k = v128.load32_splat(side + ((<usize>i) << 2));
      a = multiplyAdd(a, k, f32x4.add(v128.load(left), v128.load(right)));
      b = multiplyAdd(b, k, f32x4.add(v128.load(left, 16), v128.load(right, 16)));
      c = multiplyAdd(c, k, f32x4.add(v128.load(left, 32), v128.load(right, 32)));
      d = multiplyAdd(d, k, f32x4.add(v128.load(left, 48), v128.load(right, 48)));
      e = multiplyAdd(e, k, f32x4.add(v128.load(left, 64), v128.load(right, 64)));
      f = multiplyAdd(f, k, f32x4.add(v128.load(left, 80), v128.load(right, 80)));
      g = multiplyAdd(g, k, f32x4.add(v128.load(left, 96), v128.load(right, 96)));
      h = multiplyAdd(h, k, f32x4.add(v128.load(left, 112), v128.load(right, 112)));
      left += 4;
      right -= 4;
    }
    const y = output + ((<usize>n) << 2);
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
    v128.store(y, e, 64);
    v128.store(y, f, 80);
    v128.store(y, g, 96);
    v128.store(y, h, 112);
  }
}

/**
 * 2:1. The window of output n is the 4 · pairs − 1 samples from `input[2n]` on, of which NaN and infinities count as zero.
 *
 * @param evens room for count + 2 · pairs + 31 samples, and so `odds`
 * @param output room for 31 samples more than `count`
 */
export function halveRate(
  side: usize,
  pairs: i32,
  input: usize,
  evens: usize,
  odds: usize,
  output: usize,
  count: i32,
): void {
  const needed = count + 2 * pairs;
  for (let n = 0; n < needed; n += 4) {
    const at = input + ((<usize>n) << 3);
    const low = finiteOrZero(v128.load(at));
    const high = finiteOrZero(v128.load(at, 16));
    const to = (<usize>n) << 2;
    v128.store(evens + to, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
    v128.store(odds + to, v128.shuffle<f32>(low, high, 1, 3, 5, 7));
  }
  convolveSides(side, pairs, evens, output, count);
  const half = f32x4.splat(0.5);
  const centres = odds + ((<usize>(pairs - 1)) << 2);
  for (let n = 0; n < count; n += 4) {
    const at = (<usize>n) << 2;
    v128.store(output + at, multiplyAdd(v128.load(output + at), half, v128.load(centres + at)));
  }
}

/**
 * 1:2. Of each pair of outputs the first is made of the 2 · pairs samples from `input[n]` on, the second is a sample of the
 * input itself.
 *
 * @param sides room for count + 31 samples
 * @param output room for 2 · count + 6 samples
 */
export function doubleRate(
  side: usize,
  pairs: i32,
  input: usize,
  sides: usize,
  output: usize,
  count: i32,
): void {
  convolveSides(side, pairs, input, sides, count);
  const two = f32x4.splat(2);
  const centres = input + ((<usize>pairs) << 2);
  for (let n = 0; n < count; n += 4) {
    const from = (<usize>n) << 2;
    const to = output + (from << 1);
    const first = f32x4.mul(two, v128.load(sides + from));
    const second = v128.load(centres + from);
    v128.store(to, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
  }
}
