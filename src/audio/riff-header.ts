/**
 * The headers of a WAV file (RIFF, and RF64 of EBU Tech 3306): what the samples are and where they lie. Every size is
 * held against the file, because recorders that crash or write into a pipe leave sizes that are not true.
 *
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import { VoiceloopError } from '../errors.ts';
import { parseWaveFormat, type WaveFormat } from './wave-format.ts';

/** Where a WAV file's samples lie. */
export interface WaveLayout {
  readonly format: WaveFormat;
  /** The first sample's place in the file. */
  readonly dataStart: number;
  /** Whole frames that are really there. */
  readonly frames: number;
  /** Frames that the header promises; undefined where it says that it does not know (0xFFFFFFFF). */
  readonly promisedFrames: number | undefined;
}

/** A size field that a writer into a pipe cannot fill in. */
const unknownSize = 0xffff_ffff;

/** Junk may look like an endless row of tiny chunks; no true file has this many before its samples. */
const maxChunks = 1_000;

/** A `fmt ` chunk is at most 40 bytes long; what follows in a longer one is of no interest. */
const maxFormatBytes = 40;

/**
 * Reads the chunk headers of an open file up to its samples.
 *
 * @throws {VoiceloopError} `wav-empty`, `wav-not-riff`, `wav-header-cut`, `wav-no-format`, `wav-no-audio`, and those of
 *   {@link parseWaveFormat}
 */
export async function readWaveLayout(file: FileHandle, fileBytes: number, path: string): Promise<WaveLayout> {
  return new RiffWalk(file, fileBytes, path).readLayout();
}

class RiffWalk {
  readonly #file: FileHandle;
  readonly #fileBytes: number;
  readonly #path: string;

  constructor(file: FileHandle, fileBytes: number, path: string) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#path = path;
  }

  async readLayout(): Promise<WaveLayout> {
    const riffBytes = await this.#readOuterHeader();
    let format: WaveFormat | undefined;
    let data: { start: number; size: number } | undefined;
    let longDataSize: number | undefined;
    let at = 12;
    let chunkStart = at;
    for (let chunk = 0; chunk < maxChunks && at < this.#fileBytes && !(format && data); chunk++) {
      chunkStart = at;
      const header = await this.#read(at, 8);
      if (header.byteLength < 8) throw this.#cut(chunkStart);
      const id = fourCc(header, 0);
      const size = header.getUint32(4, true);
      const start = at + 8;
      if (id === 'fmt ') {
        if (start + size > this.#fileBytes) throw this.#cut(chunkStart);
        format ??= parseWaveFormat(await this.#read(start, Math.min(size, maxFormatBytes)), this.#path);
      } else if (id === 'ds64' && size >= 16) {
        const sizes = await this.#read(start, 16);
        if (sizes.byteLength < 16) throw this.#cut(chunkStart);
        longDataSize = Number(sizes.getBigUint64(8, true));
      } else if (id === 'data') {
        data = { start, size: size === unknownSize ? (longDataSize ?? unknownSize) : size };
      }
      at = await this.#endOfChunk(start, size);
    }
    if (format && data) return this.#layout(format, data.start, data.size);
    if (at > this.#fileBytes || (riffBytes !== unknownSize && riffBytes + 8 > this.#fileBytes))
      throw this.#cut(chunkStart);
    if (data)
      throw this.#error('wav-no-format', 'the WAV file has no "fmt " chunk to say what its samples are');
    throw this.#error('wav-no-audio', 'the WAV file has no "data" chunk, so no audio');
  }

  async #readOuterHeader(): Promise<number> {
    if (this.#fileBytes === 0) throw this.#error('wav-empty', 'the WAV file is empty: 0 bytes');
    const header = await this.#read(0, 12);
    const magic = fourCc(header, 0);
    if (magic === 'RIFX') {
      throw this.#error('wav-unsupported-codec', 'the WAV file is big-endian (RIFX), which is not supported');
    }
    const known = magic === 'RIFF' || magic === 'RF64' || magic === 'BW64';
    if (header.byteLength < 12) {
      if (known || 'RIFF'.startsWith(magic)) throw this.#cut(0);
    } else if (known && fourCc(header, 8) === 'WAVE') {
      return header.getUint32(4, true);
    }
    const begins = known
      ? `${magic} with ${JSON.stringify(fourCc(header, 8))} inside`
      : JSON.stringify(magic);
    throw this.#error('wav-not-riff', 'the file is not a WAV file', `it begins with ${begins}`);
  }

  /** Chunks are padded to even length with a zero byte (RIFF, 1991), which some writers forget. */
  async #endOfChunk(start: number, size: number): Promise<number> {
    const end = start + size;
    if (size % 2 === 0 || end >= this.#fileBytes) return end;
    const next = await this.#read(end, 4);
    const padded = next.getUint8(0) === 0 || !isFourCc(next);
    return padded ? end + 1 : end;
  }

  async #layout(format: WaveFormat, dataStart: number, size: number): Promise<WaveLayout> {
    const available = Math.max(0, this.#fileBytes - dataStart);
    const isUnknown = size === unknownSize || (size === 0 && !(await this.#isChunkRow(dataStart)));
    const frames = Math.floor((isUnknown ? available : Math.min(size, available)) / format.blockBytes);
    if (frames === 0) {
      const reason = `the header promises ${size} bytes of it, and ${available} bytes are there`;
      throw this.#error('wav-no-audio', 'the WAV file holds no audio', reason);
    }
    const promisedFrames = size === unknownSize ? undefined : Math.floor(size / format.blockBytes);
    return { format, dataStart, frames, promisedFrames };
  }

  /** Tells an empty `data` chunk with others behind it from one whose size was never filled in. */
  async #isChunkRow(start: number): Promise<boolean> {
    let at = start;
    for (let chunk = 0; chunk < maxChunks && at < this.#fileBytes; chunk++) {
      const header = await this.#read(at, 8);
      if (header.byteLength < 8 || !isFourCc(header)) return false;
      at = await this.#endOfChunk(at + 8, header.getUint32(4, true));
    }
    return at === this.#fileBytes;
  }

  async #read(start: number, length: number): Promise<DataView> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.#fileBytes - start)));
    if (bytes.length === 0) return new DataView(bytes.buffer);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, start);
    return new DataView(bytes.buffer, 0, bytesRead);
  }

  #cut(chunkStart: number): VoiceloopError {
    const reason = `the file ends at byte ${this.#fileBytes}, and the chunk at byte ${chunkStart} is not complete`;
    return this.#error('wav-header-cut', 'the WAV file is cut off inside its header', reason);
  }

  #error(code: string, message: string, reason?: string): VoiceloopError {
    return new VoiceloopError('input', code, message, {
      where: this.#path,
      ...(reason === undefined ? {} : { reason }),
      hint: 'give a WAV file with PCM, float or G.711 samples; `ffmpeg -i INPUT OUTPUT.wav` makes one',
    });
  }
}

function fourCc(view: DataView, at: number): string {
  let text = '';
  for (let i = at; i < Math.min(at + 4, view.byteLength); i++) text += String.fromCharCode(view.getUint8(i));
  return text;
}

function isFourCc(view: DataView): boolean {
  return /^[ -~]{4}$/.test(fourCc(view, 0));
}
