/**
 * The audio of the turn that is going on.
 *
 * @module
 */

/** A turn that nobody ends is kept to its last five minutes. */
const longestMs = 300_000;
/** Room for the second or so that is kept while nobody speaks. */
const leastSamples = 32_768;
/** Room for a turn of usual length, which is not given back after it. */
const usualSamples = 131_072;

/**
 * Keeps samples by their place on the audio clock, in 16 bits as they came, and forgets what no turn can need any more. One
 * buffer that slides, and grows with a long turn: a session that listens for hours makes no garbage.
 */
export class TurnAudio {
  readonly #rateHz: number;
  #buffer = new Int16Array(leastSamples);
  /** Where in the buffer the first sample is that is kept. */
  #from = 0;
  #length = 0;
  #endFrame = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** Where the next sample will stand, in milliseconds of audio. */
  get endMs(): number {
    return (this.#endFrame / this.#rateHz) * 1000;
  }

  push(samples: Float32Array): void {
    this.#makeRoom(samples.length);
    let at = this.#from + this.#length;
    for (const sample of samples) {
      this.#buffer[at++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    }
    this.#length += samples.length;
    this.#endFrame += samples.length;
    this.forgetBefore(this.endMs - longestMs);
  }

  /** Lets go of what lies before a place. */
  forgetBefore(ms: number): void {
    const past = this.#frameAt(ms) - this.#startFrame;
    if (past <= 0) return;
    const forgotten = Math.min(past, this.#length);
    this.#from += forgotten;
    this.#length -= forgotten;
  }

  /** What lies between two places, as far as it is still there; valid until the next push. */
  cut(fromMs: number, toMs: number): Int16Array {
    const start = this.#startFrame;
    const first = Math.max(this.#frameAt(fromMs), start);
    const end = Math.min(this.#frameAt(toMs), this.#endFrame);
    const shift = this.#from - start;
    return this.#buffer.subarray(first + shift, Math.max(first, end) + shift);
  }

  get #startFrame(): number {
    return this.#endFrame - this.#length;
  }

  #frameAt(ms: number): number {
    return Math.round((ms / 1000) * this.#rateHz);
  }

  #makeRoom(samples: number): void {
    const { length: capacity } = this.#buffer;
    if (this.#from + this.#length + samples <= capacity) return;
    const kept = this.#buffer.subarray(this.#from, this.#from + this.#length);
    let wanted = Math.min(capacity, usualSamples);
    // More than is used, so that it slides once in a while and not with every push.
    while (wanted < (this.#length + samples) * 1.25) wanted *= 2;
    if (wanted === capacity) {
      this.#buffer.copyWithin(0, this.#from, this.#from + this.#length);
    } else {
      this.#buffer = new Int16Array(wanted);
      this.#buffer.set(kept);
    }
    this.#from = 0;
  }
}
