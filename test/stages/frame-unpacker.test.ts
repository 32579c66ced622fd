import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSamples, type WireFormat } from '../../src/audio/sample-format.ts';
import { inlet } from '../../src/pipeline/inlet.ts';
import { frameUnpacker } from '../../src/stages/frame-unpacker.ts';

const pcm24: WireFormat = { format: 'pcm16', rateHz: 24_000 };

function open(wire: WireFormat = pcm24) {
  const heard: { itemId: string; samples: number[]; rateHz: number; receivedAtMs: number; ids: string }[] =
    [];
  const messages: string[] = [];
  const complaints: string[] = [];
  const calls: string[] = [];
  const stage = frameUnpacker({
    ...wire,
    onMessage: (text, receivedAtMs) => messages.push(`${receivedAtMs} ${text}`),
    onMalformed: (reason) => complaints.push(reason),
  });
  const first = stage.open(
    inlet(
      ({ responseId, itemId, contentIndex, samples, rateHz, receivedAtMs }) =>
        heard.push({
          itemId,
          ids: `${responseId} ${itemId} ${contentIndex}`,
          samples: [...samples],
          rateHz,
          receivedAtMs,
        }),
      () => calls.push('end'),
      () => calls.push('reset'),
    ),
  );
  const push = (text: string, receivedAtMs = 0) => first.push({ text, receivedAtMs });
  const samplesOf = (itemId: string) =>
    heard.filter((audio) => audio.itemId === itemId).flatMap((audio) => audio.samples);
  return { stage, first, push, heard, messages, complaints, calls, samplesOf };
}

function delta(audio: Uint8Array | string, itemId = 'item_1', type = 'response.audio.delta'): string {
  const base64 = typeof audio === 'string' ? audio : Buffer.from(audio).toString('base64');
  return `{"event_id":"event_1","type":"${type}","response_id":"resp_1","item_id":"${itemId}","output_index":0,"content_index":0,"delta":"${base64}"}`;
}

function decoded(bytes: Uint8Array): number[] {
  const samples = new Float32Array(bytes.length / 2);
  decodeSamples('pcm16', bytes, samples);
  return [...samples];
}

const pcm = (samples: number, seed = 1) =>
  Uint8Array.from({ length: 2 * samples }, (_, i) => (i * 37 * seed) & 0xff);

describe('frameUnpacker', () => {
  test.each(['response.audio.delta', 'response.output_audio.delta'])(
    'takes the samples out of %s',
    (type) => {
      const { stage, push, heard, messages } = open();
      push(delta(pcm(240), 'item_1', type), 12.5);
      expect(heard).toEqual([
        {
          itemId: 'item_1',
          ids: 'resp_1 item_1 0',
          samples: decoded(pcm(240)),
          rateHz: 24_000,
          receivedAtMs: 12.5,
        },
      ]);
      expect(messages).toEqual([]);
      expect([stage.deltas, stage.malformed]).toEqual([1, 0]);
    },
  );

  test.each([
    '{"type":"session.created","session":{"instructions":"say \\u201chello\\u201d"}}',
    '{"type":"response.audio_transcript.delta","response_id":"r","item_id":"i","delta":"AAAA"}',
    '{"type":"response.audio.done","response_id":"r","item_id":"i"}',
    '{"type":"error","error":{"message":"response.audio.delta"}}',
    '{"type":"x","event":{"type":"response.audio.delta","delta":"AAAA"}}',
    '{"type":"response.audio.delta","delta":"AA',
    'null',
    '[{"type":"response.audio.delta"}]',
    'no JSON, audio.delta',
    '',
  ])('hands on %j untouched', (text) => {
    const { stage, push, heard, messages, complaints } = open();
    push(text, 3);
    expect(messages).toEqual([`3 ${text}`]);
    expect([heard, complaints, stage.deltas, stage.malformed]).toEqual([[], [], 0, 0]);
  });

  test.each([
    [
      'another order of keys',
      '{"delta":"AEAAgA==","content_index":0,"item_id":"i","response_id":"r","type":"response.audio.delta"}',
    ],
    [
      'white space',
      '{ "type": "response.audio.delta", "response_id": "r", "item_id": "i", "delta": "AEAAgA==" }',
    ],
    [
      'escapes',
      '{"type":"response\\u002eaudio.delta","response_id":"r","item_id":"i","delta":"\\u0041EAAgA=="}',
    ],
    [
      'a delta inside',
      '{"type":"response.audio.delta","x":{"delta":"////"},"response_id":"r","item_id":"i","delta":"AEAAgA=="}',
    ],
    [
      'no padding',
      '{"type":"response.audio.delta","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"AEAAgA"}',
    ],
    [
      'a key after the audio',
      '{"type":"response.audio.delta","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"AEAAgA==","obfuscation":"x"}',
    ],
    [
      'the audio twice',
      '{"type":"response.audio.delta","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"////","delta":"AEAAgA=="}',
    ],
  ])('reads a delta with %s', (_, text) => {
    const { push, heard, messages } = open();
    push(text);
    expect(messages).toEqual([]);
    expect(heard).toMatchObject([{ ids: 'r i 0', samples: [0.5, -1] }]);
  });

  test.each([
    ['response_id', '{"type":"response.audio.delta","item_id":"i","content_index":0,"delta":"AAAA"}'],
    [
      'item_id',
      '{"type":"response.audio.delta","response_id":"r","item_id":null,"content_index":0,"delta":"AAAA"}',
    ],
    [
      'content_index',
      '{"type":"response.audio.delta","response_id":"r","item_id":"i","content_index":"0","delta":"AAAA"}',
    ],
    ['no audio', '{"type":"response.audio.delta","response_id":"r","item_id":"i","content_index":0}'],
    [
      'no audio',
      '{"type":"response.audio.delta","response_id":"r","item_id":"i","content_index":0,"delta":7}',
    ],
  ])('drops and counts a delta without usable ids or audio: %s', (missing, text) => {
    const { stage, push, heard, messages, complaints } = open();
    push(text);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(missing);
    expect([heard, messages, stage.deltas, stage.malformed]).toEqual([[], [], 0, 1]);
  });

  test.each([
    'A',
    'AAAAA',
    'AA*A',
    'AA=A',
    'AAAA====',
    'AA AA',
    '\u0141AAA',
    'AAA\u00e9',
    'data:audio/pcm;base64,AAAA',
  ])('drops %j, which is not base64, and plays on', (base64) => {
    const { stage, push, complaints, samplesOf } = open();
    push(delta(pcm(4)));
    push(delta(base64));
    push(delta(pcm(4, 3)));
    expect(complaints).toEqual(['the audio of item_1 is not base64']);
    expect([stage.deltas, stage.malformed]).toEqual([2, 1]);
    expect(samplesOf('item_1').slice(0, 4)).toEqual(decoded(pcm(4)));
    expect(samplesOf('item_1').slice(4)).toEqual(decoded(pcm(4, 3)));
  });

  test('an empty delta is good and gives nothing', () => {
    const { stage, push, heard } = open();
    push(delta(''));
    expect([stage.deltas, stage.malformed, heard.length]).toEqual([1, 0, 0]);
  });

  test('samples that are split between deltas come out whole, also when two items take turns', () => {
    const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
      minLength: 20,
      maxLength: 60,
    });
    fc.assert(
      fc.property(pieces, (lengths) => {
        const { push, samplesOf } = open();
        const sent = { a: 0, b: 0 };
        const all = { a: pcm(300), b: pcm(300, 5) };
        for (const [length, first] of lengths) {
          const item = first ? 'a' : 'b';
          push(delta(all[item].subarray(sent[item], sent[item] + length), item));
          sent[item] += length;
        }
        for (const item of ['a', 'b'] as const) {
          expect(samplesOf(item)).toEqual(decoded(all[item].subarray(0, sent[item] & ~1)));
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('where deltas split samples, what comes after a damaged one stays aligned to whole samples', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.nat(), (cut, pick) => {
        const { stage, push, samplesOf } = open();
        const lengths = [3, ...cut];
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const all = pcm(total);
        const damaged = 1 + (pick % cut.length);
        const kept: number[] = [];
        let at = 0;
        lengths.forEach((length, i) => {
          const text = delta(all.subarray(at, at + length));
          push(i === damaged ? text.replace(/"delta":"./, '"delta":"*') : text);
          // A sample survives if both its bytes lie outside the damaged delta and both arrived.
          for (let byte = at; byte < at + length; byte++) if (i !== damaged) kept.push(byte);
          at += length;
        });
        const expected = kept
          .filter((byte) => byte % 2 === 0 && kept.includes(byte + 1))
          .map((byte) => byte / 2);
        expect(stage.malformed).toBe(1);
        expect(samplesOf('item_1')).toEqual(expected.map((sample) => decoded(all)[sample]));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('the fast way and JSON.parse agree on every message', () => {
    const piece = fc.constantFrom(
      'AAAA',
      'AEAAgA==',
      'AEAAgA',
      'A',
      '=',
      '==',
      '"',
      '\\"',
      '\\/',
      '\\u0041',
      '\\',
      '}',
      '"}',
      '{',
      ',',
      '\n',
      ' ',
      '*',
      '-_',
      '\u0141',
      '😀',
      '"delta":"',
      ',"delta":""',
      '","delta":"AAAA',
      '":"',
      'response.audio.delta',
      'null',
      '0',
      '01',
      '-1',
    );
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.oneof({ weight: 3, arbitrary: fc.array(piece, { maxLength: 2 }) }, fc.constant([])),
    });
    const keys = ['event_id', 'type', 'response_id', 'item_id', 'output_index', 'content_index', 'delta'];
    const base = fc.oneof(
      fc.constant(delta('AEAAgAAA')),
      fc.constant(delta('AEAAgAAA').replace('"event_id":"event_1",', '')),
      fc
        .shuffledSubarray(keys, { minLength: 5 })
        .map((order) =>
          JSON.stringify(Object.fromEntries(order.map((key) => [key, JSON.parse(delta('AEAA'))[key]]))),
        ),
    );
    let deltas = 0;
    fc.assert(
      fc.property(base, fc.array(edit, { maxLength: 2 }), (start, edits) => {
        let text = start;
        for (const { at, remove, insert } of edits) {
          const place = Math.floor(at * text.length);
          text = text.slice(0, place) + insert.join('') + text.slice(place + remove);
        }
        const fast = open();
        const slow = open();
        fast.push(text);
        // White space in front changes nothing for JSON.parse and is not the shape that the fast way knows.
        slow.push(` ${text}`);
        deltas += fast.stage.deltas;
        expect(fast.heard).toEqual(slow.heard);
        expect(fast.complaints).toEqual(slow.complaints);
        expect(fast.messages.length).toBe(slow.messages.length);
        expect(fast.stage.deltas).toBe(slow.stage.deltas);
      }),
      { seed: 1, numRuns: 3000 },
    );
    expect(deltas).toBeGreaterThan(500);
  });

  test('plays in the format that the service says it sends', () => {
    const { stage, push, heard } = open();
    push(delta(pcm(1).subarray(0, 1)));
    stage.setFormat({ format: 'g711_ulaw', rateHz: 8_000 });
    push(delta(Uint8Array.of(0xff, 0xff, 0xff)));
    stage.setFormat({ format: 'pcm16', rateHz: 16_000 });
    push(delta(Uint8Array.of(0x00, 0x40)));
    expect(heard.map(({ samples, rateHz }) => [samples.map(Math.abs), rateHz])).toEqual([
      [[0, 0, 0], 8_000],
      [[0.5], 16_000],
    ]);
  });

  test('a reset forgets the half of a sample that it held', () => {
    const { first, push, samplesOf, calls } = open();
    push(delta(Uint8Array.of(1, 2, 3)));
    first.reset();
    push(delta(Uint8Array.of(0x00, 0x40)));
    first.end();
    expect(samplesOf('item_1')).toEqual([...decoded(Uint8Array.of(1, 2)), 0.5]);
    expect(calls).toEqual(['reset', 'end']);
  });

  test('items that end inside a sample do not pile up', () => {
    const { push, samplesOf } = open();
    for (let i = 0; i < 1000; i++) push(delta(Uint8Array.of(1, 2, 9), `item_${i}`));
    // The oldest half is forgotten: the byte that comes is not joined to it.
    push(delta(Uint8Array.of(0x40, 0x00), 'item_0'));
    push(delta(Uint8Array.of(0x40), 'item_999'));
    expect(samplesOf('item_0')).toEqual(decoded(Uint8Array.of(1, 2, 0x40, 0)));
    expect(samplesOf('item_999')).toEqual(decoded(Uint8Array.of(1, 2, 9, 0x40)));
  });
});
