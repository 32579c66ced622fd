import { describe, expect, test } from 'vitest';
import { alawSamples, decodeAlaw, decodeUlaw, ulawSamples } from '../../src/audio/g711.ts';
import { encodeSamples } from '../../src/audio/sample-format.ts';

const codes = Array.from({ length: 256 }, (_, code) => code);
const int16s = Array.from({ length: 65_536 }, (_, i) => i - 32_768);

/** The codes of all 16-bit values. */
function codesOf(format: 'g711_ulaw' | 'g711_alaw'): (int16: number) => number {
  const encoded = new Uint8Array(int16s.length);
  encodeSamples(
    format,
    Float32Array.from(int16s, (int16) => int16 / 32_768),
    encoded,
  );
  return (int16) => encoded[int16 + 32_768] as number;
}

const encodeUlaw = codesOf('g711_ulaw');
const encodeAlaw = codesOf('g711_alaw');

describe('µ-law', () => {
  test('has the code points of G.711 table 2', () => {
    // Character signal as sent, and the decoder output value in 14 bits, times 4.
    const points: [code: number, int16: number][] = [
      [0x80, 8031 * 4],
      [0x8f, 4191 * 4],
      [0x9f, 2079 * 4],
      [0xaf, 1023 * 4],
      [0xbf, 495 * 4],
      [0xcf, 231 * 4],
      [0xdf, 99 * 4],
      [0xef, 33 * 4],
      [0xfe, 2 * 4],
      [0xff, 0],
      [0x00, -8031 * 4],
      [0x7e, -2 * 4],
      [0x7f, 0],
    ];
    expect(points.map(([code]) => [code, decodeUlaw(code)])).toEqual(points);
  });

  test('gives every code back but the second code of zero', () => {
    const changed = codes.filter((code) => encodeUlaw(decodeUlaw(code)) !== code);
    expect(changed).toEqual([0x7f]);
    expect(encodeUlaw(0)).toBe(0xff);
  });

  test('codes every sample within half a step of its segment, up to the clipping', () => {
    const wrong = int16s.filter((int16) => {
      const code = encodeUlaw(int16);
      const halfStep = 4 << ((~code >> 4) & 0x07);
      return Math.abs(int16) <= 32_635 && Math.abs(decodeUlaw(code) - int16) > halfStep;
    });
    expect(wrong).toEqual([]);
    expect([encodeUlaw(32_767), encodeUlaw(-32_768)]).toEqual([0x80, 0x00]);
  });

  test('never falls where the sample rises', () => {
    const decoded = int16s.map((int16) => decodeUlaw(encodeUlaw(int16)));
    expect(decoded.filter((value, i) => i > 0 && value < (decoded[i - 1] as number))).toEqual([]);
  });
});

describe('A-law', () => {
  test('has the code points of G.711 table 1', () => {
    // Character signal after the inversion of even bits, and the decoder output value in 13 bits, times 8.
    const points: [code: number, int16: number][] = [
      [0xff ^ 0x55, 4032 * 8],
      [0xf0 ^ 0x55, 2112 * 8],
      [0xe0 ^ 0x55, 1056 * 8],
      [0xd0 ^ 0x55, 528 * 8],
      [0xc0 ^ 0x55, 264 * 8],
      [0xb0 ^ 0x55, 132 * 8],
      [0xa0 ^ 0x55, 66 * 8],
      [0x90 ^ 0x55, 33 * 8],
      [0x80 ^ 0x55, 1 * 8],
      [0x00 ^ 0x55, -1 * 8],
      [0x7f ^ 0x55, -4032 * 8],
    ];
    expect(points.map(([code]) => [code, decodeAlaw(code)])).toEqual(points);
  });

  test('gives every code back', () => {
    expect(codes.map((code) => encodeAlaw(decodeAlaw(code)))).toEqual(codes);
  });

  test('codes every sample within half a step of its segment', () => {
    const wrong = int16s.filter((int16) => {
      const code = encodeAlaw(int16);
      const halfStep = 8 << Math.max(0, (((code ^ 0x55) >> 4) & 0x07) - 1);
      return Math.abs(decodeAlaw(code) - int16) > halfStep;
    });
    expect(wrong).toEqual([]);
  });

  test('never falls where the sample rises', () => {
    const decoded = int16s.map((int16) => decodeAlaw(encodeAlaw(int16)));
    expect(decoded.filter((value, i) => i > 0 && value < (decoded[i - 1] as number))).toEqual([]);
  });
});

test('the tables hold the code points with full scale 1', () => {
  expect([...ulawSamples]).toEqual(codes.map((code) => decodeUlaw(code) / 32768));
  expect([...alawSamples]).toEqual(codes.map((code) => decodeAlaw(code) / 32768));
});
