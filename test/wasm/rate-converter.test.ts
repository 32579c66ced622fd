import { describe, expect, test } from 'vitest';
import { designFilter, ratioBetween } from '../../wasm/filter-design.ts';
import {
  between,
  commonRates,
  convert,
  noise,
  type PolyphaseTier,
  pairs,
  polyphaseTiers,
  promises,
  settlingFrames,
  sumOf,
  worstDifference,
} from './conversions.ts';
import { filteredAt, placesOf } from './formula.ts';
import { decibels, fitTone, strength, tone } from './tone.ts';

/** A tone through a converter, from where nothing of its beginning is heard any more. */
function passed(
  fromHz: number,
  toHz: number,
  tier: PolyphaseTier,
  frequencyHz: number,
  chunk: number,
  frames = 600,
) {
  const converter = between(fromHz, toHz, tier);
  const settled = settlingFrames(converter, toHz);
  const input = tone(frequencyHz, fromHz, Math.ceil(((settled + frames) * fromHz) / toHz));
  return convert(converter, input, [chunk]).subarray(settled);
}

/** Ratios of one phase, of a few and of many, in which phases have whole and half pairs of vectors. */
const ratios: [number, number][] = [
  [48_000, 24_000],
  [44_100, 24_000],
  [16_000, 24_000],
  [24_000, 48_000],
  [22_050, 24_000],
  [32_000, 24_000],
];

test('the ratios under test have phases of whole pairs of vectors and of half ones, in each tier', () => {
  for (const tier of polyphaseTiers) {
    const rests = ratios.map(([fromHz, toHz]) => designFilter(ratioBetween(fromHz, toHz), tier).taps % 8);
    expect(new Set(rests)).toEqual(new Set([0, 4]));
  }
});

/** A chunk of `down · size` input frames gives each phase `size` outputs: the kernel takes them as groups of that size. */
describe.each([1, 2, 3, 4, 5, 6, 7, 8, 13])('in groups of %i', (size) => {
  describe.each(polyphaseTiers)('the tier %s', (tier) => {
    const { passEdge, floorDb } = promises[tier];

    test.each(ratios)('%i → %i Hz passes what is below its edge, and that alone', (fromHz, toHz) => {
      const chunk = ratioBetween(fromHz, toHz).down * size;
      for (const fraction of [0.05, 0.5, passEdge]) {
        const frequencyHz = (fraction * Math.min(fromHz, toHz)) / 2;
        const output = passed(fromHz, toHz, tier, frequencyHz, chunk);
        const { amplitude, residual } = fitTone(output, frequencyHz, toHz);
        expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
        expect(decibels(residual / 0.9)).toBeLessThan(floorDb);
      }
    });

    test.each(ratios.filter(([fromHz, toHz]) => fromHz > toHz))(
      '%i → %i Hz stops what would alias',
      (fromHz, toHz) => {
        const chunk = ratioBetween(fromHz, toHz).down * size;
        for (const fraction of [1.002, 1.3, 1.8].filter((each) => each * toHz < fromHz)) {
          const output = passed(fromHz, toHz, tier, (fraction * toHz) / 2, chunk);
          expect(decibels(strength(output) / 0.9)).toBeLessThan(floorDb);
        }
      },
    );

    test.each(ratios)('%i → %i Hz gives the bits that it gives frame by frame', (fromHz, toHz) => {
      const input = noise(ratioBetween(fromHz, toHz).down * size + 700);
      const chunk = input.length - 700;
      expect(convert(between(fromHz, toHz, tier), input, [100, chunk, 1])).toEqual(
        convert(between(fromHz, toHz, tier), input, [1]),
      );
    });
  });
});

describe.each(polyphaseTiers)('the tier %s', (tier) => {
  const { passEdge, floorDb } = promises[tier];

  test.each([
    [48_000, 24_000],
    [44_100, 24_000],
    [16_000, 24_000],
    [24_000, 48_000],
    [24_000, 44_100],
    [48_000, 44_100],
  ])('%i → %i Hz keeps its promise all over the band', (fromHz, toHz) => {
    const nyquistHz = Math.min(fromHz, toHz) / 2;
    for (let n = 0; n <= 12; n++) {
      const frequencyHz = (0.01 + ((passEdge - 0.01) * n) / 12) * nyquistHz;
      const output = passed(fromHz, toHz, tier, frequencyHz, fromHz / 50, 1200);
      const { amplitude, residual } = fitTone(output, frequencyHz, toHz);
      expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
      expect(decibels(residual / 0.9)).toBeLessThan(floorDb);
    }
    for (let n = 0; n <= 12; n++) {
      const frequencyHz = (1.002 + 0.98 * (n / 12) ** 2) * nyquistHz;
      if (frequencyHz > fromHz / 2) break;
      const output = passed(fromHz, toHz, tier, frequencyHz, fromHz / 50, 1200);
      expect(decibels(strength(output) / 0.9)).toBeLessThan(floorDb);
    }
  });

  test.each(pairs)('%i → %i Hz agrees with the formula in double precision', (fromHz, toHz) => {
    const input = noise(700);
    const exact = filteredAt(input, placesOf(700, fromHz, toHz), fromHz, toHz, tier);
    const output = convert(between(fromHz, toHz, tier), input, [250]);
    expect(output.length).toBe(exact.length);
    expect(worstDifference(output, exact)).toBeLessThan(7e-7);
  });

  test.each(pairs)('%i → %i Hz sounds as late as it says', (fromHz, toHz) => {
    const converter = between(fromHz, toHz, tier);
    const input = new Float32Array(800);
    input[100] = 1;
    const output = convert(converter, input, [160], { flush: true });
    const centre = output.reduce((total, y, n) => total + n * y, 0) / sumOf(output);
    // In the tier `fast`, the phases' own errors of −80 dB move the centre by as much.
    expect((centre / toHz) * 1000).toBeCloseTo(
      (100 / fromHz) * 1000 + converter.delayMs,
      tier === 'fast' ? 2 : 4,
    );
  });

  test.each(pairs)('%i → %i Hz gives the whole convolution by the end', (fromHz, toHz) => {
    const { taps } = designFilter(ratioBetween(fromHz, toHz), tier);
    for (const length of [1, 2, 500]) {
      const input = new Float32Array(length);
      input[length - 1] = 1;
      const output = convert(between(fromHz, toHz, tier), input, undefined, { flush: true });
      expect(output.length).toBe(Math.ceil(((length + taps - 1) * toHz) / fromHz));
      expect(Math.abs((sumOf(output) * fromHz) / toHz - 1)).toBeLessThan(tier === 'fast' ? 1e-4 : 1e-5);
    }
  });
});

test('between any two common rates, n frames have given ⌈n · toHz / fromHz⌉ after every block', () => {
  for (const fromHz of commonRates) {
    for (const toHz of commonRates.filter((rateHz) => rateHz !== fromHz)) {
      const converter = between(fromHz, toHz, 'fast');
      const block = new Float32Array(Math.ceil(fromHz / 50));
      let framesIn = 0;
      let framesOut = 0;
      for (let n = 1; n <= 100; n++) {
        const frames = Math.floor((n * fromHz) / 50) - framesIn;
        const given = converter.convert(block, 0, frames).length;
        framesIn += frames;
        framesOut += given;
        if (fromHz % 50 === 0 && toHz % 50 === 0) expect(given).toBe(toHz / 50);
        expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
      }
    }
  }
});

test('an hour keeps its exact length', () => {
  const converter = between(8000, 11_025, 'fast');
  const block = new Float32Array(800);
  let frames = 0;
  for (let n = 0; n < 36_000; n++) frames += converter.convert(block, 0, 800).length;
  expect(frames).toBe(3600 * 11_025);
});
