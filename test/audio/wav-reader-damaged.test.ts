import { mkdirSync, symlinkSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openWav } from '../../src/audio/wav-reader.ts';
import { VoiceloopError } from '../../src/errors.ts';
import { ascii, buildWav, bytes, chunk, pcm16, TemporaryFolder, u32, type WavParts } from './build-wav.ts';

const second = buildWav({ rateHz: 8_000, data: new Uint8Array(16_000).fill(1) });

async function openContent(content: Uint8Array | string) {
  using folder = new TemporaryFolder();
  const wav = await openWav(folder.file('a.wav', content));
  await wav.close();
  return wav;
}

async function refusal(path: string): Promise<VoiceloopError> {
  const wav = await openWav(path).catch((error: unknown) => error);
  if (wav instanceof VoiceloopError) return wav;
  throw new Error('this was not refused in words', { cause: wav });
}

describe('what is refused', () => {
  test.each<[string, string, Uint8Array | string]>([
    ['an empty file', 'wav-empty', ''],
    ['a text with another name', 'wav-not-riff', 'This is not a sound at all.\n'],
    ['a short text', 'wav-not-riff', 'hi'],
    [
      'another kind of RIFF',
      'wav-not-riff',
      bytes(ascii('RIFF'), u32(100), ascii('AVI '), new Uint8Array(100)),
    ],
    ['two letters of RIFF', 'wav-header-cut', 'RI'],
    ['a file cut in its first chunk', 'wav-header-cut', second.subarray(0, 10)],
    ['a file cut before fmt', 'wav-header-cut', second.subarray(0, 12)],
    ['a file cut in fmt', 'wav-header-cut', second.subarray(0, 30)],
    ['a file cut before data', 'wav-header-cut', second.subarray(0, 36)],
    ['a file cut in the head of data', 'wav-header-cut', second.subarray(0, 41)],
    ['a file cut before its first sample', 'wav-no-audio', second.subarray(0, 44)],
    ['a file cut in its first sample', 'wav-no-audio', second.subarray(0, 45)],
    ['a file without samples', 'wav-no-audio', buildWav({})],
    ['no samples, but notes', 'wav-no-audio', buildWav({ behind: [chunk('note', ascii('no sound'))] })],
    ['no data chunk', 'wav-no-audio', bytes(ascii('RIFF'), u32(28), ascii('WAVE'), second.subarray(12, 36))],
    ['no fmt chunk', 'wav-no-format', bytes(ascii('RIFF'), u32(16), ascii('WAVE'), chunk('data', u32(0)))],
    ['zeros behind a right beginning', 'wav-no-audio', bytes(second.subarray(0, 12), new Uint8Array(99_988))],
  ])('%s: %s', async (_, code, content) => {
    using folder = new TemporaryFolder();
    const path = folder.file('odd.wav', content);
    const error = await refusal(path);
    expect(error).toMatchObject({ kind: 'input', code, where: path });
    expect(error.hint).toMatch(/\w/);
  });

  test.each<[string, string, WavParts, string]>([
    ['0 Hz', 'wav-bad-rate', { rateHz: 0 }, '0 Hz'],
    ['an absurd rate', 'wav-bad-rate', { rateHz: 4_000_000_000 }, '4000000000 Hz'],
    ['no channels', 'wav-bad-channels', { channels: 0 }, '0 channels'],
    ['absurdly many channels', 'wav-bad-channels', { channels: 60_000 }, '60000 channels'],
    ['0 bits', 'wav-bad-format', { bits: 0 }, '0 bits'],
    ['12 bits in one byte', 'wav-bad-format', { bits: 12, blockBytes: 1 }, 'blocks of 1 bytes'],
    [
      'blocks that are no whole samples',
      'wav-bad-format',
      { channels: 2, blockBytes: 3 },
      'blocks of 3 bytes',
    ],
    ['half-precision float', 'wav-bad-format', { tag: 3, bits: 16 }, '16 bits'],
    ['MP3 in a WAV file', 'wav-unsupported-codec', { tag: 0x55 }, 'MP3'],
    ['an unknown codec', 'wav-unsupported-codec', { tag: 0x1234 }, '0x1234'],
    ['big-endian samples', 'wav-unsupported-codec', { magic: 'RIFX' }, 'big-endian'],
  ])('%s: %s', async (_, code, parts, words) => {
    using folder = new TemporaryFolder();
    const path = folder.file('odd.wav', buildWav({ data: pcm16([1, 2]), ...parts }));
    const error = await refusal(path);
    expect(error).toMatchObject({ kind: 'input', code, where: path });
    expect(error.message).toContain(words);
  });

  test('a file that does not exist', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('none.wav');
    expect(await refusal(path)).toMatchObject({ kind: 'input', code: 'wav-not-found', where: path });
    const inside = `${folder.file('a.wav', second)}/b.wav`;
    expect(await refusal(inside)).toMatchObject({ code: 'wav-not-found', where: inside });
  });

  test('a folder', async () => {
    using folder = new TemporaryFolder();
    mkdirSync(folder.file('a.wav'));
    expect(await refusal(folder.file('a.wav'))).toMatchObject({ kind: 'input', code: 'wav-is-directory' });
  });

  test('a device', async () => {
    expect(await refusal('/dev/null')).toMatchObject({ code: 'wav-unreadable' });
  });

  test('a path that the system will not follow', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.wav');
    symlinkSync(path, path);
    expect(await refusal(path)).toMatchObject({ kind: 'input', code: 'wav-unreadable', where: path });
  });
});

describe('what is read as far as it goes', () => {
  test.each([
    ['cut in its samples', second.subarray(0, 44 + 4_001), 2_000, ['promises 1.00 s', '0.25 s are there']],
    ['with a size that is too large', sized(20_000), 8_000, ['promises 1.25 s', '1.00 s are there']],
    ['with a size of 0', sized(0), 8_000, ['promises 0.00 s', '1.00 s are there']],
    ['with a size of 0xFFFFFFFF', sized(0xffff_ffff), 8_000, ['no length', '1.00 s that are there']],
    ['with a size of 0x7FFFFFFF', sized(0x7fff_ffff), 8_000, ['promises 134217.73 s', '1.00 s are there']],
  ])('a file %s', async (_, content, frames, words) => {
    const wav = await openContent(content);
    expect(wav.frames).toBe(frames);
    expect(wav.warnings).toHaveLength(1);
    for (const part of words) expect(wav.warnings[0]).toContain(part);
  });

  test('a wrong size of the whole does not matter', async () => {
    const wav = await openContent(buildWav({ data: pcm16([1, 2, 3]), riffSize: 0 }));
    expect([wav.frames, wav.warnings]).toEqual([3, []]);
  });
});

function sized(dataSize: number): Uint8Array {
  return buildWav({ rateHz: 8_000, data: new Uint8Array(16_000).fill(1), dataSize });
}

describe('any damage', () => {
  const original = buildWav({
    channels: 2,
    between: [chunk('LIST', bytes(ascii('INFO'), chunk('INAM', ascii('odd'))))],
    data: pcm16(Array.from({ length: 200 }, (_, i) => i * 100)),
    behind: [chunk('id3 ', ascii('ID3'))],
  });

  test('gives audio or an error in words', async () => {
    using folder = new TemporaryFolder();
    const flips = fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { maxLength: 6 });
    // Half of the flips go to the header, where they do most.
    const headFlips = fc.array(fc.tuple(fc.nat(80), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(flips, headFlips, fc.nat(original.length), async (some, head, length) => {
        const damaged = original.slice(0, length % 3 === 0 ? length : undefined);
        for (const [at, value] of [...some, ...head]) if (at < damaged.length) damaged[at] = value;
        const path = folder.file('damaged.wav', damaged);
        try {
          const wav = await openWav(path);
          let frames = 0;
          for (let next = await wav.read(64); next; next = await wav.read(64)) {
            frames += next.length;
            expect(next.every((sample) => Number.isFinite(sample))).toBe(true);
          }
          await wav.close();
          expect(frames).toBe(wav.frames);
          expect(frames).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof VoiceloopError)) throw error;
          expect([error.kind, error.where, error.code]).toEqual([
            'input',
            path,
            expect.stringMatching(/^wav-/),
          ]);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
