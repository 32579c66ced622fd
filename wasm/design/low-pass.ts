/**
 * Designs the low-pass from which the banks of every pair of rates are cut.
 *
 * @module
 */
import { type Equation, minimax } from './minimax.ts';

/** What a low-pass must do. Frequencies are fractions of the lower of the two Nyquist frequencies. */
export interface LowPassSpecification {
  /** Its length, in periods of the Nyquist frequency. */
  readonly periods: number;
  /** Where the pass band ends; the stop band begins at 1. */
  readonly passEdge: number;
  /** The most by which a tone in the pass band is raised or lowered. */
  readonly rippleDb: number;
  /** The most that is left of a tone where the stop band begins, a negative number: what aliases there lies beside the pass band. */
  readonly stopDb: number;
  /** The most that is left of a tone from 1.1 on: what aliases there, and every image, lies in the pass band. */
  readonly farDb: number;
}

/** A low-pass: h(t) = Σ terms[k] · cos(2πk · t / span) for |t| < span / 2, of a gain that is left open. */
export interface LowPass {
  readonly terms: Float64Array;
  /** By how much the pass band's ripple and the stop band's level exceed the specification; negative where they keep it. */
  readonly exceedsDb: number;
}

/** Beyond this many times the Nyquist frequency, what is left falls by itself, by 18 dB an octave. */
const lastFrequency = 6;
const farFrom = 1.1;
/** Of many images, the sum counts: from here on the stop band's limit falls by 6 dB an octave. */
const levelTo = 1.3;
/** Points of the grid for each period of the ripples. */
const density = 20;
/** Terms beyond the Nyquist frequency: they shape the stop band. */
const termsBeyond = 4;
const turns = 600;

/**
 * The response of cos(2πkt / span) over its span is a pair of sincs, so that the response of the sum is linear in its terms; the
 * terms are the samples of the response at multiples of 1/span (frequency sampling: L. R. Rabiner and B. Gold, "Theory and
 * Application of Digital Signal Processing", 1975, chapter 3), here all of them free. They are found for the least
 * weighted error in pass band and stop band together. Unlike under a window, whose ripples are as small in the pass band
 * as in the stop band, the pass band's may be as large as nobody hears, which makes the filter a fifth shorter.
 *
 * Two terms are not free: the response at 0 is 1, and h is 0 at both ends; its slope is anyway. That lets the stop band fall.
 */
export function designLowPass(specification: LowPassSpecification): LowPass {
  const { periods, passEdge, rippleDb, stopDb, farDb } = specification;
  const last = Math.ceil(periods) + termsBeyond;
  const lastSign = sign(last);
  const passWeight = 1 / (10 ** (rippleDb / 20) - 1);
  const stopWeight = (frequency: number) =>
    frequency < farFrom ? 10 ** (-stopDb / 20) : 10 ** (-farDb / 20) * Math.max(1, frequency / levelTo);
  const equation = (frequency: number, wanted: number, weight: number): Equation => {
    const x = frequency * periods;
    const atLast = response(last, x);
    const basis = Float64Array.from(
      { length: last - 1 },
      (_, i) => weight * (response(i + 1, x) - sign(i + 1) * lastSign * atLast),
    );
    return { basis, target: weight * (wanted - response(0, x) + lastSign * atLast) };
  };
  const equations = [
    ...grid(0, passEdge, density * periods).map((frequency) => equation(frequency, 1, passWeight)),
    ...[...grid(1, 1.5, density * periods), ...grid(1.5, lastFrequency, (density / 3) * periods)].map(
      (frequency) => equation(frequency, 0, stopWeight(frequency)),
    ),
  ];
  const { coefficients, error } = minimax(equations, turns);
  const terms = Float64Array.of(1, ...coefficients, 0);
  terms[last] = -lastSign * terms.reduce((sum, term, k) => sum + sign(k) * term, 0);
  return { terms, exceedsDb: 20 * Math.log10(error) };
}

/** The response of a low-pass at a frequency, as a fraction of the Nyquist frequency. */
export function responseOf(terms: Float64Array, periods: number, frequency: number): number {
  return terms.reduce((sum, term, k) => sum + term * response(k, frequency * periods), 0);
}

/** The response of cos(2πkt) over |t| < 1/2 at x. */
function response(k: number, x: number): number {
  return (sinc(x - k) + sinc(x + k)) / 2;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function sign(k: number): 1 | -1 {
  return k % 2 === 0 ? 1 : -1;
}

function grid(from: number, to: number, pointsPerUnit: number): number[] {
  const steps = Math.ceil((to - from) * pointsPerUnit);
  return Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
}
