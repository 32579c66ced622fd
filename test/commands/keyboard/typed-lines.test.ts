import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineDecoder, typedLine } from '../../../src/commands/keyboard/typed-lines.ts';

test.each([
  ['q', { kind: 'key', key: 'quit' }],
  ['/quit', { kind: 'key', key: 'quit' }],
  [' /mute ', { kind: 'key', key: 'mute' }],
  ['/stats', { kind: 'key', key: 'statistics' }],
  ['/talk', { kind: 'key', key: 'talk' }],
  ['what about Sunday? \r', { kind: 'message', text: 'what about Sunday?' }],
  ['quit', { kind: 'message', text: 'quit' }],
  ['  ', undefined],
])('the line %j is %o', (line, meaning) => {
  expect(typedLine(line)).toEqual(meaning);
});

test('a command that does not exist is told, with the nearest one or all of them', () => {
  expect(typedLine('/mut')).toEqual({
    kind: 'unknown',
    problem: 'there is no command /mut: did you mean /mute?',
  });
  expect(typedLine('/louder please')).toEqual({
    kind: 'unknown',
    problem:
      'there is no command /louder please: it is one of /talk, /mute, /interrupt, /stats, /compare, /help, /quit',
  });
});

test('lines are the same, however their bytes are cut, and the last one needs no end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('ü', '漢', '\n', 'q'), { maxLength: 20 }), (parts) => {
      const bytes = Buffer.from(parts.join(''));
      const lines: string[] = [];
      const decoder = new LineDecoder((line) => lines.push(line));
      for (const byte of bytes) decoder.push(Uint8Array.of(byte));
      decoder.end();
      const expected = parts.join('').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
    }),
    { seed: 1, numRuns: 200 },
  );
});
