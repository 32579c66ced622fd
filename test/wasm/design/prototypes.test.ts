import { describe, expect, test } from 'vitest';
import { designHalfBand } from '../../../wasm/design/half-band.ts';
import { designLowPass, responseOf } from '../../../wasm/design/low-pass.ts';
import { halfBandSpecification, lowPassSpecifications } from '../../../wasm/design/specifications.ts';
import { halfBandSide, lowPasses } from '../../../wasm/prototypes.ts';
import { decibels } from '../tone.ts';

type Tier = keyof typeof lowPassSpecifications;
const tiers = Object.keys(lowPassSpecifications) as Tier[];

/** Frequencies that are not those of the design's own grid. */
function between(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * (i + 0.381)) / count);
}

describe.each(tiers)('the low-pass %s that is kept', (tier) => {
  const { periods, passEdge, rippleDb, stopDb, farDb } = lowPassSpecifications[tier];
  const terms = Float64Array.from(lowPasses[tier].terms);
  const levelDb = (frequency: number) => decibels(Math.abs(responseOf(terms, periods, frequency)));
  const most = (frequencies: number[]) => Math.max(...frequencies.map(levelDb));

  test('is of the specification that is kept beside it', () => {
    expect(lowPasses[tier]).toMatchObject({ periods, passEdge });
  });

  test('is flat up to the edge of its pass band', () => {
    const off = between(0, passEdge, 1500).map((frequency) => Math.abs(levelDb(frequency)));
    expect(Math.max(...off)).toBeLessThan(rippleDb * 1.02);
  });

  test('stops what it should, near and far', () => {
    // Between the points of its grid the design knows nothing: a tenth of a decibel, and more where the stop band begins.
    expect(most(between(1.001, 1.1, 500))).toBeLessThan(stopDb + 0.8);
    expect(most(between(1.1, 6, 6000))).toBeLessThan(farDb + 0.3);
  });

  test('falls on behind the frequencies of its design', () => {
    expect(most(between(6, 60, 6000))).toBeLessThan(farDb - 10);
  });
});

describe('the half-band that is kept', () => {
  const responseAt = (frequency: number) =>
    halfBandSide.reduce(
      (sum, tap, i) =>
        sum + 2 * tap * Math.cos((Math.PI / 2) * frequency * (2 * (halfBandSide.length - i) - 1)),
      0.5,
    );
  const { pairs, stopEdge } = halfBandSpecification;

  test('is of the specification', () => {
    expect(halfBandSide).toHaveLength(pairs);
    expect(halfBandSide.reduce((sum, tap) => sum + tap, 0)).toBeCloseTo(0.25, 12);
  });

  test('is 112 dB down from its edge on, and flat within 0.02 dB to 0.9', () => {
    expect(
      Math.max(...between(stopEdge, 2, 2000).map((f) => decibels(Math.abs(responseAt(f))))),
    ).toBeLessThan(-112);
    expect(Math.max(...between(0, 0.9, 1000).map((f) => Math.abs(decibels(responseAt(f)))))).toBeLessThan(
      0.02,
    );
  });
});

describe('designing again', () => {
  test('gives the filters that are kept, but for the last bits of cosines', () => {
    const { terms, exceedsDb } = designLowPass(lowPassSpecifications.fast);
    expect(exceedsDb).toBeLessThanOrEqual(0);
    for (const [k, term] of lowPasses.fast.terms.entries()) expect(terms[k]).toBeCloseTo(term, 8);
    const { side } = designHalfBand(halfBandSpecification.pairs, halfBandSpecification.stopEdge);
    for (const [k, tap] of halfBandSide.entries()) expect(side[k]).toBeCloseTo(tap, 8);
  });
});
