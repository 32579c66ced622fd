import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAppend } from '../../../src/mock/hearing/append-message.ts';

const audio = 'AAECAw==';

describe('readAppend', () => {
  test.each([
    ['JavaScript', `{"type":"input_audio_buffer.append","audio":"${audio}"}`],
    ['Python', `{"type": "input_audio_buffer.append", "audio": "${audio}"}`],
    ['an SDK that counts', `{"type":"input_audio_buffer.append","event_id":"evt_1","audio":"${audio}"}`],
    [
      'somebody with a pretty printer',
      `{\n  "type": "input_audio_buffer.append",\n  "audio": "${audio}"\n}\n`,
    ],
  ])('reads what %s writes', (_, text) => {
    expect(readAppend(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['another message', '{"type":"input_audio_buffer.clear","audio":"AAAA","more":"than enough"}'],
    ['fields in another order', `{"audio":"${audio}","type":"input_audio_buffer.append"}`],
    ['a field more', `{"type":"input_audio_buffer.append","audio":"${audio}","turn_id":"1"}`],
    ['the audio twice', `{"type":"input_audio_buffer.append","audio":"AAAA","audio":"${audio}"}`],
    ['something escaped', '{"type":"input_audio_buffer.append","audio":"AA\\u0041A"}'],
    ['an id with something escaped', '{"type":"input_audio_buffer.append","event_id":"\\n","audio":"AAAA"}'],
    ['audio that is no base64', '{"type":"input_audio_buffer.append","audio":"not base64!"}'],
    ['audio that is no text', '{"type":"input_audio_buffer.append","audio":null,"x":"1234567890"}'],
    ['half of it', '{"type":"input_audio_buffer.append","audio":"AAAA'],
    ['something behind it', '{"type":"input_audio_buffer.append","audio":"AAAA"} {}'],
  ])('leaves %s to JSON.parse', (_, text) => {
    expect(readAppend(text)).toBeUndefined();
  });

  test('never says anything else than JSON.parse', () => {
    const piece = fc.constantFrom(
      ...['{', '}', '"', ':', ',', ' ', '\n', '\t', '\u00a0', '\u2028', '\\', '=', 'A', '0', '/'],
      ...['"type"', '"input_audio_buffer.append"', '"audio"', '"event_id"', `"${audio}"`],
      '{"type":"input_audio_buffer.append","audio":"AAAA"',
      '{"type":"input_audio_buffer.append",',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const read = readAppend(text);
        if (read) expect(read).toEqual(JSON.parse(text));
      }),
      { seed: 3, numRuns: 20_000 },
    );
  });
});
