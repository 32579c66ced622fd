import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { alawSamples, ulawSamples } from '../../src/audio/g711.ts';
import { openWav } from '../../src/audio/wav-reader.ts';
import {
  ascii,
  buildWav,
  bytes,
  chunk,
  pcm16,
  TemporaryFolder,
  u16,
  u32,
  type WavParts,
} from './build-wav.ts';

async function readWhole(path: string, maxFrames = 1_000) {
  const wav = await openWav(path);
  const samples: number[] = [];
  for (let next = await wav.read(maxFrames); next; next = await wav.read(maxFrames)) samples.push(...next);
  await wav.close();
  return { ...wav, samples };
}

async function readBuilt(parts: WavParts) {
  using folder = new TemporaryFolder();
  return await readWhole(folder.file('a.wav', buildWav(parts)));
}

describe('every sample format', () => {
  test('16-bit samples are exactly their integer / 32768', async () => {
    const values = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const wav = await readBuilt({ data: pcm16(values), rateHz: 16_000 });
    expect(wav.samples).toEqual(values.map((value) => value / 32768));
    expect([wav.format, wav.rateHz, wav.channels, wav.frames]).toEqual(['16-bit PCM', 16_000, 1, 65_536]);
    expect(wav.warnings).toEqual([]);
  });

  test('8-bit samples are unsigned', async () => {
    const wav = await readBuilt({ bits: 8, data: Uint8Array.of(0, 64, 128, 255) });
    expect([wav.format, wav.samples]).toEqual(['8-bit PCM', [-1, -0.5, 0, 127 / 128]]);
  });

  test('24-bit samples keep all their bits', async () => {
    const wav = await readBuilt({ bits: 24, data: Uint8Array.of(1, 0, 0, 0, 0, 0x80, 0xff, 0xff, 0x7f) });
    expect([wav.format, wav.samples]).toEqual(['24-bit PCM', [2 ** -23, -1, 1 - 2 ** -23]]);
  });

  test('32-bit samples are rounded to float', async () => {
    const wav = await readBuilt({
      bits: 32,
      data: bytes(u32(0x4000_0000), u32(0x8000_0000), u32(0x7fff_ffff)),
    });
    expect([wav.format, wav.samples]).toEqual(['32-bit PCM', [0.5, -1, 1]]);
  });

  test('24 bits in four bytes are in the upper ones', async () => {
    const wav = await readBuilt({ bits: 24, blockBytes: 4, data: bytes(u32(0x4000_0000), u32(0xc000_0000)) });
    expect([wav.format, wav.samples]).toEqual(['24-bit PCM', [0.5, -0.5]]);
  });

  test('float samples are taken as they are, and as silence where they are no numbers', async () => {
    const values = new Float32Array([0.1, -2, Number.NaN, Number.NEGATIVE_INFINITY]);
    const wav = await readBuilt({ tag: 3, bits: 32, data: new Uint8Array(values.buffer) });
    expect([wav.format, wav.samples]).toEqual(['32-bit float', [Math.fround(0.1), -2, 0, 0]]);
  });

  test('float samples of 64 bits are rounded to 32', async () => {
    const values = new Float64Array([0.1, -0.25]);
    const wav = await readBuilt({ tag: 3, bits: 64, data: new Uint8Array(values.buffer) });
    expect([wav.format, wav.samples]).toEqual(['64-bit float', [Math.fround(0.1), -0.25]]);
  });

  test.each([
    [6, 'A-law', alawSamples],
    [7, 'µ-law', ulawSamples],
  ])('format tag %i is %s, with the code points of our own decoder', async (tag, format, table) => {
    const wav = await readBuilt({
      tag,
      bits: 8,
      rateHz: 8_000,
      data: Uint8Array.from({ length: 256 }, (_, i) => i),
    });
    // + 0 because the decoder has a negative zero.
    expect([wav.format, wav.samples.map((sample) => sample + 0)]).toEqual([format, [...table]]);
  });

  test.each([8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])('at %i Hz', async (rateHz) => {
    const values = Array.from({ length: 5_000 }, (_, i) => i);
    const wav = await readBuilt({ rateHz, data: pcm16(values) });
    expect([wav.rateHz, wav.samples]).toEqual([rateHz, values.map((value) => value / 32768)]);
  });
});

describe('channels', () => {
  test('are mixed down to their mean', async () => {
    const wav = await readBuilt({ channels: 2, data: pcm16([100, 300, -200, 200, 32_767, 32_767]) });
    expect([wav.channels, wav.frames]).toEqual([2, 3]);
    expect(wav.samples).toEqual([200 / 32768, 0, 32_767 / 32768]);
  });

  test('may be many', async () => {
    const frames = Array.from({ length: 3_000 }, (_, i) => Array.from({ length: 16 }, (_, c) => i + c));
    const wav = await readBuilt({ channels: 16, data: pcm16(frames.flat()) });
    expect(wav.samples).toEqual(frames.map((_, i) => (i + 7.5) / 32768));
  });
});

describe('other chunks', () => {
  const data = pcm16([1, 2, 3]);
  const samples = [1 / 32768, 2 / 32768, 3 / 32768];
  const list = chunk('LIST', bytes(ascii('INFO'), chunk('INAM', ascii('a tune'))));

  test.each<[string, WavParts]>([
    ['LIST before fmt', { before: [list] }],
    ['LIST and id3 before data', { between: [list, chunk('id3 ', ascii('ID3 of some kind'))] }],
    ['an odd chunk with its padding', { between: [chunk('note', ascii('odd'))] }],
    ['an odd chunk without its padding', { between: [bytes(ascii('note'), u32(3), ascii('odd'))] }],
    ['chunks behind the samples', { behind: [list, chunk('cue ', new Uint8Array(28))] }],
    [
      'a LIST chunk whose inside is broken',
      { between: [chunk('LIST', bytes(ascii('INFOINAM'), u32(0xffff)))] },
    ],
  ])('%s', async (_, parts) => {
    const wav = await readBuilt({ data, ...parts });
    expect([wav.samples, wav.warnings]).toEqual([samples, []]);
  });

  test('WAVE_FORMAT_EXTENSIBLE names its format in the sub-format', async () => {
    const guidTail = Uint8Array.of(0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71);
    const formatExtension = bytes(u16(22), u16(16), u32(4), u16(1), guidTail);
    const wav = await readBuilt({ tag: 0xfffe, formatExtension, data });
    expect([wav.format, wav.samples]).toEqual(['16-bit PCM', samples]);
  });

  test('RF64 has its sizes in ds64', async () => {
    const ds64 = chunk('ds64', bytes(u32(1_000), u32(0), u32(6), u32(0), u32(3), u32(0), u32(0)));
    const parts = { magic: 'RF64', riffSize: 0xffff_ffff, before: [ds64], data, dataSize: 0xffff_ffff };
    const wav = await readBuilt({ ...parts, behind: [list] });
    expect([wav.samples, wav.warnings]).toEqual([samples, []]);
  });
});

describe('reading', () => {
  test('gives exactly what is asked for until the end, then the rest, then nothing', async () => {
    using folder = new TemporaryFolder();
    const values = Array.from({ length: 10_000 }, (_, i) => i);
    const wav = await openWav(folder.file('a.wav', buildWav({ data: pcm16(values) })));
    const lengths: (number | undefined)[] = [];
    for (const maxFrames of [1, 480, 4_096, 5_000, 1_000, 1])
      lengths.push((await wav.read(maxFrames))?.length);
    await wav.close();
    expect(lengths).toEqual([1, 480, 4_096, 5_000, 423, undefined]);
  });

  test('gives the same samples whatever pieces they are read in', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.wav', buildWav({ data: pcm16(Array.from({ length: 10_000 }, (_, i) => i)) }));
    expect((await readWhole(path, 333)).samples).toEqual((await readWhole(path, 100_000)).samples);
  });

  test('gives arrays that later reads leave alone', async () => {
    using folder = new TemporaryFolder();
    const wav = await openWav(folder.file('a.wav', buildWav({ data: pcm16([1, 2, 3, 4]) })));
    const first = await wav.read(2);
    await wav.read(2);
    await wav.close();
    expect([...(first ?? [])]).toEqual([1 / 32768, 2 / 32768]);
  });

  test('refuses what makes no sense', async () => {
    using folder = new TemporaryFolder();
    const wav = await openWav(folder.file('a.wav', buildWav({ data: pcm16([1]) })));
    await expect(wav.read(0)).rejects.toThrow(RangeError);
    await expect(wav.read(1.5)).rejects.toThrow(RangeError);
    await wav.close();
    await wav.close();
    await expect(wav.read(1)).rejects.toThrow(TypeError);
  });

  test('can be broken off at any time', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.wav', buildWav({ data: new Uint8Array(4_000_000) }));
    for (const reads of [0, 1, 3]) {
      const wav = await openWav(path);
      for (let i = 0; i < reads; i++) await wav.read(480);
      await wav.close();
    }
  });

  test('ends at once when the file is closed meanwhile', async () => {
    using folder = new TemporaryFolder();
    const wav = await openWav(folder.file('a.wav', buildWav({ data: new Uint8Array(4_000_000) })));
    const under = wav.read(2_000_000);
    await wav.close();
    expect(await under).toBeUndefined();
  });

  test('says so when the file becomes shorter meanwhile', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.wav', buildWav({ data: new Uint8Array(8_000_000) }));
    const wav = await openWav(path);
    await wav.read(480);
    truncateSync(path, 1_000);
    const rest = wav.read(4_000_000);
    await expect(rest).rejects.toMatchObject({ code: 'wav-unreadable', where: path });
    await wav.close();
  });

  test('does not hold a long file in memory', async () => {
    using folder = new TemporaryFolder();
    // Two hours at 48 kHz stereo; the file system stores nothing for what was never written.
    const dataSize = 2 * 3_600 * 48_000 * 4;
    const header = buildWav({ channels: 2, rateHz: 48_000, dataSize, riffSize: dataSize + 36 });
    const path = folder.file('long.wav', header);
    truncateSync(path, header.length + dataSize);
    const before = process.memoryUsage().rss;
    const wav = await openWav(path);
    expect(wav.frames).toBe(2 * 3_600 * 48_000);
    for (let i = 0; i < 200; i++) expect((await wav.read(4_800))?.length).toBe(4_800);
    const grown = process.memoryUsage().rss - before;
    await wav.close();
    expect(grown).toBeLessThan(dataSize / 5);
  });

  test('goes on beyond 4 GiB', async () => {
    using folder = new TemporaryFolder();
    const header = buildWav({ channels: 1, dataSize: 0xffff_ffff, riffSize: 0xffff_ffff });
    const path = folder.file('huge.wav', header);
    const file = openSync(path, 'r+');
    writeSync(file, pcm16([7]), 0, 2, 5 * 2 ** 30);
    closeSync(file);
    const wav = await openWav(path);
    expect(wav.frames).toBe((5 * 2 ** 30 + 2 - header.length) / 2);
    expect(await wav.read(2)).toEqual(new Float32Array(2));
    await wav.close();
  });
});
