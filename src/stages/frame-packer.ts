/**
 * The uplink's last stage before the socket: audio of any block size becomes messages of one length.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { AudioBlock } from '../audio/audio-block.ts';
import { bytesPerSample, Dither, encodeSamples, type SampleFormat } from '../audio/sample-format.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { encodeBase64 } from './base64.ts';

export interface FramePackerOptions {
  /** Length of a frame in milliseconds, 10 to 200; a whole number of samples. Default 20. */
  readonly frameMs?: number;
  /** Rate of the blocks and of the message, in Hz. */
  readonly rateHz: number;
  /** Interleaved channels; 2 where the echo reference travels beside the microphone. Default 1. */
  readonly channels?: 1 | 2;
  /** How samples are stored in the message. Default `pcm16`. */
  readonly format?: SampleFormat;
  /** Adds triangular dither before `pcm16` is rounded, the same in every run. Default false. */
  readonly dither?: boolean;
}

/** One finished message, with the time it holds. It may be kept. */
export interface UplinkFrame {
  /** An `input_audio_buffer.append`, ready to be sent. */
  readonly message: string;
  /** When its first sample was captured, on the loop's clock. */
  readonly timeMs: number;
  /** When the last sample that was captured for it ended; the silence that fills up the last frame does not count. */
  readonly endMs: number;
  /** Counts the frames from 0; a reset does not start again. */
  readonly frame: number;
}

/**
 * Collects blocks of any size into frames and writes each as the message that carries it. The end of the input sends the
 * last frame filled up with silence; a reset drops the frame that is not full. Its delay is the length of a frame: the
 * first sample of each waits for the last.
 *
 * @throws {RangeError} for a frame length out of range or not of whole samples, and for a block of another rate or channel count
 * @example
 * ```ts
 * import { framePacker, inlet, type UplinkFrame } from 'voiceloop';
 *
 * const packer = framePacker({ rateHz: 24_000 }).open(
 *   inlet(({ message, timeMs, endMs }: UplinkFrame) => console.log(message.length, timeMs, endMs)),
 * );
 * const samples = new Float32Array(720);
 * packer.push({ samples, rateHz: 24_000, channels: 1, timeMs: 100 }); // 1327 100 120
 * packer.end(); // 1327 120 130
 * ```
 */
export function framePacker(options: FramePackerOptions): Stage<AudioBlock, UplinkFrame> {
  const { frameMs = 20, rateHz, channels = 1, format = 'pcm16', dither = false } = options;
  if (!(frameMs >= 10 && frameMs <= 200)) throw new RangeError(`a frame lasts 10 to 200 ms, not ${frameMs}`);
  const samplesPerChannel = (rateHz * frameMs) / 1000;
  if (!Number.isInteger(samplesPerChannel)) {
    throw new RangeError(`${frameMs} ms at ${rateHz} Hz is not a whole number of samples`);
  }
  return {
    name: `${frameMs} ms frames`,
    delayMs: frameMs,
    open: (outlet) => new Packer({ frameMs, rateHz, channels, format, dither }, outlet),
  };
}

class Packer implements Inlet<AudioBlock> {
  readonly #rateHz: number;
  readonly #channels: number;
  readonly #format: SampleFormat;
  readonly #dither: Dither | undefined;
  readonly #outlet: Inlet<UplinkFrame>;
  readonly #samples: Float32Array;
  readonly #bytes: Buffer;
  #filled = 0;
  #timeMs = 0;
  #endMs = 0;
  #frame = 0;

  constructor(options: Required<FramePackerOptions>, outlet: Inlet<UplinkFrame>) {
    this.#rateHz = options.rateHz;
    this.#channels = options.channels;
    this.#format = options.format;
    this.#dither = options.dither ? new Dither(1) : undefined;
    this.#outlet = outlet;
    this.#samples = new Float32Array(((options.rateHz * options.frameMs) / 1000) * options.channels);
    this.#bytes = Buffer.alloc(this.#samples.length * bytesPerSample(options.format));
  }

  push({ samples, rateHz, channels, timeMs }: AudioBlock): void {
    if (rateHz !== this.#rateHz || channels !== this.#channels) {
      const expected = `${this.#rateHz} Hz and ${this.#channels} channel(s)`;
      throw new RangeError(
        `frames of ${expected} cannot be packed from ${rateHz} Hz and ${channels} channel(s)`,
      );
    }
    const msPerSample = 1000 / (rateHz * channels);
    if (this.#filled === 0 && samples.length === this.#samples.length) {
      this.#timeMs = timeMs;
      this.#endMs = timeMs + samples.length * msPerSample;
      this.#send(samples);
      return;
    }
    for (let from = 0; from < samples.length; ) {
      if (this.#filled === 0) this.#timeMs = timeMs + from * msPerSample;
      const until = Math.min(samples.length, from + this.#samples.length - this.#filled);
      while (from < until) this.#samples[this.#filled++] = samples[from++] as number;
      this.#endMs = timeMs + until * msPerSample;
      if (this.#filled === this.#samples.length) this.#send(this.#samples);
    }
  }

  end(): void {
    if (this.#filled > 0) {
      this.#samples.fill(0, this.#filled);
      this.#send(this.#samples);
    }
    this.#outlet.end();
  }

  reset(): void {
    this.#filled = 0;
    this.#outlet.reset();
  }

  #send(samples: Float32Array): void {
    this.#filled = 0;
    encodeSamples(this.#format, samples, this.#bytes, this.#dither);
    // Base64 needs no escaping: joining strings spares JSON.stringify, on Node the dearest step of framing.
    const message = `{"type":"input_audio_buffer.append","audio":"${encodeBase64(this.#bytes)}"}`;
    this.#outlet.push({ message, timeMs: this.#timeMs, endMs: this.#endMs, frame: this.#frame++ });
  }
}
