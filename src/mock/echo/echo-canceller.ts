/**
 * Removes from what a microphone heard what the loudspeaker beside it played.
 *
 * @module
 */

import { RealFft } from '../../audio/real-fft.ts';
import { EchoDoubt } from './echo-doubt.ts';
import { EchoHistory } from './echo-history.ts';
import { ResidualSuppressor } from './residual-suppressor.ts';
import { TwoPathFilter } from './two-path-filter.ts';

const blocksPerSecond = 200;
/** 60 dB over full scale. What is beyond that, and what is no number, counts as silence. */
const largest = 1000;

/**
 * An acoustic echo canceller for one microphone and one reference, in three steps for each block of 5 ms: find the delay of the
 * echo, up to 200 ms ({@link EchoDelay}); subtract the echo as a filter of 80 ms predicts it ({@link TwoPathFilter}); attenuate
 * what is left ({@link ResidualSuppressor}), and for the first words, which no filter can know, everything that may be an echo
 * ({@link EchoDoubt}). The reference must be in time with the microphone: nothing here follows two clocks that drift apart.
 *
 * The output is the same to the bit however the audio is cut into calls, and on every runtime. It is {@link delaySamples}
 * later than the input. While the reference is silent, and was for 350 ms, it is the microphone itself.
 */
export class EchoCanceller {
  /** By how much the output is later than the input: 10 ms at every rate. */
  readonly delaySamples: number;
  readonly #blockLength: number;
  readonly #history: EchoHistory;
  readonly #filter: TwoPathFilter;
  readonly #doubt: EchoDoubt;
  readonly #suppressor: ResidualSuppressor;
  readonly #microphone: Float32Array;
  readonly #reference: Float32Array;
  readonly #ready: Float32Array;
  readonly #echo: Float64Array;
  /** Samples of the microphone that were no numbers: of the block that is collected, and of the one before. */
  readonly #missing: Uint8Array;
  /** As long as the longest block until now; {@link #output} is the part of it that the last block took. */
  #room = new Float32Array(0);
  #output = new Float32Array(0);
  #filled = 0;

  /**
   * @param rateHz of both channels; a multiple of 200
   * @throws {RangeError} for any other rate
   */
  constructor(rateHz: number) {
    const blockLength = rateHz / blocksPerSecond;
    if (!Number.isInteger(blockLength) || blockLength < 2) {
      throw new RangeError(`cannot cancel an echo at ${rateHz} Hz`);
    }
    let length = 4;
    while (length < 2 * blockLength) length *= 2;
    const fft = new RealFft(length);
    this.delaySamples = 2 * blockLength;
    this.#blockLength = blockLength;
    this.#history = new EchoHistory(fft, blockLength);
    this.#filter = new TwoPathFilter(this.#history, rateHz);
    this.#doubt = new EchoDoubt(this.#history);
    this.#suppressor = new ResidualSuppressor(fft, blockLength);
    this.#microphone = new Float32Array(blockLength);
    this.#reference = new Float32Array(blockLength);
    this.#ready = new Float32Array(blockLength);
    this.#echo = new Float64Array(fft.bins);
    this.#missing = new Uint8Array(2 * blockLength);
  }

  /**
   * Takes in audio of any length and returns as much, valid until the next call. Samples that are no numbers (or 60 dB over
   * full scale) are silence in either channel, and come out as silence.
   *
   * @throws {RangeError} when the channels differ in length
   */
  process(microphone: Float32Array, reference: Float32Array): Float32Array {
    if (microphone.length !== reference.length) {
      throw new RangeError(
        `${microphone.length} samples of microphone, but ${reference.length} of reference`,
      );
    }
    if (this.#output.length !== microphone.length) this.#output = this.#outputOf(microphone.length);
    const output = this.#output;
    for (let i = 0; i < microphone.length; i++) {
      const at = this.#filled;
      const heard = microphone[i] as number;
      const played = reference[i] as number;
      const isHeard = Math.abs(heard) <= largest;
      output[i] = this.#ready[at] as number;
      this.#microphone[at] = isHeard ? heard : 0;
      this.#reference[at] = Math.abs(played) <= largest ? played : 0;
      this.#missing[this.#blockLength + at] = isHeard ? 0 : 1;
      this.#filled += 1;
      if (this.#filled < this.#blockLength) continue;
      this.#filled = 0;
      this.#cancel();
    }
    return output;
  }

  /** Forgets everything: the audio it holds, and the echo. */
  reset(): void {
    this.#history.reset();
    this.#filter.reset();
    this.#doubt.reset();
    this.#suppressor.reset();
    this.#ready.fill(0);
    this.#missing.fill(0);
    this.#filled = 0;
  }

  #outputOf(length: number): Float32Array<ArrayBuffer> {
    if (this.#room.length < length) this.#room = new Float32Array(length);
    return this.#room.subarray(0, length);
  }

  #cancel(): void {
    this.#history.push(this.#microphone, this.#reference);
    this.#filter.process();
    this.#filter.echoPower(this.#echo);
    this.#doubt.update(this.#filter);
    this.#suppressor.process(this.#filter.error, this.#echo, this.#doubt.bound, this.#ready);
    for (let i = 0; i < this.#blockLength; i++) if (this.#missing[i] === 1) this.#ready[i] = 0;
    this.#missing.copyWithin(0, this.#blockLength);
  }
}
