/**
 * The filter for any fixed ratio: a phase of coefficients for each place that an output can have between two inputs.
 *
 * @module
 */
import { designFilter, type LowPassTier, type Ratio } from '../filter-design.ts';
import { cutBank } from './cut-bank.ts';
import { convolve } from './kernel-module.ts';
import { RationalBank } from './rational-bank.ts';

/** 1 MiB, a processor's second cache: the pairs of rates that sound devices have stay below, but for a few in dear tiers. */
const maxCoefficients = 1 << 18;

/** R. E. Crochiere and L. R. Rabiner, "Multirate Digital Signal Processing", 1983, chapter 4. */
export class PolyphaseBank extends RationalBank {
  readonly #coefficients: number;
  readonly #taps: number;

  /** Whether all phases of the ratio have room. */
  static fits(ratio: Ratio, tier: LowPassTier): boolean {
    return ratio.up * designFilter(ratio, tier).taps <= maxCoefficients;
  }

  constructor(ratio: Ratio, tier: LowPassTier) {
    const design = designFilter(ratio, tier);
    const { taps } = design;
    super(ratio, taps - 1, taps / 2);
    this.#taps = taps;
    this.#coefficients = cutBank(design, ratio.up, ratio.up);
  }

  protected override run(at: number, count: number): void {
    convolve(this.#coefficients, this.#taps, this.up, this.down, at, this.input, this.output, count);
  }
}
