/**
 * The stage that brings a stream from one clock to another.
 *
 * @module
 */
import { AdjustableConverter } from '../../wasm/adjustable-converter.ts';
import type { ResamplerTier } from '../../wasm/filter-design.ts';
import type { AudioBlock } from '../audio/audio-block.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { ResamplingInlet } from './resampling-inlet.ts';

/** From which rate to which, by the rates' names. */
export interface AdjustableResamplerOptions {
  /** Nominal rate of the blocks that come in, an integer in Hz. */
  readonly fromHz: number;
  /** Rate of the blocks that go out, an integer in Hz; may be the same. */
  readonly toHz: number;
  /** Channels of the blocks, which are filtered apart. Default 1. */
  readonly channels?: number;
  /** How good, and how dear. Default `std`. */
  readonly tier?: Exclude<ResamplerTier, 'half-band'>;
}

/** The stage, with its adjustment. */
export interface AdjustableResampler extends Stage<AudioBlock, AudioBlock> {
  /**
   * Takes the clock of the input to run fast by `ppm`, or slow where it is negative, so that more, or less, of it makes an
   * output. The ratio glides there, 10 ppm in a millisecond.
   *
   * @throws {RangeError} beyond ±1000
   */
  adjust(ppm: number): void;
  /** What was asked for last. */
  readonly adjustmentPpm: number;
}

/**
 * Changes the sample rate by a ratio that can be moved by ±1000 ppm while it runs: two sound devices are never at quite the
 * same rate. `DriftFollower` finds the adjustment.
 *
 * As good as `resampler` in the same tier, at three to five times its cost: coefficients are interpolated between phases, which
 * adds an error below −110 dB of what it filters (J. O. Smith, "Digital Audio Resampling", 2002). Streaming and exact as
 * well: for the same adjustments at the same places, the samples do not depend, to the bit, on how the input was cut; without
 * adjustment n frames give ⌈n · toHz / fromHz⌉. Every stream that is opened has the same adjustment.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, `channels` no positive integer, or `tier` is unknown; and in
 *   `push` for a block of another rate or number of channels
 *
 * @example
 * ```ts
 * import { adjustableResampler, inlet } from 'voiceloop';
 *
 * const stage = adjustableResampler({ fromHz: 48_000, toHz: 48_000 });
 * let frames = 0;
 * const first = stage.open(inlet((block) => (frames += block.samples.length)));
 * stage.adjust(300);
 * const samples = new Float32Array(960);
 * for (let n = 0; n < 500; n++) first.push({ samples, rateHz: 48_000, channels: 1, timeMs: n * 20 });
 * console.log(480_000 - frames); // 143: ten seconds shortened by 300 ppm, but for the way there
 * ```
 */
export function adjustableResampler(options: AdjustableResamplerOptions): AdjustableResampler {
  const { fromHz, toHz, channels = 1, tier = 'std' } = options;
  const open = () => new AdjustableConverter(fromHz, toHz, channels, tier);
  // The first is no stream's: it refuses what is wrong, also while there is none.
  const refusing = open();
  const converters = [refusing];
  let adjustmentPpm = 0;
  return {
    name: `adjustable resampler ${fromHz}→${toHz}`,
    delayMs: refusing.delayMs,
    open(outlet: Inlet<AudioBlock>) {
      const converter = open();
      converter.adjust(adjustmentPpm);
      // Only a stream that runs glides to an adjustment: a new one begins with it, as after an end.
      converter.reset();
      converters.push(converter);
      return new ResamplingInlet({ rateHz: fromHz, channels }, toHz, converter, outlet);
    },
    adjust(ppm) {
      for (const converter of converters) converter.adjust(ppm);
      adjustmentPpm = ppm;
    },
    get adjustmentPpm() {
      return adjustmentPpm;
    },
  };
}
