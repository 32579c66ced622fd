/**
 * A gain that never jumps.
 *
 * @module
 */

/** Multiplies samples by a factor that moves to its next value along a straight line, sample by sample. */
export class GainRamp {
  readonly #channels: number;
  #target: number;
  /** By how much the factor changes from frame to frame. */
  #slope = 0;
  /** Frames until the target is reached. */
  #left = 0;

  /** @param factor where it begins */
  constructor(factor: number, channels: number) {
    this.#target = factor;
    this.#channels = channels;
  }

  /** The factor that the next frame would get if the ramp stood still. */
  get factor(): number {
    return this.#target - this.#slope * this.#left;
  }

  /** Moves from where the factor is now to another, which it reaches after so many frames. */
  moveTo(factor: number, frames: number): void {
    this.#slope = (factor - this.factor) / frames;
    this.#target = factor;
    this.#left = frames;
  }

  /** Reaches the target at once. */
  finish(): void {
    this.#left = 0;
  }

  /** Puts the samples of `input` from `from` up to, but not, `until`, whole frames, into `output`. */
  apply(input: Float32Array, output: Float32Array, from: number, until: number): void {
    const channels = this.#channels;
    let at = from;
    for (; at < until && this.#left > 0; at += channels) {
      this.#left--;
      const factor = this.factor;
      for (let i = at; i < at + channels; i++) output[i] = (input[i] as number) * factor;
    }
    const factor = this.#target;
    for (; at < until; at++) output[at] = (input[at] as number) * factor;
  }
}
