/**
 * The audio of the turn that is going on.
 *
 * @module
 */

/** A turn that nobody ends is kept to its last five minutes. */
const longestMs = 300_000;

/** Keeps samples by their place on the audio clock, and forgets what no turn can need any more. */
export class TurnAudio {
  readonly #rateHz: number;
  readonly #blocks: { readonly startFrame: number; readonly samples: Float32Array }[] = [];
  #endFrame = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** Where the next sample will stand, in milliseconds of audio. */
  get endMs(): number {
    return (this.#endFrame / this.#rateHz) * 1000;
  }

  /** The samples are kept as they are: they are the caller's no longer. */
  push(samples: Float32Array): void {
    this.#blocks.push({ startFrame: this.#endFrame, samples });
    this.#endFrame += samples.length;
    this.forgetBefore(this.endMs - longestMs);
  }

  /** Lets go of what lies wholly before a place. */
  forgetBefore(ms: number): void {
    const frame = (ms / 1000) * this.#rateHz;
    let past = 0;
    for (const { startFrame, samples } of this.#blocks) {
      if (startFrame + samples.length > frame) break;
      past += 1;
    }
    if (past > 0) this.#blocks.splice(0, past);
  }

  /** A copy of what lies between two places, as far as it is still there. */
  cut(fromMs: number, toMs: number): Float32Array {
    const first = Math.max(
      Math.round((fromMs / 1000) * this.#rateHz),
      this.#blocks[0]?.startFrame ?? this.#endFrame,
    );
    const end = Math.min(Math.round((toMs / 1000) * this.#rateHz), this.#endFrame);
    const cut = new Float32Array(Math.max(0, end - first));
    for (const { startFrame, samples } of this.#blocks) {
      const from = Math.max(0, first - startFrame);
      const to = Math.min(samples.length, end - startFrame);
      if (to > from) cut.set(samples.subarray(from, to), startFrame + from - first);
    }
    return cut;
  }
}
