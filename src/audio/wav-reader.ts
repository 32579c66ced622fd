/**
 * Reading WAV files as mono audio, a piece at a time.
 *
 * @module
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { messageOf, VoiceloopError } from '../errors.ts';
import { readWaveLayout, type WaveLayout } from './riff-header.ts';
import { type DecodedSamples, WavDecoder } from './wav-decoder.ts';

/** An open WAV file, read from its beginning to its end. */
export interface WavReader {
  readonly path: string;
  readonly rateHz: number;
  /** In the file; what is read is mixed down to one. */
  readonly channels: number;
  /** What the samples are in the file, for people: `24-bit PCM`. */
  readonly format: string;
  /** Samples of each channel that are really there, whatever the header promises. */
  readonly frames: number;
  /** Sentences about what is wrong with the file but does not keep it from being read. */
  readonly warnings: readonly string[];
  /**
   * Gives the next samples, the mean of all channels: exactly `maxFrames` until the file ends, then what is left, then
   * undefined. The array is the caller's. One call at a time.
   *
   * @throws {RangeError} when `maxFrames` is not a positive integer
   * @throws {VoiceloopError} `wav-unreadable`, when the disk fails or the file became shorter meanwhile
   */
  read(maxFrames: number): Promise<Float32Array | undefined>;
  /** Lets go of the file. A read that is under way gives undefined; one that begins after this is an error. */
  close(): Promise<void>;
}

/**
 * Opens a WAV file and checks everything that can be checked before its samples are used: RIFF or RF64 with 8 to 32-bit
 * PCM, 32 or 64-bit float, A-law or µ-law, at any rate, with any number of channels. A file that is cut off, or whose
 * sizes are not true, is read as far as it goes, with a warning. 16-bit samples come out as exactly their integer / 32768;
 * float samples that are no numbers come out as silence.
 *
 * @throws {VoiceloopError} of kind `input`: `wav-not-found`, `wav-is-directory`, `wav-unreadable`, `wav-empty`,
 *   `wav-not-riff`, `wav-header-cut`, `wav-no-format`, `wav-bad-format`, `wav-bad-rate`, `wav-bad-channels`,
 *   `wav-unsupported-codec`, `wav-no-audio`
 * @example
 * ```ts
 * import { openWav } from 'voiceloop';
 *
 * const wav = await openWav('fixtures/opening-hours.wav');
 * console.log(wav.format, wav.rateHz, (await wav.read(480))?.length); // 16-bit PCM 48000 480
 * await wav.close();
 * ```
 */
export async function openWav(path: string): Promise<WavReader> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const layout = await readWaveLayout(file, size, path);
    return new FileWavReader(path, layout, file, await WavDecoder.open(file, layout));
  } catch (error) {
    await file.close();
    throw error instanceof VoiceloopError ? error : unreadable(path, error);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const where = { where: path };
  try {
    // Asked before opening, because opening a named pipe waits for its other end.
    const found = await stat(path);
    if (found.isDirectory()) {
      const hint = 'name the WAV files inside it';
      throw new VoiceloopError('input', 'wav-is-directory', 'a folder is not a WAV file', { ...where, hint });
    }
    if (!found.isFile()) {
      const hint = 'give a regular file: a WAV file is read with its length known';
      throw new VoiceloopError('input', 'wav-unreadable', 'the path is not a regular file', {
        ...where,
        hint,
      });
    }
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof VoiceloopError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(path, error);
    const hint = 'check the path; it is taken from the current folder';
    throw new VoiceloopError('input', 'wav-not-found', 'the WAV file does not exist', {
      ...where,
      hint,
      cause: error,
    });
  }
}

function unreadable(path: string, cause: unknown): VoiceloopError {
  const reason = messageOf(cause);
  return new VoiceloopError('input', 'wav-unreadable', 'the WAV file cannot be read', {
    where: path,
    reason,
    hint: 'check that the file may be read and that no other program is writing it',
    cause,
  });
}

class FileWavReader implements WavReader {
  readonly path: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly format: string;
  readonly frames: number;
  readonly warnings: readonly string[];
  readonly #file: FileHandle;
  readonly #decoder: WavDecoder;
  #mono = new Float32Array(0);
  #monoFrom = 0;
  #monoTo = 0;
  #framesRead = 0;
  #closed = false;

  constructor(path: string, layout: WaveLayout, file: FileHandle, decoder: WavDecoder) {
    this.path = path;
    this.rateHz = layout.format.rateHz;
    this.channels = layout.format.channels;
    this.format = layout.format.text;
    this.frames = layout.frames;
    this.warnings = lengthWarnings(layout);
    this.#file = file;
    this.#decoder = decoder;
  }

  async read(maxFrames: number): Promise<Float32Array | undefined> {
    if (!Number.isInteger(maxFrames) || maxFrames < 1)
      throw new RangeError(`cannot read ${maxFrames} frames`);
    if (this.#closed) throw new TypeError(`${this.path} was closed`);
    const count = Math.min(maxFrames, this.frames - this.#framesRead);
    if (count === 0) return undefined;
    const samples = new Float32Array(count);
    for (let filled = 0; filled < count; ) {
      if (this.#monoFrom === this.#monoTo && !(await this.#decodeMore())) return undefined;
      const from = this.#monoFrom;
      const to = Math.min(this.#monoTo, from + count - filled);
      samples.set(this.#mono.subarray(from, to), filled);
      filled += to - from;
      this.#monoFrom = to;
    }
    this.#framesRead += count;
    return samples;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#decoder.close();
    await this.#file.close();
  }

  /** False when the file was closed meanwhile. */
  async #decodeMore(): Promise<boolean> {
    let decoded: DecodedSamples | undefined;
    try {
      decoded = await this.#decoder.next();
      if (!decoded && !this.#closed) throw new Error('the decoder ended before the samples did');
    } catch (error) {
      if (!this.#closed) throw unreadable(this.path, error);
    }
    if (this.#closed || !decoded) return false;
    if (this.#mono.length < decoded.frames) this.#mono = new Float32Array(decoded.frames);
    mixDown(decoded.samples, this.channels, this.#mono, decoded.frames);
    this.#monoFrom = 0;
    this.#monoTo = decoded.frames;
    return true;
  }
}

function mixDown(interleaved: Float32Array, channels: number, mono: Float32Array, frames: number): void {
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let i = frame * channels; i < (frame + 1) * channels; i++) sum += interleaved[i] as number;
    // One NaN would stay in every recursive filter behind this for ever.
    mono[frame] = Number.isFinite(sum) ? sum / channels : 0;
  }
}

function lengthWarnings(layout: WaveLayout): string[] {
  const { frames, promisedFrames } = layout;
  const seconds = (count: number) => (count / layout.format.rateHz).toFixed(2);
  if (promisedFrames === undefined) {
    return [`The WAV file's header gives no length; the ${seconds(frames)} s that are there are used.`];
  }
  if (promisedFrames === frames) return [];
  return [
    `The WAV file's header promises ${seconds(promisedFrames)} s, and ${seconds(frames)} s are there; these are used.`,
  ];
}
