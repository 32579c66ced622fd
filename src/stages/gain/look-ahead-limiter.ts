/**
 * A limiter that has turned the sound down by the time a peak comes.
 *
 * @module
 */
import { decibelsToFactor } from '../../audio/decibels.ts';
import { LimiterGain } from './limiter-gain.ts';

const lookAheadMs = 3;

/** How loud it may become. */
export interface LimiterOptions {
  /** Rate of the samples, an integer from 8000 to 192000 Hz. */
  readonly rateHz: number;
  /** Channels that are interleaved in the samples; all get the same gain. Default 1. */
  readonly channels?: number;
  /** The level that no sample exceeds, −40 to 0 dBFS. Default −1, so that what is rounded and resampled later has room. */
  readonly ceilingDb?: number;
}

/**
 * Keeps every sample at or under a ceiling, whatever comes in, without clipping. The sound is delayed by 3 ms, in which the
 * gain bends down smoothly to what the coming peak needs; it comes back with a time constant of 90 ms. While nothing exceeds
 * the ceiling, what goes out is what came in, to the bit. All channels get the same gain, so that a stereo image stays where
 * it is. NaN and infinities count as silence. What comes out does not depend on how the input was cut.
 *
 * @throws {RangeError} for a rate, a number of channels or a ceiling that cannot be
 *
 * @example
 * ```ts
 * import { LookAheadLimiter } from 'voiceloop';
 *
 * const limiter = new LookAheadLimiter({ rateHz: 24_000 });
 * const samples = new Float32Array(480).fill(4);
 * limiter.process(samples);
 * console.log(limiter.delayFrames, samples[71], Math.max(...samples) <= limiter.ceiling); // 72 0 true
 * ```
 */
export class LookAheadLimiter {
  /** By how many frames the sound comes out later. */
  readonly delayFrames: number;
  /** The amplitude that no sample exceeds. */
  readonly ceiling: number;
  readonly #channels: number;
  /** What is not out yet, interleaved; a ring. */
  readonly #delayed: Float32Array;
  #at = 0;
  readonly #gain: LimiterGain;

  constructor({ rateHz, channels = 1, ceilingDb = -1 }: LimiterOptions) {
    if (!(Number.isInteger(rateHz) && rateHz >= 8_000 && rateHz <= 192_000))
      throw new RangeError(`the limiter takes an integer rate from 8000 to 192000 Hz, received ${rateHz}`);
    if (!(Number.isInteger(channels) && channels >= 1))
      throw new RangeError(`the limiter takes a positive integer of channels, received ${channels}`);
    if (!(ceilingDb >= -40 && ceilingDb <= 0))
      throw new RangeError(`the limiter takes a ceiling from -40 to 0 dBFS, received ${ceilingDb}`);
    this.delayFrames = Math.round((rateHz * lookAheadMs) / 1000);
    this.ceiling = decibelsToFactor(ceilingDb);
    this.#channels = channels;
    this.#delayed = new Float32Array(this.delayFrames * channels);
    this.#gain = new LimiterGain(this.delayFrames, rateHz);
  }

  /** The gain that went onto the last frame, 0 to 1. */
  get gain(): number {
    return this.#gain.value;
  }

  /** Takes whole frames, and puts in their place those of {@link delayFrames} earlier, limited. */
  process(samples: Float32Array): void {
    silenceWhatIsNoNumber(samples);
    for (let at = 0; at < samples.length; ) {
      const loud = this.#gain.isReducing ? at : this.#firstLoud(samples, at);
      this.#delay(samples, at, loud);
      at = this.#reduce(samples, loud);
    }
  }

  /** Where the first frame that exceeds the ceiling begins, or the end. */
  #firstLoud(samples: Float32Array, from: number): number {
    const ceiling = this.ceiling;
    let i = from;
    while (i < samples.length && Math.abs(samples[i] as number) <= ceiling) i++;
    return i - (i % this.#channels);
  }

  #delay(samples: Float32Array, from: number, until: number): void {
    const delayed = this.#delayed;
    let at = this.#at;
    for (let i = from; i < until; i++) {
      const sample = samples[i] as number;
      samples[i] = delayed[at] as number;
      delayed[at] = sample;
      at = at + 1 === delayed.length ? 0 : at + 1;
    }
    this.#at = at;
  }

  /** Limits frame by frame until nothing is left to do, and gives where that is. */
  #reduce(samples: Float32Array, from: number): number {
    const channels = this.#channels;
    const delayed = this.#delayed;
    const ceiling = this.ceiling;
    let frame = from;
    while (frame < samples.length) {
      let peak = 0;
      for (let i = frame; i < frame + channels; i++) peak = Math.max(peak, Math.abs(samples[i] as number));
      const factor = this.#gain.follow(peak > ceiling ? ceiling / peak : 1);
      for (let i = frame; i < frame + channels; i++) {
        const sample = samples[i] as number;
        samples[i] = (delayed[this.#at] as number) * factor;
        delayed[this.#at] = sample;
        this.#at = this.#at + 1 === delayed.length ? 0 : this.#at + 1;
      }
      frame += channels;
      if (!this.#gain.isReducing) break;
    }
    return frame;
  }

  /** Drops the sound that is held, and what gain it needed. */
  reset(): void {
    this.#delayed.fill(0);
    this.#at = 0;
    this.#gain.reset();
  }
}

function silenceWhatIsNoNumber(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    // The comparison fails for NaN, too.
    if (!(Math.abs(samples[i] as number) < Number.POSITIVE_INFINITY)) samples[i] = 0;
  }
}
