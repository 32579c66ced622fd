/**
 * What the resampler stages have in common: blocks and their times around a conversion.
 *
 * @module
 */
import { type AudioBlock, type BlockFormat, expectFormat, type ReusedBlock } from '../audio/audio-block.ts';
import type { Inlet } from '../pipeline/inlet.ts';
import { CaptureTime } from './capture-time.ts';
import type { RateConversion } from './rate-conversion.ts';

/** Cuts blocks into what the conversion takes, and says when the sound in each block that goes out was captured. */
export class ResamplingInlet implements Inlet<AudioBlock> {
  readonly #from: BlockFormat;
  readonly #conversion: RateConversion;
  readonly #outlet: Inlet<AudioBlock>;
  readonly #block: ReusedBlock;
  readonly #captured = new CaptureTime();
  #framesIn = 0;
  #framesOut = 0;

  constructor(from: BlockFormat, toHz: number, conversion: RateConversion, outlet: Inlet<AudioBlock>) {
    this.#from = from;
    this.#conversion = conversion;
    this.#outlet = outlet;
    this.#block = { samples: new Float32Array(), rateHz: toHz, channels: from.channels, timeMs: 0 };
  }

  push(block: AudioBlock): void {
    expectFormat(block, this.#from, 'the resampler');
    this.#captured.follow(block, (this.#framesIn * 1000) / block.rateHz);
    const frames = block.samples.length / block.channels;
    const { maxFrames } = this.#conversion;
    for (let first = 0; first < frames; first += maxFrames) {
      const taken = Math.min(maxFrames, frames - first);
      const atMs = this.#nextOutputMs();
      this.#framesIn += taken;
      this.#emit(this.#conversion.convert(block.samples, first, taken), atMs);
    }
  }

  end(): void {
    const atMs = this.#nextOutputMs();
    if (this.#framesIn > 0) this.#emit(this.#conversion.flush(), atMs);
    this.#startAnew();
    this.#outlet.end();
  }

  reset(): void {
    this.#startAnew();
    this.#outlet.reset();
  }

  #nextOutputMs(): number {
    return this.#conversion.nextOutputMs ?? (this.#framesOut * 1000) / this.#block.rateHz;
  }

  #emit(samples: Float32Array, atMs: number): void {
    if (samples.length === 0) return;
    this.#block.samples = samples;
    this.#block.timeMs = this.#captured.startMs - this.#conversion.delayMs + atMs;
    this.#framesOut += samples.length / this.#block.channels;
    this.#outlet.push(this.#block);
  }

  #startAnew(): void {
    this.#conversion.reset();
    this.#captured.reset();
    this.#framesIn = 0;
    this.#framesOut = 0;
  }
}
