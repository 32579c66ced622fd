/**
 * The filters for 2:1 and 1:2 whose transition lies around the Nyquist frequency, so that every other tap is zero.
 *
 * @module
 */
import type { Ratio } from '../filter-design.ts';
import { halfBandSide } from '../prototypes.ts';
import { aligned, allocate, kernels } from './kernel-module.ts';
import { MemoryView } from './memory-view.ts';
import { RationalBank } from './rational-bank.ts';

/** Taps on each side of the centre that are not zero. */
const pairs = halfBandSide.length;

/** The whole filter, zeros included, at the higher of the two rates. */
const length = 4 * pairs - 1;

let sharedSide: number | undefined;

/** The same coefficients serve both directions and every pair of rates. */
function sideTaps(): number {
  if (sharedSide === undefined) {
    sharedSide = allocate(pairs * 4);
    new MemoryView(Float32Array, sharedSide, pairs).array.set(halfBandSide);
  }
  return sharedSide;
}

/** 2:1. */
export class HalvingBank extends RationalBank {
  protected override readonly takesNonFinite = true;
  readonly #side = sideTaps();

  constructor(ratio: Ratio) {
    super(ratio, length - 1, (length - 1) / 2);
  }

  protected override run(at: number, count: number): void {
    const odds = aligned(this.scratch + (count + 2 * pairs + 32) * 4);
    kernels.halveRate(this.#side, pairs, this.input + at * 4, this.scratch, odds, this.output, count);
  }
}

/** 1:2. */
export class DoublingBank extends RationalBank {
  readonly #side = sideTaps();

  constructor(ratio: Ratio) {
    super(ratio, 2 * pairs - 1, (length - 1) / 4);
  }

  protected override run(at: number, count: number): void {
    const first = at >> 1;
    const isSecondOfPair = at % 2;
    const frames = Math.ceil((count + isSecondOfPair) / 2);
    kernels.doubleRate(this.#side, pairs, this.input + first * 4, this.scratch, this.output, frames);
    if (isSecondOfPair) this.results.first(count + 1).copyWithin(0, 1);
  }
}
