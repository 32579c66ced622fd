/**
 * Headers of WAV files with nothing odd about them: what the writer puts before its samples, and what the reader shows its
 * decoder instead of the file's own.
 *
 * @module
 */
import type { WaveFormat } from './wave-format.ts';

/** What a header says about the samples. */
export type HeaderFormat = Pick<WaveFormat, 'encoding' | 'rateHz' | 'channels' | 'sampleBytes'>;

/** Format tags of RFC 2361. */
const tags: Readonly<Record<WaveFormat['encoding'], number>> = { pcm: 1, float: 3, alaw: 6, ulaw: 7 };

/** The size that says: look into `ds64`. */
const sizeElsewhere = 0xffff_ffff;

/** The length of a {@link riffHeader}. */
export const riffHeaderBytes = 44;

/** A RIFF header for `dataBytes` bytes, less than 4 GiB, that follow it directly. */
export function riffHeader(format: HeaderFormat, dataBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(riffHeaderBytes));
  putChunk(view, 0, 'RIFF', dataBytes + riffHeaderBytes - 8);
  putText(view, 8, 'WAVE');
  putFormat(view, 12, format);
  putChunk(view, 36, 'data', dataBytes);
  return new Uint8Array(view.buffer);
}

/** An RF64 header (EBU Tech 3306), which can tell any length, for `frames` frames that follow it directly. */
export function rf64Header(format: HeaderFormat, frames: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(80));
  const dataBytes = BigInt(frames) * BigInt(format.channels * format.sampleBytes);
  putChunk(view, 0, 'RF64', sizeElsewhere);
  putText(view, 8, 'WAVE');
  putChunk(view, 12, 'ds64', 28);
  view.setBigUint64(20, dataBytes + BigInt(view.byteLength - 8), true);
  view.setBigUint64(28, dataBytes, true);
  view.setBigUint64(36, BigInt(frames), true);
  putFormat(view, 48, format);
  putChunk(view, 72, 'data', sizeElsewhere);
  return new Uint8Array(view.buffer);
}

function putFormat(view: DataView, at: number, format: HeaderFormat): void {
  const blockBytes = format.channels * format.sampleBytes;
  putChunk(view, at, 'fmt ', 16);
  view.setUint16(at + 8, tags[format.encoding], true);
  view.setUint16(at + 10, format.channels, true);
  view.setUint32(at + 12, format.rateHz, true);
  view.setUint32(at + 16, format.rateHz * blockBytes, true);
  view.setUint16(at + 20, blockBytes, true);
  view.setUint16(at + 22, 8 * format.sampleBytes, true);
}

function putChunk(view: DataView, at: number, id: string, size: number): void {
  putText(view, at, id);
  view.setUint32(at + 4, size, true);
}

function putText(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}
