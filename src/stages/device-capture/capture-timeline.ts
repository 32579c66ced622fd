/**
 * The axis of time on which captured sound lies, whole whatever the devices do.
 *
 * @module
 */
import type { AudioBlock, ReusedBlock } from '../../audio/audio-block.ts';

/** How {@link CaptureTimeline} works. */
export interface CaptureTimelineOptions {
  /** Length of a block, rounded to whole frames. */
  readonly blockMs: number;
  /** Takes each block. */
  readonly onBlock: (block: AudioBlock) => void;
}

/** Frames by which a time in milliseconds may be off by rounding. */
const roundingFrames = 1e-6;

/**
 * Makes of what a device gives, of silence, and of what the next device gives, blocks of one channel and one length that
 * follow each other without a gap. Several channels become their mean, always: to take the only one that has sound would let
 * the level jump as soon as another wakes up.
 */
export class CaptureTimeline {
  readonly #blockMs: number;
  readonly #onBlock: (block: AudioBlock) => void;
  #block: ReusedBlock = { samples: new Float32Array(0), rateHz: 0, channels: 1, timeMs: 0 };
  #filled = 0;
  #nextMs: number | undefined;
  /** Frames of the device for which silence went out already. */
  #toSkip = 0;

  constructor({ blockMs, onBlock }: CaptureTimelineOptions) {
    this.#blockMs = blockMs;
    this.#onBlock = onBlock;
  }

  get rateHz(): number {
    return this.#block.rateHz;
  }

  /** When the next frame belongs; undefined before there is one. */
  get nextMs(): number | undefined {
    return this.#nextMs;
  }

  /** When the block is whole that is being filled. */
  get blockEndMs(): number {
    return (this.#nextMs ?? 0) + this.#msOf(this.#block.samples.length - this.#filled);
  }

  /** Goes on at another rate; what is held is dropped. */
  changeRate(rateHz: number): void {
    this.drop();
    const samples = new Float32Array(Math.max(1, Math.round((rateHz * this.#blockMs) / 1000)));
    this.#block = { samples, rateHz, channels: 1, timeMs: 0 };
  }

  /** Drops what is held of a block, and goes on where that began. */
  drop(): void {
    if (this.#filled > 0) this.#nextMs = this.#block.timeMs;
    this.#filled = 0;
    this.#toSkip = 0;
  }

  /** Leaves a gap, or steps back: what is held is dropped, and the next frame belongs to `timeMs`. */
  jumpTo(timeMs: number): void {
    this.drop();
    this.#nextMs = timeMs;
  }

  /** Lets a device come in whose first frame was captured at `timeMs`: silence up to there, or frames of it left out. */
  joinAt(timeMs: number): void {
    this.#toSkip = 0;
    if (this.#nextMs === undefined) return;
    const frames = Math.round(((timeMs - this.#nextMs) * this.rateHz) / 1000);
    if (frames > 0) this.addSilence(frames);
    else this.#toSkip = -frames;
  }

  /** The next frames of the device. Their time is the device's, which is never shifted for them. */
  add({ samples, channels, timeMs }: AudioBlock): void {
    const frames = samples.length / channels;
    const skipped = Math.min(this.#toSkip, frames);
    this.#toSkip -= skipped;
    for (let n = skipped; n < frames; n++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += samples[n * channels + c] ?? 0;
      const mean = sum / channels;
      this.#append(Number.isFinite(mean) ? mean : 0, timeMs + this.#msOf(n));
    }
    if (skipped < frames) this.#nextMs = timeMs + this.#msOf(frames);
  }

  addSilence(frames: number): void {
    const startMs = this.#nextMs ?? 0;
    for (let n = 0; n < frames; n++) this.#append(0, startMs + this.#msOf(n));
    this.#nextMs = startMs + this.#msOf(frames);
  }

  /** As many whole blocks of silence as end by `timeMs`. */
  addSilenceUntil(timeMs: number): void {
    const { length } = this.#block.samples;
    const missing = Math.floor(((timeMs - (this.#nextMs ?? timeMs)) * this.rateHz) / 1000 + roundingFrames);
    const blocks = Math.floor((this.#filled + missing) / length);
    if (blocks > 0) this.addSilence(blocks * length - this.#filled);
  }

  /** What is held of a block, as a shorter one. */
  takeRest(): AudioBlock | undefined {
    if (this.#filled === 0) return undefined;
    const samples = this.#block.samples.subarray(0, this.#filled);
    this.#filled = 0;
    return { ...this.#block, samples };
  }

  #append(sample: number, timeMs: number): void {
    const { samples } = this.#block;
    if (this.#filled === 0) this.#block.timeMs = timeMs;
    samples[this.#filled++] = sample;
    if (this.#filled < samples.length) return;
    this.#filled = 0;
    this.#onBlock(this.#block);
  }

  #msOf(frames: number): number {
    return (frames * 1000) / this.#block.rateHz;
  }
}
