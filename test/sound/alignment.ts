/**
 * How one piece of sound lies in another, found by cross-correlation.
 *
 * @module
 */

export interface Alignment {
  /** Where the first sample of the sought lies in the recording, with decimals. */
  readonly atFrame: number;
  /** Normalized correlation of the whole, 1 for the same sound at any loudness. */
  readonly correlation: number;
  /** The lowest correlation of any 100 ms in which the sought is not near silence. */
  readonly worst: number;
  /** By how much the recording is louder, as a factor. */
  readonly gain: number;
}

/** Finds `sought` in `recording`, both at one rate, with its first sample at `from` to `until`. */
export function align(
  sought: Float32Array,
  recording: Float32Array,
  rateHz: number,
  { from = 0, until = recording.length }: { readonly from?: number; readonly until?: number } = {},
): Alignment {
  const rough = bestLag(sought, recording, Math.max(1, Math.round(rateHz / 4000)), from, until);
  let best = { lag: rough, correlation: -1 };
  for (let lag = rough - 12; lag <= rough + 12; lag++) {
    const { correlation } = correlate(sought, recording, lag, 0, sought.length);
    if (correlation > best.correlation) best = { lag, correlation };
  }
  const at = (lag: number) => correlate(sought, recording, lag, 0, sought.length).correlation;
  const [before, here, after] = [at(best.lag - 1), best.correlation, at(best.lag + 1)];
  const bend = before - 2 * here + after;
  const shift = bend < 0 ? (before - after) / (2 * bend) : 0;
  const moved = delayed(sought, shift);
  const { correlation, gain } = correlate(moved, recording, best.lag, 0, sought.length);
  return {
    atFrame: best.lag + shift,
    correlation,
    worst: worstPart(moved, recording, best.lag, Math.round(rateHz / 10)),
    gain,
  };
}

/** The samples a fraction of a frame later, by a windowed sinc: half a frame is half a wave of what is highest. */
function delayed(samples: Float32Array, frames: number): Float32Array {
  const half = 24;
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, k) => {
    const x = k - half - frames;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (half + 1));
    return (Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
  });
  return Float32Array.from(samples, (_, n) => {
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += (taps[k + half] as number) * (samples[n - k] ?? 0);
    return sum;
  });
}

/** The lag with the best correlation, looked for in every `step`th sample of smoothed signals. */
function bestLag(
  sought: Float32Array,
  recording: Float32Array,
  step: number,
  from: number,
  until: number,
): number {
  const a = thinned(sought, step);
  const b = thinned(recording, step);
  let best = { lag: 0, sum: Number.NEGATIVE_INFINITY };
  for (let lag = Math.floor(from / step); lag < Math.min(b.length, until / step); lag++) {
    const count = Math.min(a.length, b.length - lag);
    let sum = 0;
    for (let n = Math.max(0, -lag); n < count; n += 1) sum += (a[n] as number) * (b[n + lag] as number);
    if (sum > best.sum) best = { lag, sum };
  }
  return best.lag * step;
}

function thinned(samples: Float32Array, step: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < step; i++) sum += samples[n * step + i] as number;
    return sum / step;
  });
}

function correlate(
  sought: Float32Array,
  recording: Float32Array,
  lag: number,
  from: number,
  to: number,
): { correlation: number; power: number; gain: number } {
  let [ab, aa, bb] = [0, 0, 0];
  for (let n = from; n < to; n++) {
    const a = sought[n] as number;
    const b = recording[n + lag] ?? 0;
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
  const correlation = aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
  return { correlation, power: aa / (to - from), gain: aa > 0 ? ab / aa : 0 };
}

function worstPart(sought: Float32Array, recording: Float32Array, lag: number, length: number): number {
  let worst = 1;
  for (let from = 0; from + length <= sought.length; from += length) {
    const { correlation, power } = correlate(sought, recording, lag, from, from + length);
    // −40 dBFS: what is quieter drowns in rounding and dither.
    if (power > 1e-4) worst = Math.min(worst, correlation);
  }
  return worst;
}
