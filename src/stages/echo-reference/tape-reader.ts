/**
 * Reads what the loudspeaker played at the pace of the microphone.
 *
 * @module
 */
import { AdjustableConverter } from '../../../wasm/adjustable-converter.ts';
import { maxAdjustmentPpm } from '../../../wasm/loader/interpolating-bank.ts';
import { PlayedTape } from './played-tape.ts';

/** Read at a time: what is announced less than this and half the filter before it is needed comes too late. */
const chunkMs = 2;

/** What is further off than that would be of no use to an echo canceller: it is put right at once, with a click. */
const farMs = 5;

/**
 * The pitch that puts right what is nearer. An echo canceller has to follow every move, so a tenth of a millisecond, which may
 * be jitter, takes 20 s; a whole one is halved in two seconds.
 */
function nearPpm(offsetMs: number): number {
  return offsetMs * (50 + 800 * offsetMs * offsetMs);
}

/** A tape, and a place on it that moves with the microphone, read through the filter that brings it to the microphone's rate. */
export class TapeReader {
  readonly tape: PlayedTape;
  readonly #converter: AdjustableConverter;
  readonly #delayFrames: number;
  /** Frames of the tape from one sample to the next, but for the drift. */
  readonly #step: number;
  readonly #chunk: Float32Array;
  /** What was converted and not taken yet. */
  readonly #ready: Float32Array;
  #readyCount = 0;
  #taken = 0;
  /** Where the converter began, and what it was given since. */
  #startFrame = 0;
  #framesRead = 0;
  #isPlaced = false;
  #jumps = 0;
  #offsetMs = 0;

  /** @throws {RangeError} where a rate is no integer from 1 to 768000 */
  constructor(playedHz: number, rateHz: number) {
    this.#converter = new AdjustableConverter(playedHz, rateHz, 1, 'std');
    this.#delayFrames = Math.round((this.#converter.delayMs * playedHz) / 1000);
    this.#step = playedHz / rateHz;
    this.tape = new PlayedTape(playedHz);
    const chunkFrames = Math.ceil((chunkMs * playedHz) / 1000);
    this.#chunk = new Float32Array(chunkFrames);
    this.#ready = new Float32Array(Math.ceil((chunkFrames / this.#step) * 1.002) + 1);
  }

  /** How often the tape did not go on, or the place was so far off that it was put right at once. */
  get jumps(): number {
    return this.#jumps + this.tape.jumps;
  }

  /** By how much it was behind where it should be (negative: ahead), as it was last seen. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Leaves its place; the next reading finds another, by its time. */
  leave(): void {
    this.#isPlaced = false;
    this.#offsetMs = 0;
  }

  /**
   * Goes on reading.
   *
   * @param timeMs when the first sample of `out` is to have been heard
   * @param microphonePpm by how much the microphone runs fast
   */
  read(out: Float32Array, timeMs: number, microphonePpm: number): void {
    const { clock, rateHz, hasStarted } = this.tape;
    if (!hasStarted) {
      out.fill(0);
      return;
    }
    const wanted = clock.frameAt(timeMs);
    this.#offsetMs = ((wanted - this.#nextFrame) * 1000) / rateHz;
    if (!this.#isPlaced || Math.abs(this.#offsetMs) > farMs) {
      if (this.#isPlaced) this.#jumps++;
      this.#placeAt(wanted);
    }
    const driftPpm = clock.driftPpm - microphonePpm;
    this.#adjust(driftPpm + nearPpm(this.#offsetMs));
    for (let n = 0; n < out.length; n++) {
      while (this.#taken === this.#readyCount) this.#convert();
      out[n] = this.#ready[this.#taken++] as number;
    }
  }

  /** In whole ppm: what is less moves nothing by a hundredth of a millisecond, and would be another ratio for each block. */
  #adjust(wantedPpm: number): void {
    const ppm = Math.round(Math.max(-maxAdjustmentPpm, Math.min(maxAdjustmentPpm, wantedPpm)));
    if (ppm !== this.#converter.adjustmentPpm) this.#converter.adjust(ppm);
  }

  /** The place on the tape of the sample that is taken next. */
  get #nextFrame(): number {
    const converted = (this.#converter.nextOutputMs * this.tape.rateHz) / 1000 - this.#delayFrames;
    return this.#startFrame + converted - (this.#readyCount - this.#taken) * this.#step;
  }

  /** The filter is led up to the place, so that it has heard what was played before it. */
  #placeAt(frame: number): void {
    this.#converter.reset();
    this.#startFrame = Math.floor(frame) - this.#delayFrames;
    this.#framesRead = 0;
    this.#readyCount = 0;
    this.#taken = 0;
    for (let skipped = Math.round((frame - this.#nextFrame) / this.#step); skipped > 0; skipped--) {
      while (this.#taken === this.#readyCount) this.#convert();
      this.#taken++;
    }
    this.#isPlaced = true;
    this.#offsetMs = ((frame - this.#nextFrame) * 1000) / this.tape.rateHz;
  }

  #convert(): void {
    this.tape.read(this.#startFrame + this.#framesRead, this.#chunk);
    this.#framesRead += this.#chunk.length;
    const converted = this.#converter.convert(this.#chunk, 0, this.#chunk.length);
    this.#ready.set(converted);
    this.#readyCount = converted.length;
    this.#taken = 0;
  }
}
