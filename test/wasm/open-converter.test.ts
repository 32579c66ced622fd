import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdjustableConverter } from '../../wasm/adjustable-converter.ts';
import { openConverter } from '../../wasm/open-converter.ts';
import { RateConverter } from '../../wasm/rate-converter.ts';
import { concatenate } from '../support/concatenate.ts';
import { channelOf, convert, kinds, noise, pairs, settlingFrames, sumOf } from './conversions.ts';
import { decibels, fitTone, tone } from './tone.ts';

const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 });

function impulse(position: number): Float32Array {
  const samples = new Float32Array(1500);
  samples[position] = 1;
  return samples;
}

function centreMs(samples: Float32Array, rateHz: number): number {
  return (samples.reduce((total, y, n) => total + n * y, 0) / sumOf(samples) / rateHz) * 1000;
}

describe.each(kinds)('$name', ({ fromHz, toHz, open }) => {
  test('gives the same bits however the input is cut', () => {
    const { maxFrames } = open();
    const input = noise(maxFrames + 900);
    const whole = convert(open(), input, [maxFrames], { flush: true });
    fc.assert(
      fc.property(cuts, (sizes) => {
        expect(convert(open(), input, [...sizes, maxFrames], { flush: true })).toEqual(whole);
      }),
      { seed: 1, numRuns: 6 },
    );
    expect(convert(open(), input, [1], { flush: true })).toEqual(whole);
  });

  test('gives nothing for nothing, and goes on', () => {
    const input = noise(500);
    const converter = open();
    const pieces = [0, 1, 0, 499].map((frames, n) => converter.convert(input, n < 3 ? 0 : 1, frames).slice());
    expect(pieces[0]?.length).toBe(0);
    expect(concatenate(pieces)).toEqual(convert(open(), input));
  });

  test('has given ⌈n · toHz / fromHz⌉ frames after every chunk, from the first on', () => {
    const converter = open();
    const block = new Float32Array(400);
    let [framesIn, framesOut] = [0, 0];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (frames) => {
        framesIn += frames;
        framesOut += converter.convert(block, 0, frames).length;
        expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('keeps a constant', () => {
    const converter = open();
    const output = convert(converter, new Float32Array(2000).fill(1)).subarray(
      settlingFrames(converter, toHz),
    );
    expect(output.length).toBeGreaterThan(50);
    for (const y of output) expect(Math.abs(y - 1)).toBeLessThan(1e-6);
  });

  test('keeps a tone at full scale, and clips nothing beyond', () => {
    const converter = open();
    for (const amplitude of [1, 4]) {
      const output = convert(converter, tone(1000, fromHz, 2500, amplitude), undefined, { flush: true });
      const middle = output.subarray(settlingFrames(converter, toHz), Math.floor((2500 * toHz) / fromHz));
      expect(Math.abs(decibels(fitTone(middle, 1000, toHz).amplitude / amplitude))).toBeLessThan(0.01);
    }
  });

  test('puts an impulse where its delay says', () => {
    const converter = open();
    const output = convert(converter, impulse(600), [160], { flush: true });
    expect(Math.abs(centreMs(output, toHz) - 600_000 / fromHz - converter.delayMs)).toBeLessThan(0.005);
    const strongest = output.indexOf(Math.max(...output));
    const offMs = (strongest / toHz - 600 / fromHz) * 1000 - converter.delayMs;
    expect(Math.abs(offMs)).toBeLessThanOrEqual(500 / toHz + 1e-9);
  });

  test('can start without its delay', () => {
    const delayFrames = (open().delayMs * fromHz) / 1000;
    const input = noise(900);
    const late = convert(open(), input, undefined, { flush: true });
    const converter = open();
    converter.skipDelay();
    const atOnce = convert(converter, input, [1, 7, 30, 300], { flush: true });
    const skipped = (delayFrames * toHz) / fromHz;
    if (Number.isInteger(skipped)) expect(atOnce).toEqual(late.subarray(skipped));
    expect(Math.abs(late.length - skipped - atOnce.length)).toBeLessThan(1);
    converter.skipDelay();
    const output = convert(converter, impulse(600), [160], { flush: true });
    expect(Math.abs(centreMs(output, toHz) - 600_000 / fromHz)).toBeLessThan(0.005);
  });

  test('takes NaN and infinities for silence, wherever they are', () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: 499 }), { minLength: 1, maxLength: 20 });
    const value = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(places, value, cuts, (indices, bad, sizes) => {
        const [broken, silent] = [noise(500), noise(500)];
        for (const index of indices) {
          broken[index] = bad;
          silent[index] = 0;
        }
        const output = convert(open(), broken, sizes, { flush: true });
        expect(output).toEqual(convert(open(), silent, sizes, { flush: true }));
        expect(output.every(Number.isFinite)).toBe(true);
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  test('is as new after a reset and after a flush', () => {
    const converter = open();
    const fresh = convert(open(), noise(500), [100], { flush: true });
    convert(converter, noise(333, 2), [77]);
    converter.reset();
    expect(convert(converter, noise(500), [100], { flush: true })).toEqual(fresh);
    expect(convert(converter, noise(500), [100], { flush: true })).toEqual(fresh);
    converter.skipDelay();
    converter.reset();
    expect(convert(converter, noise(500), [100], { flush: true })).toEqual(fresh);
  });

  test('flushes to silence: the next stream hears nothing of the last', () => {
    const converter = open();
    convert(converter, noise(700), undefined, { flush: true });
    expect(convert(converter, new Float32Array(700)).every((y) => y === 0)).toBe(true);
  });

  test.each([2, 3])('keeps %i channels apart', (channels) => {
    const apart = Array.from({ length: channels }, (_, channel) => noise(600, channel + 1));
    const together = Float32Array.from(
      { length: 600 * channels },
      (_, i) => apart[i % channels]?.[Math.floor(i / channels)] ?? 0,
    );
    const output = convert(open(channels), together, [250, 0, 3, 347], { flush: true, channels });
    apart.forEach((input, channel) => {
      expect(channelOf(output, channel, channels)).toEqual(convert(open(), input, [600], { flush: true }));
    });
  });

  test('shares its filter with others and not its state', () => {
    const inputs = [noise(600, 1), noise(600, 2)];
    const alone = inputs.map((input) => convert(open(), input, [150]));
    const converters = inputs.map(() => open());
    const outputs: Float32Array[][] = inputs.map(() => []);
    for (let first = 0; first < 600; first += 150) {
      inputs.forEach((input, n) => {
        outputs[n]?.push(converters[n]?.convert(input, first, 150).slice() ?? new Float32Array());
      });
    }
    expect(outputs.map(concatenate)).toEqual(alone);
  });

  test('leaves its input as it was, and its output until it is used again', () => {
    const [input, other] = [noise(400), open()];
    const converter = open();
    const output = converter.convert(input, 0, 400);
    const before = output.slice();
    convert(other, noise(400, 3), undefined, { flush: true });
    expect(output).toEqual(before);
    expect(input).toEqual(noise(400));
  });

  test('refuses more at once than it has room for', () => {
    const converter = open();
    const frames = converter.maxFrames + 1;
    expect(() => converter.convert(new Float32Array(frames), 0, frames)).toThrow(
      new RangeError(`at most ${frames - 1} frames can be converted at once, received ${frames}`),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d channels', (channels) => {
    expect(() => open(channels)).toThrow(RangeError);
  });
});

describe('a converter', () => {
  test('has a filter of its own for common rates, and shares interpolated phases for odd ones', () => {
    for (const [fromHz, toHz] of pairs) {
      expect(openConverter(fromHz, toHz, 1, 'std')).toBeInstanceOf(RateConverter);
    }
    for (const [fromHz, toHz] of [
      [44_101, 24_000],
      [22_254, 24_000],
      [12_347, 44_100],
    ] as const) {
      expect(openConverter(fromHz, toHz, 1, 'std')).toBeInstanceOf(AdjustableConverter);
    }
  });

  test('filters between equal rates, too', () => {
    const converter = openConverter(24_000, 24_000, 1, 'std');
    expect(converter.convert(noise(480), 0, 480).length).toBe(480);
  });

  test.each([
    [0, 24_000],
    [-8000, 24_000],
    [44_100.5, 24_000],
    [Number.NaN, 24_000],
    [24_000, Number.POSITIVE_INFINITY],
    [24_000, 768_001],
  ])('is refused from %d to %d Hz', (fromHz, toHz) => {
    expect(() => openConverter(fromHz, toHz, 1, 'std')).toThrow(RangeError);
  });
});

test('every kernel gives these very bits on every runtime', () => {
  const hash = createHash('sha256');
  for (const { open } of kinds) {
    const output = convert(open(), noise(2000), [480], { flush: true });
    hash.update(new Uint8Array(output.buffer));
  }
  expect(hash.digest('hex')).toBe('1645aaab43e5ccc25920d3e3e1c7178a501e03d37c64d04c2cde57a18b9bdf22');
});
