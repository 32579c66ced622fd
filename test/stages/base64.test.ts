import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Bytes, decodeBase64, encodeBase64 } from '../../src/stages/base64.ts';

/** What a text decodes to, written behind one byte that must not change. */
function decode(text: string): number[] | undefined {
  const out = Buffer.alloc(text.length + 1, 0xee);
  const count = decodeBase64(text, out, 1);
  expect(out[0]).toBe(0xee);
  return count === undefined ? undefined : [...out.subarray(1, 1 + count)];
}

test('any bytes come back, with padding and without, in either alphabet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(Buffer.from(bytes));
      const bare = text.replaceAll('=', '');
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      for (const form of [text, bare, bare.replaceAll('+', '-').replaceAll('/', '_')]) {
        expect(decode(form)).toEqual([...bytes]);
      }
      expect(base64Bytes(text)).toBe(bytes.length);
    }),
    { seed: 1, numRuns: 200 },
  );
});

describe('what is not base64 is told from it', () => {
  test.each([
    ['a character too many', 'AAAAA'],
    ['white space', 'AAA A'],
    ['a line break', 'AAAA\nAAA'],
    ['a quote', 'AAA"'],
    ['padding inside', 'AA==AAAA'],
    ['a letter beyond ASCII', 'AAAÁ'],
    ["another script's letter whose lower eight bits are a letter", 'AAA\u0141'],
    ['the same at the beginning of a long text', `\u0141${'A'.repeat(99)}`],
  ])('%s', (_, text) => {
    expect(decode(text)).toBeUndefined();
  });

  test('wherever one stands', () => {
    const wrong = fc.constantFrom('"', '\\', ' ', '\u0141', 'é', '\0', '.');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 60 }), fc.nat(), wrong, (bytes, at, character) => {
        const text = Buffer.from(bytes).toString('base64').replaceAll('=', '');
        const place = at % text.length;
        expect(decode(text.slice(0, place) + character + text.slice(place + 1))).toBeUndefined();
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
