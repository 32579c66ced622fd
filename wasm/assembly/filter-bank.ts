/**
 * Cuts the coefficients of the resamplers from their prototypes. It is done here and not in JavaScript because cosines differ in
 * the last bit between JavaScript engines, and this one is compiled into the module: every engine gets the same bank.
 *
 * @module
 */

/** `Σ terms[k] · cos(k · angle)`, by Clenshaw's recurrence. */
function cosineSeries(terms: usize, count: i32, angle: f64): f64 {
  const cosine = Math.cos(angle);
  let next: f64 = 0;
  let afterNext: f64 = 0;
  for (let k = count - 1; k > 0; k--) {
    const term = load<f64>(terms + ((<usize>k) << 3));
    const here = term + 2 * cosine * next - afterNext;
    afterNext = next;
    next = here;
  }
  return load<f64>(terms) + cosine * next - afterNext;
}

/**
 * Writes `phases` phases of `taps` float32 coefficients, `1/perSample` of an input sample apart. Tap k of phase p stands
 * k − (taps/2 − 1) − p/perSample input samples from the centre.
 *
 * @param span length of the prototype in input samples, at most `taps`
 * @param terms `termCount` float64, the prototype as a series of cosines over its span
 * @param scratch room for `taps` float64
 */
export function designBank(
  bank: usize,
  scratch: usize,
  phases: i32,
  perSample: i32,
  taps: i32,
  span: f64,
  terms: usize,
  termCount: i32,
): void {
  for (let phase = 0; phase < phases; phase++) {
    let sum: f64 = 0;
    for (let k = 0; k < taps; k++) {
      const at = <f64>(k - (taps / 2 - 1)) - <f64>phase / <f64>perSample;
      const isInside = Math.abs(at) < span / 2;
      const coefficient = isInside ? cosineSeries(terms, termCount, (2 * Math.PI * at) / span) : 0;
      store<f64>(scratch + ((<usize>k) << 3), coefficient);
      sum += coefficient;
    }
    // Phases whose sums differ would turn a constant input into a tone at the phases' rate.
    for (let k = 0; k < taps; k++) {
      store<f32>(bank, <f32>(load<f64>(scratch + ((<usize>k) << 3)) / sum));
      bank += 4;
    }
  }
}
