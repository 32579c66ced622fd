/**
 * Designs the coefficients of the resampler. It is done here and not in JavaScript because sines differ in the last bit
 * between JavaScript engines, and these are compiled into the module: every engine gets the same bank.
 *
 * @module
 */

/** The zeroth modified Bessel function of the first kind, by its power series. */
function besselI0(x: f64): f64 {
  const quarter = x * x * 0.25;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let k: f64 = 1; term > sum * 1e-18; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function sinc(x: f64): f64 {
  const angle = Math.PI * x;
  return angle === 0 ? 1 : Math.sin(angle) / angle;
}

/**
 * Writes `up` phases of `taps` float32 coefficients: a sinc of `cutoff` cycles per input sample under a Kaiser window
 * (Kaiser and Schafer, "On the use of the I0-sinh window for spectrum analysis", 1980). Tap k of phase p stands
 * k − (taps/2 − 1) − p/up input samples from the centre.
 *
 * @param scratch room for `taps` float64
 */
export function designBank(bank: usize, scratch: usize, up: i32, taps: i32, cutoff: f64, beta: f64): void {
  const half = <f64>taps * 0.5;
  for (let phase = 0; phase < up; phase++) {
    let sum: f64 = 0;
    for (let k = 0; k < taps; k++) {
      const at = <f64>k - (half - 1) - <f64>phase / <f64>up;
      const edge = at / half;
      const window = besselI0(beta * Math.sqrt(1 - edge * edge));
      const coefficient = window * sinc(2 * cutoff * at);
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
