import type * as fs from 'node:fs';
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { WavWriter } from '../../src/audio/wav-writer.ts';
import { TemporaryFolder } from './build-wav.ts';

/** A disk with a limit, which writes what still fits and then fails, as a real one does; or one that takes anything. */
const disk = vi.hoisted(() => ({ limitBytes: 0, takesAnything: false }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const writeSync = (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (disk.takesAnything && position > 0) return length;
    const room = disk.limitBytes - position;
    if (room <= 0) throw new Error('ENOSPC: no space left on device, write');
    return real.writeSync(file, bytes, offset, Math.min(length, room), position);
  };
  return { ...real, writeSync };
});

// What is in the file does not matter here, and 4 GiB of it take long to encode.
vi.mock('../../src/audio/sample-format.ts', () => ({ encodeSamples: () => {} }));

beforeEach(() => {
  disk.limitBytes = 1_000_000;
  disk.takesAnything = false;
});

test('a full disk stops the recording, keeps it valid and is told once', () => {
  using folder = new TemporaryFolder();
  const path = folder.file('a.wav');
  disk.limitBytes = 10_000;
  const writer = new WavWriter(path, { rateHz: 8_000, channels: 1 });
  for (let i = 0; i < 200; i++) writer.write(new Float32Array(160));
  const { error } = writer;
  expect(error).toMatchObject({ kind: 'failure', code: 'recording-stopped', where: path });
  expect(error?.reason).toContain('ENOSPC');
  // Two buffers of 4000 bytes fitted.
  expect(writer.frames).toBe(4_000);
  writer.write(new Float32Array(160));
  writer.close();
  expect(writer.error).toBe(error);
  const file = readFileSync(path);
  expect([file.readUInt32LE(40), file.readUInt32LE(4)]).toEqual([8_000, 8_036]);
});

test('a disk that is full at the end is told after closing', () => {
  using folder = new TemporaryFolder();
  const writer = new WavWriter(folder.file('a.wav'), { rateHz: 8_000, channels: 1 });
  writer.write(new Float32Array(100));
  disk.limitBytes = 100;
  writer.close();
  expect(writer.error?.code).toBe('recording-stopped');
  expect(writer.frames).toBe(0);
});

test('a disk that is full from the beginning is a path that cannot be written', () => {
  using folder = new TemporaryFolder();
  disk.limitBytes = 20;
  const path = folder.file('a.wav');
  const refused = expect.objectContaining({ code: 'out-not-writable', where: path });
  expect(() => new WavWriter(path, { rateHz: 8_000, channels: 1 })).toThrow(refused);
});

test('4 GiB are the end of a WAV file', () => {
  using folder = new TemporaryFolder();
  disk.takesAnything = true;
  const writer = new WavWriter(folder.file('a.wav'), { rateHz: 768_000, channels: 16 });
  const second = new Float32Array(768_000 * 16);
  for (let i = 0; i < 180; i++) writer.write(second);
  expect(writer.error?.reason).toContain('4 GiB');
  expect(writer.frames).toBe(Math.floor((0xffff_ffff - 36) / 32));
  writer.close();
  const header = readFileSync(folder.file('a.wav'));
  expect(header.readUInt32LE(40)).toBe(writer.frames * 32);
  expect(header.readUInt32LE(4)).toBe(writer.frames * 32 + 36);
});
