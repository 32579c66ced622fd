/**
 * Tells a voice from a fan, without a model of either.
 *
 * @module
 */

/** Speech rises and falls by far more than this within a tenth of a second, noise by less. */
const steadyRatio = 3;
/** Normalised autocorrelation at the best pitch lag: a voice or a tone reaches 0.7 and more, noise stays under 0.45. */
const periodicCorrelation = 0.55;
const highestPitchHz = 400;
const lowestPitchHz = 80;

/**
 * Whether `samples` sound like steady noise: their level hardly moves from window to window, and nothing in them repeats at a
 * lag that a voice could have. Both must hold, so that neither a sung note nor a hiss that swells is taken for noise.
 *
 * @param levels the level (RMS) of each window of `samples`
 */
export function isSteadyNoise(samples: Float32Array, levels: readonly number[], rateHz: number): boolean {
  if (Math.max(...levels) > steadyRatio * Math.min(...levels)) return false;
  return pitchCorrelation(samples, rateHz) < periodicCorrelation;
}

function pitchCorrelation(samples: Float32Array, rateHz: number): number {
  const shortestLag = Math.floor(rateHz / highestPitchHz);
  const longestLag = Math.min(Math.ceil(rateHz / lowestPitchHz), samples.length >> 1);
  let best = 0;
  for (let lag = shortestLag; lag <= longestLag; lag++) {
    let product = 0;
    let early = 0;
    let late = 0;
    for (let i = lag; i < samples.length; i++) {
      const a = samples[i - lag] as number;
      const b = samples[i] as number;
      product += a * b;
      early += a * a;
      late += b * b;
    }
    const energy = Math.sqrt(early * late);
    if (energy > 0) best = Math.max(best, product / energy);
  }
  return best;
}
