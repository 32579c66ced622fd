/**
 * Bytes as a pipe cuts them, made whole frames again.
 *
 * @module
 */

const bytesPerSample = 4;

/**
 * 32-bit floats, little-endian, interleaved. A chunk may end in the middle of a sample; the rest waits for the next one.
 * Memory and views are reused while chunks have one size, as those of sound programs do.
 */
export class SamplePipe {
  readonly #channels: number;
  readonly #frameBytes: number;
  /** As floats and as bytes: a chunk's own memory need not be aligned. */
  #samples = new Float32Array(0);
  #bytes = new Uint8Array(0);
  #view = this.#samples;
  /** Bytes of a frame that is not whole yet, at the beginning of the memory. */
  #heldBytes = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#frameBytes = channels * bytesPerSample;
  }

  /** @param take is called with the whole frames that there are now, valid during the call; not called for none */
  push(chunk: Uint8Array, take: (samples: Float32Array) => void): void {
    const bytes = this.#heldBytes + chunk.length;
    this.#reserve(bytes);
    this.#bytes.set(chunk, this.#heldBytes);
    const frames = Math.floor(bytes / this.#frameBytes);
    const wholeBytes = frames * this.#frameBytes;
    if (frames > 0) {
      const samples = frames * this.#channels;
      if (this.#view.length !== samples) this.#view = this.#samples.subarray(0, samples);
      take(this.#view);
    }
    this.#bytes.copyWithin(0, wholeBytes, bytes);
    this.#heldBytes = bytes - wholeBytes;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Float32Array(Math.ceil(bytes / bytesPerSample));
    const grownBytes = new Uint8Array(grown.buffer);
    grownBytes.set(this.#bytes.subarray(0, this.#heldBytes));
    this.#samples = grown;
    this.#bytes = grownBytes;
    this.#view = grown;
  }
}
