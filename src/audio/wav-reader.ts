/**
 * Reading WAV files as mono audio, a piece at a time.
 *
 * @module
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { AudioSample, Input } from 'mediabunny';
import { VoiceloopError } from '../errors.ts';
import { readWaveLayout, type WaveLayout } from './riff-header.ts';
import { rf64Header } from './wave-header.ts';

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
  /** Lets go of the file; reading after that is an error. */
  close(): Promise<void>;
}

/** What is kept of the file while it is read. An hour at 48 kHz stereo would be 690 MB. */
const maxCacheBytes = 512 * 1024;

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
 * console.log(wav.format, wav.rateHz, (await wav.read(480))?.length); // 16-bit PCM 24000 480
 * await wav.close();
 * ```
 */
export async function openWav(path: string): Promise<WavReader> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const layout = await readWaveLayout(file, size, path);
    const input = await openDecoder(file, layout);
    return new FileWavReader(path, layout, file, input, await decode(input));
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
      throw new VoiceloopError('input', 'wav-unreadable', 'the path is not a regular file', { ...where, hint });
    }
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof VoiceloopError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(path, error);
    const hint = 'check the path; it is taken from the current folder';
    throw new VoiceloopError('input', 'wav-not-found', 'the WAV file does not exist', { ...where, hint, cause: error });
  }
}

function unreadable(path: string, cause: unknown): VoiceloopError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VoiceloopError('input', 'wav-unreadable', 'the WAV file cannot be read', {
    where: path,
    reason,
    hint: 'check that the file may be read and that no other program is writing it',
    cause,
  });
}

/**
 * The decoder sees a file with a header of our own making before the samples, so that it meets neither wrong sizes nor
 * other chunks.
 */
async function openDecoder(file: FileHandle, layout: WaveLayout): Promise<Input> {
  // Loaded here, because loading takes about 100 ms, which a command without WAV files need not pay.
  const { CustomSource, Input, WAVE } = await import('mediabunny');
  const header = rf64Header(layout.format, layout.frames);
  const source = new CustomSource({
    getSize: () => header.length + layout.frames * layout.format.blockBytes,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      const fromHeader = header.subarray(start, end);
      bytes.set(fromHeader);
      for (let filled = fromHeader.length; filled < bytes.length; ) {
        const at = layout.dataStart + start + filled - header.length;
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at);
        if (bytesRead === 0) throw new Error(`the file became shorter than ${at} bytes while it was read`);
        filled += bytesRead;
      }
      return bytes;
    },
    maxCacheSize: maxCacheBytes,
    prefetchProfile: 'fileSystem',
    // What fails ahead of time fails again, and is reported, when it is asked for.
    handleUnhandledError: () => {},
  });
  return new Input({ source, formats: [WAVE] });
}

async function decode(input: Input): Promise<AsyncGenerator<AudioSample, void, unknown>> {
  const { AudioSampleSink } = await import('mediabunny');
  const track = await input.getPrimaryAudioTrack();
  if (!track) throw new Error('the decoder found no audio');
  return new AudioSampleSink(track).samples();
}

class FileWavReader implements WavReader {
  readonly path: string;
  readonly rateHz: number;
  readonly channels: number;
  readonly format: string;
  readonly frames: number;
  readonly warnings: readonly string[];
  readonly #file: FileHandle;
  readonly #input: Input;
  readonly #decoded: AsyncGenerator<AudioSample, void, unknown>;
  #interleaved = new Float32Array(0);
  #mono = new Float32Array(0);
  #monoFrom = 0;
  #monoTo = 0;
  #framesRead = 0;
  #closed = false;

  constructor(
    path: string,
    layout: WaveLayout,
    file: FileHandle,
    input: Input,
    decoded: AsyncGenerator<AudioSample, void, unknown>,
  ) {
    this.path = path;
    this.rateHz = layout.format.rateHz;
    this.channels = layout.format.channels;
    this.format = layout.format.text;
    this.frames = layout.frames;
    this.warnings = lengthWarnings(layout);
    this.#file = file;
    this.#input = input;
    this.#decoded = decoded;
  }

  async read(maxFrames: number): Promise<Float32Array | undefined> {
    if (!Number.isInteger(maxFrames) || maxFrames < 1) throw new RangeError(`cannot read ${maxFrames} frames`);
    if (this.#closed) throw new TypeError(`${this.path} was closed`);
    const count = Math.min(maxFrames, this.frames - this.#framesRead);
    if (count === 0) return undefined;
    const samples = new Float32Array(count);
    for (let filled = 0; filled < count; ) {
      if (this.#monoFrom === this.#monoTo) await this.#decodeMore();
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
    await this.#decoded.return();
    this.#input.dispose();
    await this.#file.close();
  }

  async #decodeMore(): Promise<void> {
    let sample: AudioSample | undefined;
    try {
      sample = (await this.#decoded.next()).value ?? undefined;
    } catch (error) {
      throw unreadable(this.path, error);
    }
    if (!sample) throw unreadable(this.path, new Error('the decoder ended before the samples did'));
    const frames = sample.numberOfFrames;
    if (this.#mono.length < frames) {
      this.#mono = new Float32Array(frames);
      this.#interleaved = new Float32Array(frames * this.channels);
    }
    sample.copyTo(this.#interleaved, { format: 'f32', planeIndex: 0 });
    sample.close();
    mixDown(this.#interleaved, this.channels, this.#mono, frames);
    this.#monoFrom = 0;
    this.#monoTo = frames;
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
