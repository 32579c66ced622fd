import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesPerSample,
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
