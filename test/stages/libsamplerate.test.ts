import { createHash } from 'node:crypto';
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadLibsamplerate } from '../../src/stages/libsamplerate.ts';
import type { RateConversion } from '../../src/stages/rate-conversion.ts';
import { convert, noise, pairs } from '../wasm/conversions.ts';
import { decibels, fitTone, strength, tone } from '../wasm/tone.ts';

const engine = await loadLibsamplerate();
const fastest = await loadLibsamplerate({ quality: 'fastest' });
function lookAheadOf(conversion: RateConversion, fromHz: number): number {
  return Math.round((conversion.delayMs * fromHz) / 1000);
}

describe.each(pairs)('%i → %i Hz', (fromHz, toHz) => {
  const conversion = engine.open(fromHz, toHz, 1);
  const lookAhead = lookAheadOf(conversion, fromHz);

  test('gives the frames that are due, block by block from the first one on', () => {
    const block = new Float32Array(Math.ceil(fromHz / 50));
    let [framesIn, framesOut] = [0, 0];
    for (let n = 1; n <= 25; n++) {
      const frames = Math.floor((n * fromHz) / 50) - framesIn;
      const given = conversion.convert(block, 0, frames).length;
      framesIn += frames;
      framesOut += given;
      if (fromHz % 50 === 0 && toHz % 50 === 0) expect(given).toBe(toHz / 50);
      expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
    }
    conversion.reset();
  });

  test('gives the frames that are due, frame by frame', () => {
    const frame = new Float32Array(1);
    let framesOut = 0;
    for (let framesIn = 1; framesIn <= 1500; framesIn++) {
      framesOut += conversion.convert(frame, 0, 1).length;
      expect(framesOut).toBe(Math.ceil((framesIn * toHz) / fromHz));
    }
    conversion.reset();
  });

  test('sounds as late as it says', () => {
    const input = new Float32Array(4 * lookAhead);
    input[100] = 1;
    const output = convert(conversion, input, [160], { flush: true });
    const expected = (100 / fromHz + conversion.delayMs / 1000) * toHz;
    expect(Math.abs(output.indexOf(Math.max(...output)) - expected)).toBeLessThan(0.5 + 1e-9);
    const sum = output.reduce((total, y) => total + y, 0);
    const centre = output.reduce((total, y, n) => total + n * y, 0) / sum;
    expect(Math.abs(centre - expected)).toBeLessThan(0.01);
  });

  test('gives everything by the end, also of the last frame', () => {
    for (const length of [1, 2, 500]) {
      const input = new Float32Array(length);
      input[length - 1] = 1;
      const output = convert(conversion, input, [conversion.maxFrames], { flush: true });
      expect(output.length).toBe(Math.ceil(((length + 2 * lookAhead) * toHz) / fromHz));
      expect(output.reduce((total, y) => total + y, 0)).toBeCloseTo(toHz / fromHz, 3);
    }
  });

  test('gives the same bits however the input is cut', () => {
    const input = noise(900);
    const whole = convert(conversion, input, [conversion.maxFrames], { flush: true });
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(cuts, (sizes) => {
        expect(convert(conversion, input, sizes, { flush: true })).toEqual(whole);
      }),
      { seed: 1, numRuns: 8 },
    );
  });

  test('gives the bits that the package itself gives for the same input after so much silence', async () => {
    const input = noise(1200);
    const source = await libsamplerate.create(1, fromHz, toHz, { converterType: 1 });
    const raw = source.full(Float32Array.from([...new Float32Array(lookAhead), ...input]));
    source.destroy();
    const output = convert(conversion, input, [307]);
    conversion.reset();
    expect(output.length).toBe(Math.ceil((input.length * toHz) / fromHz));
    // The package gives one frame too many where its sum of positions is a trace below a whole frame.
    expect(raw.length - output.length).toBeLessThanOrEqual(1);
    expect(raw.subarray(0, output.length)).toEqual(output);
  });
});

describe('the quality', () => {
  test.each([
    ['best', -138, 5.98],
    ['medium', -99, 1.92],
    ['fastest', -101, 0.81],
  ] as const)(
    '%s stops aliases by %d dB and takes %d ms at 48 → 24 kHz',
    async (quality, aliasDb, delayMs) => {
      const conversion = (await loadLibsamplerate({ quality })).open(48_000, 24_000, 1);
      expect(conversion.delayMs).toBeCloseTo(delayMs, 2);
      for (const frequencyHz of [12_024, 12_600, 15_000, 20_000]) {
        const output = convert(conversion, tone(frequencyHz, 48_000, 6000), [960]).subarray(600);
        expect(decibels(strength(output) / 0.9)).toBeLessThan(aliasDb);
        conversion.reset();
      }
    },
  );

  test.each([
    [48_000, 24_000, -140],
    [44_100, 24_000, -115],
    [16_000, 24_000, -110],
    [24_000, 48_000, -110],
  ])('medium passes tones from %i to %i Hz with what is left at %d dB', (fromHz, toHz, restDb) => {
    const conversion = engine.open(fromHz, toHz, 1);
    for (const frequencyHz of [200, 1000, 6500]) {
      const output = convert(conversion, tone(frequencyHz, fromHz, 6000), [441]).subarray(1000);
      const { amplitude, residual } = fitTone(output, frequencyHz, toHz);
      expect(Math.abs(decibels(amplitude / 0.9))).toBeLessThan(0.1);
      expect(decibels(residual / 0.9)).toBeLessThan(restDb);
      conversion.reset();
    }
  });

  test('is in the name of the engine', async () => {
    expect(engine.name).toBe('libsamplerate medium');
    expect((await loadLibsamplerate({ quality: 'best' })).name).toBe('libsamplerate best');
  });
});

describe('a conversion', () => {
  test('is as new after a reset and after a flush, wherever the stream was', () => {
    const fresh = convert(engine.open(32_000, 24_000, 1), noise(300), [100]);
    const conversion = engine.open(32_000, 24_000, 1);
    for (let length = 1; length <= 40; length++) {
      convert(conversion, noise(length, 2), [7]);
      conversion.reset();
      expect(convert(conversion, noise(300), [100], { flush: true }).subarray(0, fresh.length)).toEqual(
        fresh,
      );
      expect(convert(conversion, noise(300), [100])).toEqual(fresh);
      conversion.reset();
    }
  });

  test('treats NaN and infinities as silence and is none the worse for it', () => {
    const conversion = engine.open(16_000, 24_000, 1);
    for (const position of [0, 1, 250, 499]) {
      const [broken, silent] = [noise(500), noise(500)];
      silent[position] = 0;
      const expected = convert(conversion, silent, [250], { flush: true });
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        broken[position] = value;
        expect(convert(conversion, broken, [250], { flush: true })).toEqual(expected);
      }
    }
  });

  test('keeps its channels apart', () => {
    const [left, right] = [noise(600, 1), noise(600, 2)];
    const both = Float32Array.from({ length: 1200 }, (_, i) => (i % 2 ? right : left)[i >> 1] as number);
    const stereo = convert(engine.open(44_100, 24_000, 2), both, [250], { flush: true, channels: 2 });
    const mono = engine.open(44_100, 24_000, 1);
    expect(stereo.filter((_, i) => i % 2 === 0)).toEqual(convert(mono, left, [600], { flush: true }));
    expect(stereo.filter((_, i) => i % 2 === 1)).toEqual(convert(mono, right, [600], { flush: true }));
  });

  test('is not disturbed by another one, of other rates and channels', () => {
    const input = noise(600, 1);
    const alone = convert(engine.open(48_000, 24_000, 1), input, [150]);
    const [one, other] = [engine.open(48_000, 24_000, 1), engine.open(16_000, 24_000, 2)];
    const output: number[] = [];
    for (let first = 0; first < 600; first += 150) {
      const given = one.convert(input, first, 150);
      other.convert(noise(300, first), 0, 150);
      if (first === 300) other.reset();
      output.push(...given);
    }
    expect(Float32Array.from(output)).toEqual(alone);
  });

  test('gives the same array again and again', () => {
    const conversion = engine.open(48_000, 24_000, 1);
    const arrays = new Set(
      Array.from({ length: 20 }, () => conversion.convert(new Float32Array(960), 0, 960)),
    );
    expect(arrays.size).toBe(1);
  });

  test('leaves the input as it was', () => {
    const input = Float32Array.from([Number.NaN, 1, 2]);
    engine.open(48_000, 24_000, 1).convert(input, 0, 3);
    expect(input).toEqual(Float32Array.from([Number.NaN, 1, 2]));
  });

  test('between equal rates copies, at once and without a tail', () => {
    const conversion = engine.open(24_000, 24_000, 2);
    const input = Float32Array.from([1, 2, Number.NaN, 4, 5, 6]);
    const given = conversion.convert(input, 1, 2);
    expect(given).toEqual(Float32Array.from([0, 4, 5, 6]));
    expect(given.buffer).not.toBe(input.buffer);
    expect(conversion.delayMs).toBe(0);
    expect(conversion.flush().length).toBe(0);
  });

  test('takes 100 ms at once and refuses more', () => {
    const conversion = engine.open(48_000, 24_000, 1);
    expect(() => conversion.convert(new Float32Array(4801), 0, 4801)).toThrow(
      /at most 4800 .* received 4801/,
    );
    expect(conversion.convert(new Float32Array(4800), 0, 4800).length).toBe(2400);
  });

  test.each([
    [192_000, 750, 128],
    [750, 192_000, 128],
    [192_000, 96_000, 64],
  ])('from %i to %i Hz with %i channels stays below what the package cuts up', (fromHz, toHz, channels) => {
    const conversion = fastest.open(fromHz, toHz, channels);
    const { maxFrames } = conversion;
    expect(maxFrames * channels * Math.max(1, toHz / fromHz)).toBeLessThanOrEqual(1_008_000);
    const input = new Float32Array(maxFrames * channels).fill(0.5);
    let framesOut = 0;
    for (let n = 1; n <= 3; n++) {
      framesOut += conversion.convert(input, 0, maxFrames).length / channels;
      expect(framesOut).toBe(Math.ceil((n * maxFrames * toHz) / fromHz));
    }
    const lookAhead = lookAheadOf(conversion, fromHz);
    const whole = Math.ceil(((3 * maxFrames + 2 * lookAhead) * toHz) / fromHz);
    expect(framesOut + conversion.flush().length / channels).toBe(whole);
  });
});

test('refuses what the package cannot do, and says what was received', async () => {
  expect(() => engine.open(48_000, 187, 1)).toThrow(/at most 256, received 48000 and 187/);
  for (const rateHz of [0, -1, 8000.5, Number.NaN, 192_001]) {
    expect(() => engine.open(rateHz, 24_000, 1)).toThrow(RangeError);
    expect(() => engine.open(24_000, rateHz, 1)).toThrow(RangeError);
  }
  for (const channels of [0, 1.5, 129]) {
    expect(() => engine.open(48_000, 24_000, channels)).toThrow(`received ${channels}`);
  }
  await expect(loadLibsamplerate({ quality: 'toString' as 'best' })).rejects.toThrow(RangeError);
});

test('gives these very bits on every runtime', () => {
  const hash = createHash('sha256');
  for (const [fromHz, toHz] of pairs) {
    const output = convert(engine.open(fromHz, toHz, 1), noise(2000), [480], { flush: true });
    hash.update(new Uint8Array(output.buffer));
  }
  expect(hash.digest('hex')).toBe('dd6e6e6264643cf4d4f4d7b052dfdbba610012a4388d97841e989b48da46feae');
});
