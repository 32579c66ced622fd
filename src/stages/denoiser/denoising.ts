/**
 * A stream at 48 kHz on its way through RNNoise.
 *
 * @module
 */
import type { AudioBlock, ReusedBlock } from '../../audio/audio-block.ts';
import type { Inlet } from '../../pipeline/inlet.ts';
import { CaptureTime } from '../capture-time.ts';
import type { Rnnoise, RnnoiseState } from './rnnoise.ts';
import { frameLength, frameMs, rnnoiseRateHz } from './rnnoise-frame.ts';

/** Told how probably there is speech in 10 ms, 0 to 1, and when these began, on the clock of the blocks. */
export type OnVoiceProbability = (probability: number, timeMs: number) => void;

/** 100 ms: longer blocks leave in pieces. */
const maxFrames = 10;

/** Collects each channel's samples in frames, and sends on what a block has completed, denoised, as one block. */
export class Denoising implements Inlet<AudioBlock> {
  readonly #rnnoise: Rnnoise;
  readonly #channels: number;
  readonly #onVoiceProbability: OnVoiceProbability;
  readonly #outlet: Inlet<AudioBlock>;
  /** One for each channel; none after the end, unless the stream begins again. */
  #states: readonly RnnoiseState[] = [];
  /** For each channel the frame that is being filled. */
  readonly #frames: readonly Float32Array[];
  #filled = 0;
  /** Frames that were denoised, and how many of them, the last ones, still wait in the output. */
  #denoised = 0;
  #waiting = 0;
  readonly #output: Float32Array;
  /** The output's beginnings by their number of frames, so that a block needs no new view. */
  readonly #beginnings: readonly Float32Array[];
  readonly #block: ReusedBlock;
  readonly #captured = new CaptureTime();

  constructor(
    rnnoise: Rnnoise,
    channels: number,
    onVoiceProbability: OnVoiceProbability,
    outlet: Inlet<AudioBlock>,
  ) {
    this.#rnnoise = rnnoise;
    this.#channels = channels;
    this.#onVoiceProbability = onVoiceProbability;
    this.#outlet = outlet;
    this.#frames = Array.from({ length: channels }, () => new Float32Array(frameLength));
    const output = new Float32Array(maxFrames * frameLength * channels);
    this.#output = output;
    this.#beginnings = Array.from({ length: maxFrames + 1 }, (_, frames) =>
      output.subarray(0, frames * frameLength * channels),
    );
    this.#block = { samples: output, rateHz: rnnoiseRateHz, channels, timeMs: 0 };
    this.#createStates();
  }

  push(block: AudioBlock): void {
    const length = block.samples.length / block.channels;
    if (length === 0) return;
    if (this.#states.length === 0) this.#createStates();
    this.#captured.follow(block, this.#denoised * frameMs + (this.#filled * 1000) / rnnoiseRateHz);
    for (let from = 0; from < length; ) {
      const count = Math.min(frameLength - this.#filled, length - from);
      this.#collect(block.samples, from, count);
      from += count;
      if (this.#filled < frameLength) continue;
      this.#denoise(true);
      if (this.#waiting === maxFrames) this.#emit();
    }
    this.#emit();
  }

  end(): void {
    if (this.#captured.hasStarted) this.#flush();
    this.#forget();
    this.#outlet.end();
  }

  reset(): void {
    // A stream that has heard nothing since it was opened, or reset, needs no other states.
    if (this.#captured.hasStarted) {
      this.#forget();
      this.#createStates();
    }
    this.#outlet.reset();
  }

  /** Not left to the first block where that can be helped: it takes longer than a block may. */
  #createStates(): void {
    this.#states = this.#frames.map(() => this.#rnnoise.createState());
  }

  #collect(samples: Float32Array, from: number, count: number): void {
    const channels = this.#channels;
    for (let channel = 0; channel < channels; channel++) {
      const frame = this.#frames[channel] as Float32Array;
      for (let i = 0, at = from * channels + channel; i < count; i++, at += channels) {
        frame[this.#filled + i] = samples[at] as number;
      }
    }
    this.#filled += count;
  }

  /** Takes the full frames of all channels, and puts what comes out for them behind what waits in the output. */
  #denoise(told: boolean): void {
    const channels = this.#channels;
    for (let channel = 0; channel < channels; channel++) {
      const frame = this.#frames[channel] as Float32Array;
      const probability = (this.#states[channel] as RnnoiseState).denoise(frame);
      if (told && channel === 0) this.#onVoiceProbability(probability, this.#timeOfFrame(this.#denoised));
      for (
        let i = 0, at = this.#waiting * frameLength * channels + channel;
        i < frameLength;
        i++, at += channels
      ) {
        this.#output[at] = frame[i] as number;
      }
    }
    this.#filled = 0;
    this.#denoised++;
    this.#waiting++;
  }

  #emit(samples = this.#beginnings[this.#waiting] as Float32Array): void {
    if (this.#waiting === 0) return;
    this.#block.samples = samples;
    // What came out for a frame is the one before it.
    this.#block.timeMs = this.#timeOfFrame(this.#denoised - this.#waiting - 1);
    this.#waiting = 0;
    this.#outlet.push(this.#block);
  }

  #timeOfFrame(frame: number): number {
    return this.#captured.startMs + frame * frameMs;
  }

  /** What is begun is filled up with silence, and one more frame of silence brings it out; the rest of that is not owed. */
  #flush(): void {
    const begun = this.#filled;
    const owed = frameLength + begun;
    if (begun > 0) {
      for (const frame of this.#frames) frame.fill(0, begun);
      this.#denoise(true);
    }
    for (const frame of this.#frames) frame.fill(0);
    this.#denoise(false);
    this.#emit(this.#output.subarray(0, owed * this.#channels));
  }

  #forget(): void {
    for (const state of this.#states) state.close();
    this.#states = [];
    this.#filled = 0;
    this.#denoised = 0;
    this.#waiting = 0;
    this.#captured.reset();
  }
}
