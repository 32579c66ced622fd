/**
 * The kernels as JavaScript sees them, and the only code that knows addresses in their memory. There is one instance for the
 * whole process; it holds coefficients and room to work, while every stream's state stays in JavaScript.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { kernelsBase64 } from './kernels.ts';

interface Kernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  designBank(bank: number, scratch: number, up: number, taps: number, cutoff: number, beta: number): void;
  silenceNonFinite(samples: number, count: number): void;
  convolve(
    bank: number,
    taps: number,
    up: number,
    down: number,
    at: number,
    input: number,
    output: number,
    count: number,
  ): void;
}

const module = new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
const pageBytes = 65_536;
let freeFrom = kernels.heapBase();

/** Nothing is ever given back: only filter banks live here, one for each pair of rates. */
function allocate(bytes: number): number {
  const address = Math.ceil(freeFrom / 16) * 16;
  const missing = address + bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes));
  freeFrom = address + bytes;
  return address;
}

/** Kaiser's formulas for the window's shape and the number of taps, from stop-band attenuation and transition width. */
const attenuationDb = 114;
const kaiserBeta = 0.1102 * (attenuationDb - 8.7);
/** Where the pass band ends and the stop band begins, as fractions of the lower of the two Nyquist frequencies. */
const passEdge = 0.836;
const stopEdge = 1;
const maxRateHz = 768_000;
/** 4 MiB: every pair of rates that sound devices have stays far below. */
const maxCoefficients = 1 << 20;

/**
 * The coefficients for one pair of rates, shared by all streams between these rates, and the memory in which a chunk of one
 * stream at a time is filtered.
 *
 * A polyphase FIR low-pass (Crochiere and Rabiner, "Multirate Digital Signal Processing", 1983, chapter 4) with the window of
 * J. F. Kaiser ("Nonrecursive digital filter design using the I0-sinh window function", 1974).
 */
export class FilterBank {
  static readonly #banks = new Map<string, FilterBank>();

  /** Interpolation and decimation: the ratio of the rates in lowest terms. */
  readonly up: number;
  readonly down: number;
  /** Taps of each phase, in input samples. */
  readonly taps: number;
  /** The filter's group delay. */
  readonly delayMs: number;
  /** The longest chunk: 100 ms keep a pass over all phases within the processor's cache. */
  readonly maxFrames: number;
  readonly #coefficients: number;
  readonly #input: number;
  readonly #output: number;
  #buffer: ArrayBufferLike | undefined;
  #window = new Float32Array();
  #past = new Float32Array();
  #slot = new Float32Array();
  #result: Float32Array = new Float32Array();

  /**
   * The bank for a pair of rates in Hz, designed when it is first asked for.
   *
   * @throws {RangeError} where a rate is no integer from 1 to 768000, or the ratio is too odd for a bank of all its phases
   */
  static between(fromHz: number, toHz: number): FilterBank {
    const key = `${fromHz}→${toHz}`;
    let bank = FilterBank.#banks.get(key);
    if (!bank) {
      bank = new FilterBank(fromHz, toHz);
      FilterBank.#banks.set(key, bank);
    }
    return bank;
  }

  private constructor(fromHz: number, toHz: number) {
    for (const rateHz of [fromHz, toHz]) {
      if (!Number.isInteger(rateHz) || rateHz < 1 || rateHz > maxRateHz) {
        throw new RangeError(
          `a sample rate must be an integer from 1 to ${maxRateHz} Hz, received ${rateHz}`,
        );
      }
    }
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.up = toHz / divisor;
    this.down = fromHz / divisor;
    const nyquist = 0.5 * Math.min(1, toHz / fromHz);
    const transition = (stopEdge - passEdge) * nyquist;
    const needed = (attenuationDb - 7.95) / (2.285 * 2 * Math.PI * transition);
    this.taps = Math.ceil(needed / 8) * 8;
    const coefficients = this.up * this.taps;
    if (coefficients > maxCoefficients) {
      throw new RangeError(
        `cannot resample ${fromHz} Hz to ${toHz} Hz: the ratio ${this.up}/${this.down} needs ${coefficients} filter coefficients, more than ${maxCoefficients}`,
      );
    }
    this.delayMs = ((this.taps / 2) * 1000) / fromHz;
    // The second bound matters below 1 kHz only: a whole flush is one chunk.
    this.maxFrames = Math.max(Math.floor(fromHz / 10), this.taps);

    this.#coefficients = allocate(coefficients * 4);
    // silenceNonFinite works on whole vectors, up to three samples beyond the chunk.
    this.#input = allocate((this.taps - 1 + this.maxFrames + 3) * 4);
    this.#output = allocate(this.framesFor(this.maxFrames, 0) * 4);
    const scratch = allocate(this.taps * 8);
    const cutoff = ((passEdge + stopEdge) / 2) * nyquist;
    kernels.designBank(this.#coefficients, scratch, this.up, this.taps, cutoff, kaiserBeta);
  }

  /** How many outputs a chunk of `frames` inputs yields when the next one is due at `at`, in units of 1/`up` input samples. */
  framesFor(frames: number, at: number): number {
    return Math.max(0, Math.ceil((frames * this.up - at) / this.down));
  }

  /** Where the next chunk's samples are written, at most `maxFrames`; valid until any bank is made. */
  slot(): Float32Array {
    this.#renewViews();
    return this.#slot;
  }

  /**
   * Filters the chunk in the slot.
   *
   * @param past the last `taps − 1` samples of the stream, which are replaced by those at the chunk's end
   * @returns the outputs, valid until the bank is used again or any bank is made
   */
  filter(past: Float32Array, frames: number, at: number): Float32Array {
    this.#renewViews();
    const count = this.framesFor(frames, at);
    const { up, down, taps } = this;
    this.#past.set(past);
    kernels.silenceNonFinite(this.#input + past.length * 4, frames);
    if (count > 0) {
      kernels.convolve(this.#coefficients, taps, up, down, at, this.#input, this.#output, count);
    }
    this.#window.copyWithin(0, frames, frames + past.length);
    past.set(this.#past);
    if (this.#result.length !== count) {
      this.#result = new Float32Array(kernels.memory.buffer, this.#output, count);
    }
    return this.#result;
  }

  /** Growing the memory detaches every view of it, and writes to a detached view are lost without an error. */
  #renewViews(): void {
    const { buffer } = kernels.memory;
    if (this.#buffer === buffer) return;
    this.#buffer = buffer;
    const past = this.taps - 1;
    this.#window = new Float32Array(buffer, this.#input, past + this.maxFrames);
    this.#past = this.#window.subarray(0, past);
    this.#slot = this.#window.subarray(past);
    this.#result = new Float32Array(buffer, this.#output, 0);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
