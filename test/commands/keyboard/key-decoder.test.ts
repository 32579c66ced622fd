import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, KeyDecoder } from '../../../src/commands/keyboard/key-decoder.ts';

function decoded(...chunks: readonly (string | Uint8Array)[]) {
  const keys: Key[] = [];
  const decoder = new KeyDecoder((key) => keys.push(key));
  for (const chunk of chunks) decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return { keys, decoder };
}
const named = (...chunks: readonly (string | Uint8Array)[]) =>
  decoded(...chunks).keys.map(({ name, text }) => text || name);

describe('a key', () => {
  test.each([
    ['q', 'q'],
    [' ', ' '],
    ['ü', 'ü'],
    ['漢', '漢'],
    ['😀', '😀'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\u007f', 'backspace'],
    ['\b', 'backspace'],
    ['\u0003', 'ctrl-c'],
    ['\u0004', 'ctrl-d'],
    ['\u0015', 'ctrl-u'],
    ['\u0017', 'ctrl-w'],
    ['\u001a', 'ctrl-z'],
    ['\u001b[D', 'left'],
    ['\u001bOC', 'right'],
    ['\u001b[H', 'home'],
    ['\u001b[4~', 'end'],
    ['\u001b[3~', 'delete'],
  ])('that sends %j is %s', (bytes, name) => {
    expect(named(bytes)).toEqual([name]);
  });

  test.each([
    '\u001b[A',
    '\u001b[15~',
    '\u001b[1;5C',
    '\u001bOP',
    '\u001bx',
    '\u001b😀',
    '\u0000',
    '\u001b[<0;1;1M',
  ])('that sends %j is swallowed whole', (bytes) => {
    expect(named(bytes, 'q')).toEqual(['q']);
  });

  test('that ends the program is heard in the middle of anything but a paste', () => {
    expect(named('\u001b\u0003')).toEqual(['ctrl-c']);
    expect(named('\u001b[\u0003')).toEqual(['ctrl-c']);
    expect(named('\u001b[12\u0003q')).toEqual(['ctrl-c', 'q']);
  });
});

describe('Escape', () => {
  test('is undecided until something follows, or nothing does', () => {
    const { keys, decoder } = decoded('\u001b');
    expect([keys.length, decoder.isUndecided]).toEqual([0, true]);
    decoder.decide();
    expect(keys).toEqual([{ name: 'escape', text: '' }]);
    expect(decoder.isUndecided).toBe(false);
    expect(named('\u001b\u001b', '[D')).toEqual(['escape', 'left']);
  });

  test('with half of a sequence behind it was no key', () => {
    const { keys, decoder } = decoded('\u001b[1');
    decoder.decide();
    decoder.push(Buffer.from('q'));
    expect(keys.map(({ text }) => text)).toEqual(['q']);
  });
});

describe('what is pasted', () => {
  test('comes as one, with its lines, and no key in it counts', () => {
    expect(decoded('\u001b[200~q m\r\nits\u0003 \u001b[D end\r\u001b[201~i').keys).toEqual([
      { name: 'paste', text: 'q m\nits\u0003 \u001b[D end\n' },
      { name: 'text', text: 'i' },
    ]);
  });

  test('is not cut short by silence', () => {
    const { keys, decoder } = decoded('\u001b[200~first\u001b');
    expect(decoder.isUndecided).toBe(false);
    decoder.decide();
    decoder.push(Buffer.from('[201~'));
    expect(keys).toEqual([{ name: 'paste', text: 'first' }]);
  });
});

test('keys are the same, however their bytes are cut', () => {
  const pieces = [
    'q',
    'ü',
    '漢',
    '😀',
    '\r',
    '\u001b',
    '\u001b[D',
    '\u001b[3~',
    '\u001b[200~',
    '\u001b[201~',
    '[',
    '2',
    '\u0003',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 50 }),
      (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''));
        const chunks: Uint8Array[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(decoded(...chunks).keys).toEqual(decoded(bytes).keys);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});
