/**
 * Writing WAV files that are valid at any moment, also when the program is killed.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { VoiceloopError } from '../errors.ts';
import { encodeSamples } from './sample-format.ts';
import { type HeaderFormat, riffHeader, riffHeaderBytes } from './wave-header.ts';

/** What a {@link WavWriter} writes. */
export interface WavWriterOptions {
  readonly rateHz: number;
  readonly channels: number;
}

/** RIFF counts its bytes, less the first 8, in 32 bits. */
const maxDataBytes = 0xffff_ffff - (riffHeaderBytes - 8);

/** What a crash may cost at most. */
const bufferMs = 250;

/**
 * Writes 16-bit PCM. The file is valid at any moment: samples are written first and the sizes in the header after them,
 * so that it never promises more than it holds, and a crash costs the last quarter of a second at most. When the disk is
 * full, or 4 GiB are reached, the writer stops, keeps what it has, and says so in {@link WavWriter.error}.
 *
 * Calls are synchronous and take effect in order; four small writes a second are nothing that an event loop would notice.
 *
 * @throws {VoiceloopError} `out-not-writable` (kind `usage`) when the file cannot be made
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openWav, WavWriter } from 'voiceloop';
 *
 * const path = join(tmpdir(), 'voiceloop-example.wav');
 * const writer = new WavWriter(path, { rateHz: 24_000, channels: 1 });
 * writer.write(new Float32Array(24_000));
 * writer.close();
 * const wav = await openWav(path);
 * console.log(wav.frames); // 24000
 * await wav.close();
 * ```
 */
export class WavWriter {
  readonly path: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly #file: number;
  readonly #buffer: Uint8Array;
  readonly #format: HeaderFormat;
  readonly #blockBytes: number;
  #bufferedBytes = 0;
  #dataBytes = 0;
  #error: VoiceloopError | undefined;
  #closed = false;

  constructor(path: string, options: WavWriterOptions) {
    const { rateHz, channels } = options;
    if (!Number.isInteger(rateHz) || rateHz < 1)
      throw new RangeError(`cannot write a WAV file at ${rateHz} Hz`);
    if (!Number.isInteger(channels) || channels < 1)
      throw new RangeError(`cannot write ${channels} channels`);
    this.path = path;
    this.rateHz = rateHz;
    this.channels = channels;
    this.#format = { encoding: 'pcm', rateHz, channels, sampleBytes: 2 };
    this.#blockBytes = 2 * channels;
    this.#buffer = new Uint8Array(Math.ceil((rateHz * bufferMs) / 1000) * this.#blockBytes);
    let file: number | undefined;
    try {
      file = openSync(path, 'w');
      writeAll(file, riffHeader(this.#format, 0), 0);
      this.#file = file;
    } catch (error) {
      if (file !== undefined) closeSync(file);
      throw new VoiceloopError('usage', 'out-not-writable', 'the recording cannot be written there', {
        where: path,
        reason: (error as Error).message,
        hint: 'name a file in a folder that exists and that you may write to',
        cause: error,
      });
    }
  }

  /** Frames that were taken; after an error, those that are in the file. */
  get frames(): number {
    return (this.#dataBytes + this.#bufferedBytes) / this.#blockBytes;
  }

  /** Why the writer stopped before it was closed; undefined while all is well. */
  get error(): VoiceloopError | undefined {
    return this.#error;
  }

  /**
   * Takes samples with full scale −1 to 1, the channels in turn. Never fails because of the disk: see
   * {@link WavWriter.error}. After an error, and after `close`, samples are dropped.
   *
   * @throws {RangeError} when the samples end inside a frame
   */
  write(interleaved: Float32Array): void {
    if (interleaved.length % this.channels !== 0) {
      throw new RangeError(`${interleaved.length} samples are no whole frames of ${this.channels} channels`);
    }
    for (let at = 0; at < interleaved.length && !this.#error && !this.#closed; ) {
      const room = (this.#buffer.length - this.#bufferedBytes) / 2;
      const taken = interleaved.subarray(at, at + room);
      encodeSamples('pcm16', taken, this.#buffer.subarray(this.#bufferedBytes));
      this.#bufferedBytes += 2 * taken.length;
      at += taken.length;
      if (this.#bufferedBytes === this.#buffer.length) this.#flush();
    }
  }

  /** Writes what is held and closes the file. */
  close(): void {
    if (this.#closed) return;
    if (!this.#error) this.#flush();
    this.#closed = true;
    try {
      closeSync(this.#file);
    } catch (error) {
      this.#stop((error as Error).message, error);
    }
  }

  #flush(): void {
    if (this.#bufferedBytes === 0) return;
    const room = maxDataBytes - (maxDataBytes % this.#blockBytes) - this.#dataBytes;
    const bytes = this.#buffer.subarray(0, Math.min(this.#bufferedBytes, room));
    try {
      writeAll(this.#file, bytes, riffHeaderBytes + this.#dataBytes);
      writeAll(this.#file, riffHeader(this.#format, this.#dataBytes + bytes.length), 0);
      this.#dataBytes += bytes.length;
      if (bytes.length < this.#bufferedBytes) this.#stop('a WAV file cannot hold more than 4 GiB');
    } catch (error) {
      this.#stop((error as Error).message, error);
    }
    this.#bufferedBytes = 0;
  }

  #stop(reason: string, cause?: unknown): void {
    this.#error ??= new VoiceloopError(
      'failure',
      'recording-stopped',
      'the recording stopped before the end',
      {
        where: this.path,
        reason,
        hint: `${(this.#dataBytes / this.#blockBytes / this.rateHz).toFixed(1)} s are kept; make room and record again`,
        cause,
      },
    );
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}
