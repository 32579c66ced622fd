/**
 * What the resampler stages have in common: blocks and their times around a conversion.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { Inlet } from '../pipeline/inlet.ts';
import { CaptureTime } from './capture-time.ts';
import type { RateConversion } from './rate-conversion.ts';

/** What blocks must have. */
export type BlockFormat = Pick<AudioBlock, 'rateHz' | 'channels'>;

/** @throws {RangeError} where a block has another rate or number of channels */
export function expectFormat(block: AudioBlock, { rateHz, channels }: BlockFormat): void {
  if (block.rateHz === rateHz && block.channels === channels) return;
  throw new RangeError(
    `the resampler was made for ${rateHz} Hz and ${channels} channel(s), received a block of ${block.rateHz} Hz and ${block.channels}`,
  );
}

/** Cuts blocks into what the conversion takes, and says when the sound in each block that goes out was captured. */
export class ResamplingInlet implements Inlet<AudioBlock> {
  readonly #from: BlockFormat;
  readonly #conversion: RateConversion;
  readonly #outlet: Inlet<AudioBlock>;
  /** The one block that goes out again and again: whoever keeps a block copies it. */
  readonly #block: {
    samples: Float32Array;
    readonly rateHz: number;
    readonly channels: number;
    timeMs: number;
  };
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
    expectFormat(block, this.#from);
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
