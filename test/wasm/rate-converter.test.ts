import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { FilterBank } from '../../wasm/loader.ts';
import { RateConverter } from '../../wasm/rate-converter.ts';
import { decibels, fitTone, strength, tone } from './tone.ts';

const rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000];
const pairs = rates.flatMap((rateHz): [number, number][] => [
  [rateHz, 24_000],
  [24_000, rateHz],
]);

function noise(length: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.uniform() * 2 - 1);
}

/** Everything that the input gives in chunks of the given sizes, the last size repeated; with the tail if `flush`. */
function convert(converter: RateConverter, input: Float32Array, sizes: number[], flush = false) {
  const output: number[] = [];
  for (let first = 0, turn = 0; first < input.length; turn++) {
    const frames = Math.min(sizes[Math.min(turn, sizes.length - 1)] as number, input.length - first);
    output.push(...converter.convert(input, first, frames));
    first += frames;
  }
  if (flush) output.push(...converter.flush());
  return Float32Array.from(output);
}

/** The same filter in double precision, straight from its formula. */
function reference(input: Float32Array, fromHz: number, toHz: number): Float64Array {
  const { up, down, taps } = FilterBank.between(fromHz, toHz);
  const besselI0 = (x: number) => {
    let [sum, term] = [1, 1];
    for (let k = 1; k < 60; k++) {
      term *= (x / 2 / k) ** 2;
      sum += term;
    }
    return sum;
  };
  const cutoff = 0.918 * 0.5 * Math.min(1, up / down);
  const phases = Array.from({ length: up }, (_, phase) => {
    const coefficients = Array.from({ length: taps }, (_, k) => {
      const at = k - (taps / 2 - 1) - phase / up;
      const angle = 2 * Math.PI * cutoff * at;
      const sinc = at === 0 ? 1 : Math.sin(angle) / angle;
      return sinc * besselI0(0.1102 * (114 - 8.7) * Math.sqrt(1 - (at / (taps / 2)) ** 2));
    });
    const sum = coefficients.reduce((a, b) => a + b);
    return coefficients.map((c) => c / sum);
  });
  return Float64Array.from({ length: Math.ceil((input.length * up) / down) }, (_, n) => {
    const last = Math.floor((n * down) / up);
    const phase = phases[(n * down) % up] as number[];
    return phase.reduce((sum, c, k) => sum + c * (input[last - (taps - 1) + k] ?? 0), 0);
  });
}

/** One input chunk of `down · size` frames gives each phase `size` outputs: the kernel takes them as groups of that size. */
describe.each([1, 2, 3, 4, 5, 6, 7, 8, 13])('in groups of %i', (size) => {
  test.each([
    [48_000, 24_000],
    [44_100, 24_000],
  ])('%i → %i Hz passes what is below the pass edge and stops what would alias', (fromHz, toHz) => {
    const chunk = FilterBank.between(fromHz, toHz).down * size;
    const settled = 200;
    for (const fraction of [0.01, 0.3, 0.6, 0.83]) {
      const input = tone(fraction * 12_000, fromHz, 2940);
      const output = convert(new RateConverter(fromHz, toHz), input, [chunk]).subarray(settled);
      const { amplitude, residual } = fitTone(output, fraction * 12_000, toHz);
      expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
      expect(decibels(residual / 0.9)).toBeLessThan(-110);
    }
    for (const fraction of [1.02, 1.1, 1.5, 1.8]) {
      const input = tone(fraction * 12_000, fromHz, 2940);
      const output = convert(new RateConverter(fromHz, toHz), input, [chunk]).subarray(settled);
      expect(decibels(strength(output) / 0.9)).toBeLessThan(-110);
    }
  });

  test.each([
    [16_000, 24_000],
    [8000, 24_000],
    [24_000, 48_000],
    [22_050, 24_000],
  ])('%i → %i Hz keeps images out', (fromHz, toHz) => {
    const chunk = FilterBank.between(fromHz, toHz).down * size;
    for (const fraction of [0.05, 0.4, 0.83]) {
      const frequencyHz = (fraction * fromHz) / 2;
      const input = tone(frequencyHz, fromHz, 1470);
      const output = convert(new RateConverter(fromHz, toHz), input, [chunk]).subarray(400);
      const { amplitude, residual } = fitTone(output, frequencyHz, toHz);
      expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
      expect(decibels(residual / 0.9)).toBeLessThan(-110);
    }
  });
});

describe.each(pairs)('%i → %i Hz', (fromHz, toHz) => {
  const { up, down, taps, maxFrames } = FilterBank.between(fromHz, toHz);

  test('agrees with the formula in double precision', () => {
    const input = noise(700);
    const exact = reference(input, fromHz, toHz);
    const output = convert(new RateConverter(fromHz, toHz), input, [250]);
    expect(output.length).toBe(exact.length);
    const worst = output.reduce((max, y, n) => Math.max(max, Math.abs(y - (exact[n] as number))), 0);
    expect(worst).toBeLessThan(2e-6);
  });

  test('gives the frames that are due, block by block', () => {
    const converter = new RateConverter(fromHz, toHz);
    const block = new Float32Array(Math.ceil(fromHz / 50));
    let framesIn = 0;
    let framesOut = 0;
    for (let n = 1; n <= 1000; n++) {
      const frames = Math.floor((n * fromHz) / 50) - framesIn;
      const given = converter.convert(block, 0, frames).length;
      framesIn += frames;
      framesOut += given;
      if (fromHz % 50 === 0 && toHz % 50 === 0) expect(given).toBe(toHz / 50);
      expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
    }
  });

  test('sounds as late as it says', () => {
    const converter = new RateConverter(fromHz, toHz);
    const input = new Float32Array(taps + 300);
    input[100] = 1;
    const output = convert(converter, input, [160], true);
    const sum = output.reduce((total, y) => total + y, 0);
    const centre = output.reduce((total, y, n) => total + n * y, 0) / sum;
    expect((centre / toHz) * 1000).toBeCloseTo((100 / fromHz) * 1000 + converter.delayMs, 4);
  });

  test('gives everything by the end, also of the last frame', () => {
    for (const length of [1, 2, 500]) {
      const input = new Float32Array(length);
      input[length - 1] = 1;
      const output = convert(new RateConverter(fromHz, toHz), input, [maxFrames], true);
      expect(output.length).toBe(Math.ceil(((length + taps - 1) * up) / down));
      expect(output.reduce((total, y) => total + y, 0)).toBeCloseTo(up / down, 4);
    }
  });

  test('keeps a constant and full scale', () => {
    const input = new Float32Array(taps + 600).fill(1);
    const output = convert(new RateConverter(fromHz, toHz), input, [maxFrames]);
    for (const y of output.subarray(Math.ceil((taps * up) / down)))
      expect(Math.abs(y - 1)).toBeLessThan(1e-6);
  });

  test('gives the same bits however the input is cut', () => {
    const input = noise(900);
    const whole = convert(new RateConverter(fromHz, toHz), input, [maxFrames], true);
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, (cuts) => {
        expect(convert(new RateConverter(fromHz, toHz), input, cuts, true)).toEqual(whole);
      }),
      { seed: 1, numRuns: 8 },
    );
  });
});

describe('a rate converter', () => {
  test('is as new after a reset and after a flush', () => {
    const converter = new RateConverter(44_100, 24_000);
    const fresh = convert(new RateConverter(44_100, 24_000), noise(500), [100]);
    convert(converter, noise(333, 2), [77]);
    converter.reset();
    expect(convert(converter, noise(500), [100], true).subarray(0, fresh.length)).toEqual(fresh);
    expect(convert(converter, noise(500), [100])).toEqual(fresh);
  });

  test('treats NaN and infinities as silence', () => {
    for (const position of [0, 1, 2, 3, 250, 498, 499]) {
      const [broken, silent] = [noise(500), noise(500)];
      silent[position] = 0;
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        broken[position] = value;
        expect(convert(new RateConverter(16_000, 24_000), broken, [250], true)).toEqual(
          convert(new RateConverter(16_000, 24_000), silent, [250], true),
        );
      }
    }
  });

  test('keeps its channels apart', () => {
    const [left, right] = [noise(600, 1), noise(600, 2)];
    const both = Float32Array.from({ length: 1200 }, (_, i) => (i % 2 ? right : left)[i >> 1] as number);
    const stereo = new RateConverter(44_100, 24_000, 2);
    const output = [...stereo.convert(both, 0, 250), ...stereo.convert(both, 250, 350), ...stereo.flush()];
    expect(Float32Array.from(output.filter((_, i) => i % 2 === 0))).toEqual(
      convert(new RateConverter(44_100, 24_000), left, [600], true),
    );
    expect(Float32Array.from(output.filter((_, i) => i % 2 === 1))).toEqual(
      convert(new RateConverter(44_100, 24_000), right, [600], true),
    );
  });

  test('shares its filter with others and not its state', () => {
    const inputs = [noise(600, 1), noise(600, 2)] as const;
    const alone = inputs.map((input) => convert(new RateConverter(48_000, 24_000), input, [150]));
    const converters = [new RateConverter(48_000, 24_000), new RateConverter(48_000, 24_000)] as const;
    const outputs: [number[], number[]] = [[], []];
    for (let first = 0; first < 600; first += 150) {
      outputs[0].push(...converters[0].convert(inputs[0], first, 150));
      outputs[1].push(...converters[1].convert(inputs[1], first, 150));
    }
    expect(outputs.map((output) => Float32Array.from(output))).toEqual(alone);
  });

  test('can start without its delay', () => {
    const converter = new RateConverter(44_100, 24_000);
    converter.skipDelay();
    const input = new Float32Array(1000);
    input[147] = 1;
    const output = convert(converter, input, [200]);
    expect(output.indexOf(Math.max(...output))).toBe(80);
  });

  test('refuses more at once than it has room for, and a number of channels that cannot be', () => {
    const converter = new RateConverter(48_000, 24_000);
    expect(() => converter.convert(new Float32Array(4801), 0, 4801)).toThrow(/at most 4800 .* received 4801/);
    expect(() => new RateConverter(48_000, 24_000, 0)).toThrow(RangeError);
  });

  test('gives these very bits on every runtime', () => {
    const hash = createHash('sha256');
    for (const [fromHz, toHz] of pairs) {
      const output = convert(new RateConverter(fromHz, toHz), noise(2000), [480], true);
      hash.update(new Uint8Array(output.buffer));
    }
    expect(hash.digest('hex')).toBe('162376604a3495db3548926ac5fa74ff6e4410a37a4bf48987a4cf881e887025');
  });
});
