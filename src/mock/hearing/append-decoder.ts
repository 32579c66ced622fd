/**
 * From the base64 of an append to samples.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { bytesPerSample, decodeSamples, type WireFormat } from '../../audio/sample-format.ts';
import { RequestRefused } from '../event-channel.ts';

const longestAppendBytes = 15 * 1024 * 1024;
/** Room for 100 ms of the largest format; longer appends get memory of their own, which goes with them. */
const usualBytes = 16_384;

/** Decodes one append after the other into the same memory: 50 frames a second make no garbage. */
export class AppendDecoder {
  readonly #wire: WireFormat;
  readonly #channels: number;
  readonly #bytes = Buffer.alloc(usualBytes);
  readonly #samples = new Float32Array(usualBytes);

  /** @param channels how many are interleaved */
  constructor(wire: WireFormat, channels: number) {
    this.#wire = wire;
    this.#channels = channels;
  }

  /**
   * @returns interleaved samples, valid until the next call
   * @throws {RequestRefused} where it is not base64, not whole samples, or more than 15 MiB
   */
  decode(audio: string): Float32Array {
    const bytes = this.#bytesOf(audio);
    const sampleBytes = bytesPerSample(this.#wire.format);
    const frameBytes = sampleBytes * this.#channels;
    if (bytes.length % frameBytes !== 0) {
      const message = `The audio holds ${bytes.length} bytes, which are not whole samples of ${frameBytes} bytes.`;
      throw new RequestRefused('invalid_value', message, 'audio');
    }
    const count = bytes.length / sampleBytes;
    const samples =
      count <= this.#samples.length ? this.#samples.subarray(0, count) : new Float32Array(count);
    decodeSamples(this.#wire.format, bytes, samples);
    return samples;
  }

  #bytesOf(text: string): Buffer {
    if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      throw new RequestRefused('invalid_value', 'The audio is not base64.', 'audio');
    }
    if ((text.length / 4) * 3 > longestAppendBytes) {
      throw new RequestRefused('invalid_value', 'The audio is longer than 15 MiB.', 'audio');
    }
    if ((text.length / 4) * 3 > usualBytes) return Buffer.from(text, 'base64');
    return this.#bytes.subarray(0, this.#bytes.write(text, 'base64'));
  }
}
