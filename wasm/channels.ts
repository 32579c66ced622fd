/**
 * Channels out of interleaved samples and back.
 *
 * @module
 */
import { deinterleaveStereo, interleaveStereo } from './loader/stereo.ts';

/** The beginnings of a buffer, an array for each length that was asked for: blocks of a stream have one length, or two. */
class Beginnings {
  readonly #length: number;
  #buffer: Float32Array | undefined;
  readonly #views: Float32Array[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  first(count: number): Float32Array {
    this.#buffer ??= new Float32Array(this.#length);
    this.#views[count] ??= this.#buffer.subarray(0, count);
    return this.#views[count];
  }
}

/** A stream's channels, one by one and interleaved. A stream of one channel is spared all copies. */
export class Channels {
  readonly count: number;
  readonly #planes: readonly Beginnings[];
  readonly #interleaved: Beginnings;

  /** @throws {RangeError} where `count` is no positive integer */
  constructor(count: number, maxFrames: number) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`the number of channels must be a positive integer, received ${count}`);
    }
    this.count = count;
    this.#planes = Array.from({ length: count }, () => new Beginnings(maxFrames));
    this.#interleaved = new Beginnings(maxFrames * count);
  }

  /** Where the samples of one channel are. */
  plane(channel: number, frames: number): Float32Array {
    return (this.#planes[channel] as Beginnings).first(frames);
  }

  /**
   * One channel of `frames` frames of interleaved samples, from frame `first` on. The channels are asked for in order: the first
   * of two takes both apart.
   */
  take(channel: number, input: Float32Array, first: number, frames: number): Float32Array {
    const { count } = this;
    // A whole block needs no view of a part of it, which would be garbage for each block.
    if (count === 1) return frames === input.length ? input : input.subarray(first, first + frames);
    const plane = this.plane(channel, frames);
    if (count > 2) {
      for (let i = 0; i < frames; i++) plane[i] = input[(first + i) * count + channel] as number;
    } else if (channel === 0) {
      deinterleaveStereo(input, first, frames, plane, this.plane(1, frames));
    }
    return plane;
  }

  /** `frames` frames of all planes in one array, the channels in turn. */
  join(frames: number): Float32Array {
    const { count } = this;
    if (count === 1) return this.plane(0, frames);
    const joined = this.#interleaved.first(frames * count);
    if (count === 2) {
      interleaveStereo(this.plane(0, frames), this.plane(1, frames), joined);
    } else {
      for (let channel = 0; channel < count; channel++) {
        const plane = this.plane(channel, frames);
        for (let i = 0; i < frames; i++) joined[i * count + channel] = plane[i] as number;
      }
    }
    return joined;
  }
}
