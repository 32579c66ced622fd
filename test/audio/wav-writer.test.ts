import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openWav } from '../../src/audio/wav-reader.ts';
import { WavWriter } from '../../src/audio/wav-writer.ts';
import { TemporaryFolder } from './build-wav.ts';

async function framesOf(path: string): Promise<number> {
  const wav = await openWav(path);
  await wav.close();
  expect(wav.warnings).toEqual([]);
  return wav.frames;
}

test('what is written is read back, sample for sample', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('a.wav');
  const samples = Float32Array.from({ length: 30_001 }, (_, i) => ((i * 7) % 65_536) / 32768 - 1);
  const writer = new WavWriter(path, { rateHz: 24_000, channels: 1 });
  for (let at = 0; at < samples.length; at += 480) writer.write(samples.subarray(at, at + 480));
  expect(writer.frames).toBe(30_001);
  writer.close();
  expect([writer.frames, writer.error]).toEqual([30_001, undefined]);
  const wav = await openWav(path);
  expect([wav.format, wav.rateHz, wav.channels, wav.warnings]).toEqual(['16-bit PCM', 24_000, 1, []]);
  expect(await wav.read(40_000)).toEqual(samples);
  await wav.close();
});

test('the file is valid at any moment, and at most 250 ms behind', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('a.wav');
  const writer = new WavWriter(path, { rateHz: 8_000, channels: 2 });
  const header = readFileSync(path);
  expect([header.length, header.readUInt32LE(4), header.readUInt32LE(40)]).toEqual([44, 36, 0]);
  for (let block = 1; block <= 100; block++) {
    writer.write(new Float32Array(2 * 160).fill(0.25));
    const file = readFileSync(path);
    expect(file.readUInt32LE(40)).toBe(file.length - 44);
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect(block * 160 - (file.length - 44) / 4).toBeLessThanOrEqual(2_000);
  }
  expect(await framesOf(path)).toBe(16_000);
  writer.close();
});

test('one write may be longer than what is held', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('a.wav');
  const writer = new WavWriter(path, { rateHz: 8_000, channels: 1 });
  writer.write(new Float32Array(100_001));
  writer.close();
  expect(await framesOf(path)).toBe(100_001);
});

test('an older file of that name is replaced', async () => {
  using folder = new TemporaryFolder();
  const path = folder.file('a.wav', new Uint8Array(10_000).fill(1));
  const writer = new WavWriter(path, { rateHz: 8_000, channels: 1 });
  writer.write(new Float32Array(10));
  writer.close();
  expect(readFileSync(path).length).toBe(44 + 20);
});

test('after the end samples are dropped, and closing again does nothing', () => {
  using folder = new TemporaryFolder();
  const writer = new WavWriter(folder.file('a.wav'), { rateHz: 8_000, channels: 1 });
  writer.write(new Float32Array(10));
  writer.close();
  writer.close();
  writer.write(new Float32Array(10));
  expect([writer.frames, writer.error]).toEqual([10, undefined]);
});

describe('what cannot be', () => {
  test('a folder that does not exist, and a folder in the place of the file', () => {
    using folder = new TemporaryFolder();
    const refused = (path: string) =>
      expect.objectContaining({
        kind: 'usage',
        code: 'out-not-writable',
        where: path,
        hint: expect.any(String),
      });
    const nowhere = folder.file('none/a.wav');
    expect(() => new WavWriter(nowhere, { rateHz: 8_000, channels: 1 })).toThrow(refused(nowhere));
    mkdirSync(folder.file('a.wav'));
    const taken = folder.file('a.wav');
    expect(() => new WavWriter(taken, { rateHz: 8_000, channels: 1 })).toThrow(refused(taken));
  });

  test('no channels, no rate, half a frame', () => {
    using folder = new TemporaryFolder();
    const path = folder.file('a.wav');
    expect(() => new WavWriter(path, { rateHz: 0, channels: 1 })).toThrow(RangeError);
    expect(() => new WavWriter(path, { rateHz: 8_000, channels: 0 })).toThrow(RangeError);
    const writer = new WavWriter(path, { rateHz: 8_000, channels: 2 });
    expect(() => writer.write(new Float32Array(3))).toThrow(RangeError);
    writer.close();
  });
});
