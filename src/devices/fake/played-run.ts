/**
 * What a loudspeaker that is not there has played, on the loop's axis of time.
 *
 * @module
 */
import { valueBetween } from './sound-in-air.ts';

/** How a {@link PlayedRun} lies in time. */
export interface PlayedRunOptions {
  readonly rateHz: number;
  readonly channels: number;
  /** When its first frame sounds. */
  readonly startMs: number;
  /** From frame to frame, by the device's own clock. */
  readonly msPerFrame: number;
  /** How much is kept, from the end: what is older is forgotten. */
  readonly keepMs: number;
}

/** Frames that sound one after the other without a gap, in pieces of about a second. */
export class PlayedRun {
  readonly rateHz: number;
  readonly channels: number;
  readonly startMs: number;
  readonly msPerFrame: number;
  readonly #keptPieces: number;
  readonly #pieces: (Float32Array | undefined)[] = [];
  #frames = 0;

  constructor({ rateHz, channels, startMs, msPerFrame, keepMs }: PlayedRunOptions) {
    this.rateHz = rateHz;
    this.channels = channels;
    this.startMs = startMs;
    this.msPerFrame = msPerFrame;
    this.#keptPieces = Math.ceil(keepMs / (rateHz * msPerFrame)) + 1;
  }

  get frames(): number {
    return this.#frames;
  }

  /** When its last frame has sounded. */
  get endMs(): number {
    return this.startMs + this.#frames * this.msPerFrame;
  }

  /** Everything that is kept, interleaved and to the bit; what was forgotten is 0. */
  get samples(): Float32Array {
    const { channels } = this;
    return Float32Array.from({ length: this.#frames * channels }, (_, i) =>
      this.#frameAt(Math.floor(i / channels), i % channels),
    );
  }

  /** Takes over `count` frames of `samples`, from frame `first` on. */
  add(samples: Float32Array, first: number, count: number): void {
    const { channels, rateHz } = this;
    for (let n = 0; n < count; n++, this.#frames++) {
      const piece = Math.floor(this.#frames / rateHz);
      const within = (this.#frames % rateHz) * channels;
      const held = this.#pieceAt(piece);
      for (let c = 0; c < channels; c++) held[within + c] = samples[(first + n) * channels + c] ?? 0;
    }
  }

  /** What was to sound from `timeMs` on does not. */
  cutAt(timeMs: number): void {
    const frames = Math.max(0, Math.ceil((timeMs - this.startMs) / this.msPerFrame));
    this.#frames = Math.min(this.#frames, frames);
  }

  soundAt(timeMs: number, channel: number): number {
    const position = (timeMs - this.startMs) / this.msPerFrame;
    if (position <= -3 || position >= this.#frames + 2) return 0;
    return valueBetween((frame) => this.#frameAt(frame, channel), position);
  }

  #frameAt(frame: number, channel: number): number {
    if (frame < 0 || frame >= this.#frames) return 0;
    const piece = this.#pieces[Math.floor(frame / this.rateHz)];
    return piece?.[(frame % this.rateHz) * this.channels + channel] ?? 0;
  }

  #pieceAt(index: number): Float32Array {
    const held = this.#pieces[index];
    if (held) return held;
    const added = new Float32Array(this.rateHz * this.channels);
    this.#pieces[index] = added;
    if (index >= this.#keptPieces) this.#pieces[index - this.#keptPieces] = undefined;
    return added;
  }
}
