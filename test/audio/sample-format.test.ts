import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesPerSample,
  Dither,
  decodeSamples,
  encodeSamples,
  inputWireFormat,
  outputWireFormat,
  type SampleFormat,
} from '../../src/audio/sample-format.ts';

function encode(format: SampleFormat, samples: readonly number[]): number[] {
  const out = new Uint8Array(samples.length * bytesPerSample(format));
  encodeSamples(format, new Float32Array(samples), out);
  return [...out];
}

function decode(format: SampleFormat, bytes: readonly number[]): number[] {
  const out = new Float32Array(bytes.length / bytesPerSample(format));
  decodeSamples(format, new Uint8Array(bytes), out);
  return [...out];
}

describe('pcm16', () => {
  test('gives every 16-bit value back', () => {
    const bytes = new Uint8Array(new Uint16Array(65_536).map((_, i) => i).buffer);
    const samples = new Float32Array(65_536);
    decodeSamples('pcm16', bytes, samples);
    const again = new Uint8Array(bytes.length);
    encodeSamples('pcm16', samples, again);
    expect(Buffer.compare(again, bytes)).toBe(0);
    expect([samples[1], samples[0x7fff], samples[0x8000], samples[0xffff]]).toEqual([
      1 / 32768,
      32767 / 32768,
      -1,
      -1 / 32768,
    ]);
  });

  test('rounds to the nearest value', () => {
    expect(encode('pcm16', [0.4 / 32768, 0.6 / 32768, -0.6 / 32768])).toEqual([0, 0, 1, 0, 0xff, 0xff]);
  });

  test('clamps at full scale and takes what is no number for silence', () => {
    const loud = [1, 7, Number.POSITIVE_INFINITY, -7, Number.NEGATIVE_INFINITY, Number.NaN];
    expect(encode('pcm16', loud)).toEqual([0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f, 0, 0x80, 0, 0x80, 0, 0]);
  });

  test('differs from any sample in range by half a step at most', () => {
    fc.assert(
      fc.property(fc.float({ min: -1, max: 32767 / 32768, noNaN: true }), (sample) => {
        const [again] = decode('pcm16', encode('pcm16', [sample]));
        expect(Math.abs((again as number) - sample)).toBeLessThanOrEqual(0.5 / 32768);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('dither', () => {
  const count = 40_000;
  const dithered = (value: number, seed = 1) => {
    const out = new Int16Array(count);
    encodeSamples(
      'pcm16',
      new Float32Array(count).fill(value / 32_768),
      new Uint8Array(out.buffer),
      new Dither(seed),
    );
    return out;
  };
  const mean = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0) / count;

  test.each([0, 0.1, 0.5, -0.25, 100.75])('keeps the mean of %d steps', (value) => {
    expect(Math.abs(mean(dithered(value)) - value)).toBeLessThan(0.02);
  });

  test.each([0, 0.25, 0.5])(
    'leaves a noise of a quarter of a step squared, whatever the value, as at %d',
    (value) => {
      // Triangular dither has 1/6, rounding 1/12: together, independent of the value, 1/4.
      const errors = Array.from(dithered(value), (step) => (step - value) ** 2);
      expect(Math.abs(mean(errors) - 0.25)).toBeLessThan(0.01);
    },
  );

  test('is the same for the same seed, and goes on where it was', () => {
    expect(dithered(0.5)).toEqual(dithered(0.5));
    expect(dithered(0.5)).not.toEqual(dithered(0.5, 2));
    const dither = new Dither(1);
    const halves = [0, 1].map(() => {
      const out = new Int16Array(count / 2);
      encodeSamples('pcm16', new Float32Array(count / 2), new Uint8Array(out.buffer), dither);
      return [...out];
    });
    expect(halves.flat()).toEqual([...dithered(0)]);
  });

  test('never wraps around at full scale', () => {
    expect(Math.min(...dithered(32_767))).toBeGreaterThan(32_700);
    expect(Math.max(...dithered(-32_768))).toBeLessThan(-32_700);
  });
});

describe('any length', () => {
  test('gives what its parts give', () => {
    for (const length of [1, 7, 8, 9, 480, 4095, 4096, 4097, 10_000]) {
      const samples = Float32Array.from({ length }, (_, i) => Math.sin(i) * 1.01);
      for (const format of ['pcm16', 'g711_ulaw', 'g711_alaw'] as const) {
        const whole = encode(format, [...samples]);
        const parts = [samples.subarray(0, length >> 1), samples.subarray(length >> 1)];
        expect(parts.flatMap((part) => encode(format, [...part]))).toEqual(whole);
        expect(decode(format, whole)).toHaveLength(length);
      }
    }
  });
});

describe('G.711', () => {
  test('takes one byte for a sample', () => {
    expect(encode('g711_ulaw', [0, 1, -1])).toEqual([0xff, 0x80, 0x00]);
    expect(encode('g711_alaw', [0, 1, -1])).toEqual([0xd5, 0xaa, 0x2a]);
    expect(decode('g711_ulaw', [0xff, 0x80, 0x00])).toEqual([0, 32124 / 32768, -32124 / 32768]);
    expect(decode('g711_alaw', [0xd5, 0xaa, 0x2a])).toEqual([8 / 32768, 32256 / 32768, -32256 / 32768]);
  });

  test('takes what is no number for silence', () => {
    expect(encode('g711_ulaw', [Number.NaN])).toEqual([0xff]);
  });
});

describe('the lengths of the arrays', () => {
  test('may be greater on the side that is written', () => {
    const out = new Float32Array(3).fill(9);
    decodeSamples('pcm16', Uint8Array.of(0, 0x40), out);
    expect([...out]).toEqual([0.5, 9, 9]);
  });

  test('are refused when a sample is cut or does not fit', () => {
    expect(() => decodeSamples('pcm16', new Uint8Array(3), new Float32Array(9))).toThrow(RangeError);
    expect(() => decodeSamples('g711_alaw', new Uint8Array(3), new Float32Array(2))).toThrow(RangeError);
    expect(() => encodeSamples('pcm16', new Float32Array(2), new Uint8Array(3))).toThrow(RangeError);
  });
});

describe("the service's names", () => {
  test.each([
    ['pcm16', 24_000],
    ['pcm16_16000hz', 16_000],
    ['pcm16_8000hz', 8_000],
    ['pcm16-16000hz', 16_000],
    [null, 24_000],
    [undefined, 24_000],
  ])('%s is output at %i Hz', (name, rateHz) => {
    expect(outputWireFormat(name)).toEqual({ format: 'pcm16', rateHz });
  });

  test('G.711 is always at 8 kHz', () => {
    expect(outputWireFormat('g711_ulaw')).toEqual({ format: 'g711_ulaw', rateHz: 8_000 });
    expect(inputWireFormat('g711_alaw', 24_000)).toEqual({ format: 'g711_alaw', rateHz: 8_000 });
  });

  test('input takes its rate from the field beside the name', () => {
    expect(inputWireFormat('pcm16', 16_000)).toEqual({ format: 'pcm16', rateHz: 16_000 });
    expect(inputWireFormat(null, null)).toEqual({ format: 'pcm16', rateHz: 24_000 });
  });

  test.each(['opus', '', 'pcm16_hz', 'pcm16_1hz', 'PCM16'])('%j is refused', (name) => {
    const refused = expect.objectContaining({ kind: 'service', code: 'unknown-audio-format' });
    expect(() => outputWireFormat(name)).toThrow(refused);
  });

  test('a rate that cannot be is refused', () => {
    expect(() => inputWireFormat('pcm16', 0)).toThrow('pcm16 at 0 Hz');
    expect(() => inputWireFormat('pcm16', 16_000.5)).toThrow('16000.5 Hz');
  });
});
