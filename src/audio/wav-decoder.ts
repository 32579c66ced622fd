/**
 * The samples of a WAV file as interleaved float, decoded by mediabunny.
 *
 * @module
 */
import type { FileHandle } from 'node:fs/promises';
import type { AudioSample, Input } from 'mediabunny';
import type { WaveLayout } from './riff-header.ts';
import { rf64Header } from './wave-header.ts';

/** How much of the file is read at once. */
const pieceBytes = 64 * 1024;

/** What is kept of what was read: the decoder never goes back by more than a packet. */
const maxCacheBytes = 4 * pieceBytes;

/** A run of decoded samples. */
export interface DecodedSamples {
  readonly frames: number;
  /** Interleaved, perhaps with room behind; valid until the next call. */
  readonly samples: Float32Array;
}

/**
 * Decodes from the first sample to the last. The decoder sees a stream with a header of our own making before the
 * samples, so that it meets neither wrong sizes nor other chunks; and a stream rather than a file, because in a file it
 * looks for chunks behind the samples, and takes samples for chunks where these are more than 4 GiB.
 */
export class WavDecoder {
  readonly #channels: number;
  readonly #bytes: LayoutBytes;
  readonly #input: Input;
  readonly #decoded: AsyncGenerator<AudioSample, void, unknown>;
  #samples = new Float32Array(0);

  private constructor(
    layout: WaveLayout,
    bytes: LayoutBytes,
    input: Input,
    decoded: AsyncGenerator<AudioSample, void, unknown>,
  ) {
    this.#channels = layout.format.channels;
    this.#bytes = bytes;
    this.#input = input;
    this.#decoded = decoded;
  }

  static async open(file: FileHandle, layout: WaveLayout): Promise<WavDecoder> {
    // Loaded here, because loading takes about 100 ms, which a command without WAV files need not pay.
    const { AudioSampleSink, Input, ReadableStreamSource, WAVE } = await import('mediabunny');
    const bytes = new LayoutBytes(file, layout);
    const source = new ReadableStreamSource(bytes.stream, { maxCacheSize: maxCacheBytes });
    const input = new Input({ source, formats: [WAVE] });
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw new Error('the decoder found no audio');
    return new WavDecoder(layout, bytes, input, new AudioSampleSink(track).samples());
  }

  /** The next samples; undefined at the end. */
  async next(): Promise<DecodedSamples | undefined> {
    const { value: decoded } = await this.#decoded.next();
    if (!decoded) return undefined;
    const frames = decoded.numberOfFrames;
    if (this.#samples.length < frames * this.#channels)
      this.#samples = new Float32Array(frames * this.#channels);
    decoded.copyTo(this.#samples, { format: 'f32', planeIndex: 0 });
    decoded.close();
    return { frames, samples: this.#samples };
  }

  /** Settles when the file is not read any more. */
  async close(): Promise<void> {
    await this.#decoded.return();
    this.#input.dispose();
    await this.#bytes.pending;
  }
}

/** A canonical header and, behind it, the samples of a file. */
class LayoutBytes {
  readonly stream: ReadableStream<Uint8Array>;
  /** Settles when the read that is under way is over. */
  pending: Promise<unknown> = Promise.resolve();

  constructor(file: FileHandle, layout: WaveLayout) {
    let at = layout.dataStart;
    const end = layout.dataStart + layout.frames * layout.format.blockBytes;
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => controller.enqueue(rf64Header(layout.format, layout.frames)),
      pull: async (controller) => {
        if (at === end) return controller.close();
        const bytes = new Uint8Array(Math.min(pieceBytes, end - at));
        const reading = file.read(bytes, 0, bytes.length, at);
        this.pending = reading.catch(() => {});
        const { bytesRead } = await reading;
        if (bytesRead === 0)
          throw new Error(`the file became shorter than ${at + 1} bytes while it was read`);
        at += bytesRead;
        controller.enqueue(bytes.subarray(0, bytesRead));
      },
    };
    this.stream = new ReadableStream(source, { highWaterMark: 0 });
  }
}
