import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdjustableConverter } from '../../wasm/adjustable-converter.ts';
import { ratioBetween } from '../../wasm/filter-design.ts';
import { concatenate } from '../support/concatenate.ts';
import {
  convert,
  noise,
  type PolyphaseTier,
  pairs,
  polyphaseTiers,
  promises,
  settlingFrames,
  worstDifference,
} from './conversions.ts';
import { filteredAt, gainAt, type Place, placesOf } from './formula.ts';
import { decibels, fitTone, strength, tone } from './tone.ts';

/** What interpolation between phases may add, whatever the tier. */
const interpolationDb = -110;

/** A stream that has its adjustment from the first sample on. */
function adjusted(fromHz: number, toHz: number, ppm = 0, tier: PolyphaseTier = 'std'): AdjustableConverter {
  const converter = new AdjustableConverter(fromHz, toHz, 1, tier);
  converter.adjust(ppm);
  converter.reset();
  return converter;
}

describe.each(['std', 'best'] as const)('the interpolated filter in the tier %s', (tier) => {
  const { passEdge, floorDb } = promises[tier];

  describe.each([
    [48_000, 48_000],
    [44_100, 24_000],
    [24_000, 44_100],
    [16_000, 24_000],
    [44_101, 24_000],
  ])('%i → %i Hz', (fromHz, toHz) => {
    const nyquistHz = Math.min(fromHz, toHz) / 2;

    test.each([0, 300, -1000])('passes what is below its edge, and that alone, at %i ppm', (ppm) => {
      for (let n = 0; n <= 8; n++) {
        const frequencyHz = (0.01 + ((passEdge - 0.01) * n) / 8) * nyquistHz;
        const converter = adjusted(fromHz, toHz, ppm, tier);
        const settled = settlingFrames(converter, toHz);
        const input = tone(frequencyHz, fromHz, Math.ceil(((settled + 1000) * fromHz) / toHz));
        const output = convert(converter, input, [Math.floor(fromHz / 50)]).subarray(settled);
        const { amplitude, residual } = fitTone(output, frequencyHz * (1 + ppm * 1e-6), toHz);
        expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
        expect(decibels(residual / 0.9)).toBeLessThan(interpolationDb);
      }
    });

    test('stops what would alias', () => {
      for (const fraction of [1.005, 1.1, 1.5, 1.8]) {
        if (fraction * nyquistHz > fromHz / 2) break;
        const converter = adjusted(fromHz, toHz, 0, tier);
        const settled = settlingFrames(converter, toHz);
        const input = tone(fraction * nyquistHz, fromHz, Math.ceil(((settled + 1000) * fromHz) / toHz));
        const output = convert(converter, input, [Math.floor(fromHz / 50)]).subarray(settled);
        expect(decibels(strength(output) / 0.9)).toBeLessThan(Math.max(floorDb, interpolationDb));
      }
    });
  });
});

describe.each(polyphaseTiers)('in the tier %s', (tier) => {
  test.each([...pairs, [48_000, 48_000], [44_101, 24_000], [12_345, 44_100]])(
    '%i → %i Hz agrees with the formula in double precision',
    (fromHz, toHz) => {
      const input = noise(500);
      const exact = filteredAt(input, placesOf(500, fromHz, toHz), fromHz, toHz, tier);
      const output = convert(adjusted(fromHz, toHz, 0, tier), input, [199]);
      expect(output.length).toBe(exact.length);
      expect(worstDifference(output, exact)).toBeLessThan(2e-6);
    },
  );
});

test.each([
  [44_101, 24_000],
  [24_000, 22_254],
  [12_345, 44_100],
  [48_000, 44_100],
])('%i → %i Hz: n frames have given ⌈n · toHz / fromHz⌉ after every block', (fromHz, toHz) => {
  const converter = adjusted(fromHz, toHz, 0, 'fast');
  const block = new Float32Array(fromHz);
  let [framesIn, framesOut] = [0, 0];
  for (let n = 0; n < 500; n++) {
    const frames = 1 + ((n * 37) % 400);
    framesIn += frames;
    framesOut += converter.convert(block, 0, frames).length;
    expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
  }
});

test('an hour keeps its exact length', () => {
  const converter = adjusted(8001, 8000, 0, 'fast');
  const block = new Float32Array(800);
  let [framesIn, framesOut] = [0, 0];
  for (let n = 0; n < 36_000; n++) {
    framesIn += 800;
    framesOut += converter.convert(block, 0, 800).length;
  }
  expect(framesOut).toBe(Math.ceil((framesIn * 8000) / 8001));
});

/** An adjustment when so many input frames have gone. */
interface Adjustment {
  readonly at: number;
  readonly ppm: number;
}

/** The places of the outputs by the rules: steps glide by 10 ppm in a millisecond of output, in units of 1/(up · 2³²). */
function glidingPlaces(
  length: number,
  fromHz: number,
  toHz: number,
  adjustments: readonly Adjustment[],
): Place[] {
  const { up, down } = ratioBetween(fromHz, toHz);
  const unit = BigInt(up) << 32n;
  const nominal = BigInt(down) << 32n;
  const share = (ppm: number) => BigInt(Math.round(Number(nominal) * ppm * 1e-6));
  const slew = share(10_000 / toHz);
  const places: Place[] = [];
  let [place, step] = [0n, nominal];
  while (place < BigInt(length) * unit) {
    const sample = Number(place / unit);
    places.push({ sample, fraction: Number(place % unit) / Number(unit) });
    const ppm = adjustments.findLast(({ at }) => at <= sample)?.ppm ?? 0;
    const missing = nominal + share(ppm) - step;
    step += missing > slew ? slew : missing < -slew ? -slew : missing;
    place += step;
  }
  return places;
}

/** In chunks of the given sizes, cut also where an adjustment is made. */
function convertAdjusting(
  converter: AdjustableConverter,
  input: Float32Array,
  adjustments: readonly Adjustment[],
  sizes: readonly number[],
): Float32Array {
  const pieces: Float32Array[] = [];
  for (let first = 0, turn = 0; first < input.length; turn++) {
    for (const { at, ppm } of adjustments) if (at === first) converter.adjust(ppm);
    const next = adjustments.find(({ at }) => at > first)?.at ?? input.length;
    const size = sizes[Math.min(turn, sizes.length - 1)] as number;
    const frames = Math.min(size, input.length - first, next - first);
    pieces.push(converter.convert(input, first, frames).slice());
    first += frames;
  }
  return concatenate(pieces);
}

describe('an adjustment', () => {
  const adjustments = [
    { at: 0, ppm: 200 },
    { at: 700, ppm: -1000 },
    { at: 2100, ppm: 35.5 },
    { at: 3000, ppm: 1000 },
  ];

  test.each([
    [48_000, 48_000],
    [44_100, 24_000],
    [16_000, 24_000],
    [44_101, 24_000],
  ])('%i → %i Hz moves the outputs as the formula says, to the rounding of the samples', (fromHz, toHz) => {
    const input = noise(4000);
    const exact = filteredAt(input, glidingPlaces(4000, fromHz, toHz, adjustments), fromHz, toHz, 'fast');
    const converter = new AdjustableConverter(fromHz, toHz, 1, 'fast');
    const output = convertAdjusting(converter, input, adjustments, [300]);
    expect(output.length).toBe(exact.length);
    expect(worstDifference(output, exact)).toBeLessThan(2e-6);
  });

  test.each(polyphaseTiers)(
    'made at the same place gives the same bits however the input is cut: %s',
    (tier) => {
      const input = noise(3000);
      const places = fc.uniqueArray(
        fc.record({ at: fc.integer({ min: 0, max: 2999 }), ppm: fc.integer({ min: -1000, max: 1000 }) }),
        { selector: ({ at }) => at, maxLength: 6 },
      );
      const cuts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(places, cuts, (unsorted, sizes) => {
          const sorted = unsorted.toSorted((a, b) => a.at - b.at);
          const open = () => new AdjustableConverter(44_100, 24_000, 1, tier);
          expect(convertAdjusting(open(), input, sorted, sizes)).toEqual(
            convertAdjusting(open(), input, sorted, [3000]),
          );
        }),
        { seed: 1, numRuns: 10 },
      );
    },
  );

  test.each([
    [48_000, 48_000],
    [44_100, 24_000],
    [8000, 24_000],
  ])('%i → %i Hz leaves a tone where it is in the input, also while the ratio glides', (fromHz, toHz) => {
    const converter = new AdjustableConverter(fromHz, toHz, 1, 'std');
    const frames = fromHz / 2;
    const input = tone(1000, fromHz, frames);
    const amplitude = 0.9 * gainAt(1000, fromHz, toHz, 'std');
    let worst = 0;
    let seen = 0;
    for (let n = 0; n < frames; n++) {
      if (n === Math.round(0.1 * fromHz)) converter.adjust(1000);
      if (n === Math.round(0.15 * fromHz)) converter.adjust(-1000);
      if (n === Math.round(0.4 * fromHz)) converter.adjust(0);
      const atMs = converter.nextOutputMs - converter.delayMs;
      // Of several outputs in one input, the first is the one whose place was told.
      const y = converter.convert(input, n, 1)[0];
      if (y === undefined || atMs < converter.delayMs) continue;
      worst = Math.max(worst, Math.abs(y - amplitude * Math.sin(2 * Math.PI * atMs)));
      seen++;
    }
    expect(seen).toBeGreaterThan(0.45 * Math.min(fromHz, toHz));
    expect(decibels(worst / 0.9)).toBeLessThan(-100);
  });

  test('is reached at 10 ppm in a millisecond, and kept', () => {
    const converter = new AdjustableConverter(48_000, 48_000, 1, 'fast');
    const block = new Float32Array(48);
    converter.adjust(1000);
    let framesOut = 0;
    const lagAfter = (ms: number) => {
      for (let n = 0; n < ms; n++) framesOut += converter.convert(block, 0, 48).length;
      return converter.nextOutputMs - framesOut / 48;
    };
    // The mean of the glide is half of it: 500 ppm of 100 ms are 50 µs.
    expect(lagAfter(100)).toBeCloseTo(0.05, 3);
    expect(lagAfter(900)).toBeCloseTo(0.05 + 0.9, 2);
    expect(converter.adjustmentPpm).toBe(1000);
  });

  test('stays after a flush and a reset, and the next stream begins with it', () => {
    const converter = new AdjustableConverter(48_000, 48_000, 1, 'std');
    converter.adjust(-700);
    convert(converter, noise(100), undefined, { flush: true });
    const expected = convert(adjusted(48_000, 48_000, -700), noise(9000));
    expect(convert(converter, noise(9000))).toEqual(expected);
    converter.reset();
    expect(convert(converter, noise(9000))).toEqual(expected);
    expect(expected.length).toBe(Math.ceil(9000 / (1 - 700e-6)));
  });

  test('of one stream is none of another', () => {
    const [moved, other] = [adjusted(44_100, 24_000, 1000), adjusted(44_100, 24_000)];
    const pieces: Float32Array[] = [];
    for (let first = 0; first < 6000; first += 500) {
      moved.convert(noise(500), 0, 500);
      pieces.push(other.convert(noise(6000), first, 500).slice());
    }
    expect(concatenate(pieces)).toEqual(convert(adjusted(44_100, 24_000), noise(6000)));
  });

  test.each([-1000, 1000])('of %i ppm has room for the longest chunk, all along', (ppm) => {
    const converter = adjusted(8000, 96_000, ppm);
    const chunk = new Float32Array(converter.maxFrames);
    let framesOut = 0;
    for (let n = 0; n < 50; n++) framesOut += converter.convert(chunk, 0, chunk.length).length;
    expect(framesOut).toBe(Math.ceil((50 * chunk.length * 12) / (1 + ppm * 1e-6)));
  });

  test.each([1000.001, -1001, Number.NaN, Number.POSITIVE_INFINITY])('of %d ppm is refused', (ppm) => {
    const converter = adjusted(48_000, 48_000, 5);
    expect(() => converter.adjust(ppm)).toThrow(
      new RangeError(`a ratio can be moved by ±1000 ppm, received ${ppm}`),
    );
    expect(converter.adjustmentPpm).toBe(5);
  });
});

test('outputs stand in the input by its own count, from the first on', () => {
  const converter = adjusted(44_100, 24_000);
  expect(converter.nextOutputMs).toBe(0);
  for (let framesOut = 0, n = 0; n < 50; n++) {
    framesOut += converter.convert(noise(441), 0, 441).length;
    expect(converter.nextOutputMs).toBeCloseTo(framesOut / 24, 9);
  }
  converter.flush();
  expect(converter.nextOutputMs).toBe(0);
});
