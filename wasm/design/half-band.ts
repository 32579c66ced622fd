/**
 * Designs the half-band filter.
 *
 * @module
 */
import { minimax } from './minimax.ts';

/** What was found. */
export interface HalfBand {
  /**
   * The taps of one side, from the outermost inwards: every other tap of the filter, whose centre is 1/2 and whose remaining taps
   * are 0.
   */
  readonly side: Float64Array;
  /** The most that is left of a tone in the stop band, and by which one in the pass band is changed. */
  readonly stopDb: number;
}

const points = 800;
const turns = 600;

/**
 * A half-band filter of 4 · pairs − 1 taps with the least error in its stop band, which is that of its pass band as well: its
 * response and the one mirrored at a quarter of the rate add up to 1.
 *
 * @param stopEdge as a fraction of the lower Nyquist frequency, above 1
 */
export function designHalfBand(pairs: number, stopEdge: number): HalfBand {
  const cosines = (frequency: number) =>
    Float64Array.from(
      { length: pairs },
      (_, i) => 2 * Math.cos((Math.PI / 2) * frequency * (2 * (pairs - i) - 1)),
    );
  const equations = Array.from({ length: points }, (_, n) => {
    const basis = cosines(stopEdge + ((2 - stopEdge) * n) / (points - 1));
    // Both sides add up to 1/2, so that the outermost tap is not free.
    const [outermost = 0, ...others] = basis;
    return { basis: Float64Array.from(others, (each) => each - outermost), target: -0.5 - outermost / 4 };
  });
  const { coefficients, error } = minimax(equations, turns);
  const outermost = 0.25 - coefficients.reduce((sum, tap) => sum + tap, 0);
  return { side: Float64Array.of(outermost, ...coefficients), stopDb: 20 * Math.log10(error) };
}
