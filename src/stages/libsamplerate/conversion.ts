/**
 * One stream through libsamplerate, frame-exact from its first block to its tail.
 *
 * @module
 */
import { ratioBetween } from '../../../wasm/filter-design.ts';
import { VoiceloopError } from '../../errors.ts';
import type { RateConversion } from '../rate-conversion.ts';
import type { Instance } from './instances.ts';

/** The package's buffers, in and out. A longer input it would cut up, and lose the end of it. */
const maxSamples = 1_008_000;

/**
 * libsamplerate holds back what its filter still looks ahead for, and never gives the end. Therefore as many frames of silence
 * as the filter looks ahead go in before the stream, which makes n input frames give ⌈n · toHz / fromHz⌉ frames at once, and
 * twice as many after it, which bring out the delay and then the tail.
 *
 * libsamplerate adds up its position in floating point, and where the true one is a whole input frame, it may come out a trace
 * below and the output one input frame too early: that one frame waits here until it is due.
 *
 * With blocks of one length nothing is allocated here. The package's glue between JavaScript and C leaves some 300 bytes a block.
 */
export class LibsamplerateConversion implements RateConversion {
  readonly delayMs: number;
  readonly maxFrames: number;
  /** Undefined between equal rates, for which the package would return the input itself. */
  readonly #instance: Instance | undefined;
  readonly #toHz: number;
  readonly #channels: number;
  /** The ratio of the rates in lowest terms. */
  readonly #up: number;
  readonly #down: number;
  /** Frames of input that the filter wants to have seen beyond the one at which an output stands. */
  readonly #lookAhead: number;
  readonly #input: Float32Array;
  readonly #output: Float32Array;
  /** Where the package writes: behind no frame that waits, or behind one. */
  readonly #rooms: readonly Float32Array[];
  readonly #given = { frames: 0 };
  #block: Float32Array = new Float32Array();
  #result: Float32Array = new Float32Array();
  /** Where the next output is due, in units of 1/`up` input frames from the next input. */
  #at = 0;
  /** Frames behind the result that were too early. */
  #waiting = 0;

  /** Takes over an instance that was made for these rates and channels and has not been used. */
  constructor(instance: Instance | undefined, fromHz: number, toHz: number, channels: number) {
    const { up, down } = ratioBetween(fromHz, toHz);
    this.#instance = instance;
    this.#toHz = toHz;
    this.#channels = channels;
    this.#up = up;
    this.#down = down;
    const ratio = toHz / fromHz;
    const fitting = Math.floor(maxSamples / channels / Math.max(1, ratio)) - 1;
    this.maxFrames = Math.max(1, Math.min(Math.round(fromHz / 10), fitting));
    this.#input = new Float32Array(this.maxFrames * channels);
    this.#output = new Float32Array((Math.ceil(this.maxFrames * ratio) + 2) * channels);
    this.#rooms = [this.#output, this.#output.subarray(channels)];
    this.#lookAhead = this.#measureLookAhead();
    this.delayMs = (this.#lookAhead / fromHz) * 1000;
    this.reset();
  }

  convert(input: Float32Array, first: number, frames: number): Float32Array {
    if (frames > this.maxFrames) {
      throw new RangeError(`at most ${this.maxFrames} frames can be converted at once, received ${frames}`);
    }
    const samples = this.#input;
    const end = frames * this.#channels;
    for (let i = 0, from = first * this.#channels; i < end; i++, from++) {
      const sample = input[from] as number;
      // The difference is NaN for NaN and for infinities.
      samples[i] = sample - sample === 0 ? sample : 0;
    }
    return this.#advance(frames);
  }

  flush(): Float32Array {
    const silence = 2 * this.#lookAhead;
    const rest = new Float32Array(this.#dueAfter(silence) * this.#channels);
    this.#input.fill(0);
    let filled = 0;
    for (let left = silence; left > 0; left -= this.maxFrames) {
      const piece = this.#advance(Math.min(left, this.maxFrames));
      rest.set(piece, filled);
      filled += piece.length;
    }
    this.reset();
    return rest;
  }

  reset(): void {
    this.#at = 0;
    this.#waiting = 0;
    if (!this.#instance) return;
    // The package forgets nothing but by this: setting a rate deletes its state and makes a new one.
    this.#instance.outputSampleRate = this.#toHz;
    this.#input.fill(0);
    for (let left = this.#lookAhead; left > 0; left -= this.maxFrames) {
      const early = this.#feed(Math.min(left, this.maxFrames));
      if (early !== 0) throw unfit(early, 0);
    }
  }

  /** Silence, frame by frame, until the first output, which stands at the first input. */
  #measureLookAhead(): number {
    if (!this.#instance) return 0;
    let frames = 0;
    while (this.#feed(1) === 0) frames++;
    // Codes of errors come back as numbers of frames, and every error of libsamplerate's shows from the first call on.
    if (frames === 0) throw unfit(this.#given.frames, 0);
    return frames;
  }

  #dueAfter(frames: number): number {
    return Math.max(0, Math.ceil((frames * this.#up - this.#at) / this.#down));
  }

  /** What is due after the first `frames` frames of the input buffer. */
  #advance(frames: number): Float32Array {
    const channels = this.#channels;
    const due = this.#dueAfter(frames);
    if (this.#waiting > 0) this.#output.copyWithin(0, this.#result.length, this.#result.length + channels);
    const ready = this.#waiting + this.#feed(frames);
    this.#waiting = ready - due;
    if (this.#waiting !== 0 && this.#waiting !== 1) throw unfit(ready, due);
    this.#at += due * this.#down - frames * this.#up;
    if (this.#result.length !== due * channels) this.#result = this.#output.subarray(0, due * channels);
    return this.#result;
  }

  /** Lets the package have the first `frames` frames of the input buffer, and says how many it gave. */
  #feed(frames: number): number {
    const length = frames * this.#channels;
    if (this.#block.length !== length) this.#block = this.#input.subarray(0, length);
    const room = this.#rooms[this.#waiting] as Float32Array;
    if (!this.#instance) {
      room.set(this.#block);
      return frames;
    }
    this.#instance.full(this.#block, room, this.#given);
    return this.#given.frames;
  }
}

function unfit(given: number, due: number): VoiceloopError {
  return new VoiceloopError('failure', 'libsamplerate-unfit', 'libsamplerate does not do what it should', {
    reason: `it gave ${given} frames, or the error ${given}, where ${due} were due`,
  });
}
