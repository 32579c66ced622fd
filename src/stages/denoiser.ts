/**
 * The stage that takes noise out of speech.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import { chain } from '../pipeline/chain.ts';
import type { Stage } from '../pipeline/inlet.ts';
import { Denoising, type OnVoiceProbability } from './denoiser/denoising.ts';
import type { Rnnoise } from './denoiser/rnnoise.ts';
import { frameMs, rnnoiseRateHz } from './denoiser/rnnoise-frame.ts';
import { resampler } from './resampler.ts';

/** What denoises, and between which rates. */
export interface DenoiserOptions {
  /** From `loadRnnoise`; any number of stages can share it. */
  readonly rnnoise: Rnnoise;
  /** Rate of the blocks that come in, an integer in Hz. */
  readonly fromHz: number;
  /** Rate of the blocks that go out, an integer in Hz. Default `fromHz`. */
  readonly toHz?: number;
  /** Channels of the blocks, which are denoised apart. Default 1. */
  readonly channels?: number;
  /**
   * Told for each 10 ms, before they go out, how probably there is speech in them, 0 to 1, and when they began, on the
   * clock of the blocks. Channel 0 alone is judged: the microphone.
   */
  readonly onVoiceProbability?: OnVoiceProbability;
}

/**
 * Takes noise out of speech with RNNoise (J.-M. Valin, "A hybrid DSP/deep learning approach to real-time full-band speech
 * enhancement", 2018). It makes pauses quiet and does not make speech easier to understand; where the service denoises,
 * leave it out. Measured on spoken fixtures in white, pink and fan noise 10 dB below them: pauses 40 dB quieter, 20 dB in
 * the first second; the level of clean speech stays within 0.1 dB.
 *
 * RNNoise works at 48 kHz in frames of 10 ms and adds 10 ms. Other rates are converted before and after it, and what these
 * conversions add is in `delayMs`; so 48000→24000 costs one conversion and not two. Whole frames leave at once: blocks of
 * 10 or 20 ms come out as such from the first one on, at any rate. Where blocks are no whole frames, samples wait for their
 * frame to fill, up to 10 ms more. The samples do not depend, to the bit, on how the input was cut into blocks, nor on the
 * runtime. `end` adds what is still inside. Blocks of more than 100 ms leave in pieces. A block's `timeMs` is when the sound
 * in its first sample was captured, as in the resampler. NaN and infinities count as silence.
 *
 * Opening and resetting take about 4 ms for each channel, in which RNNoise learns from a sound of its own what noise is;
 * without that, noise that begins at once may pass for speech for minutes. Until `end`, a channel holds about 20 KB of
 * WebAssembly memory, which is also freed when the stage's inlet is collected.
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000 or `channels` no positive integer, and in `push` for a
 *   block of another rate or number of channels
 *
 * @example
 * ```ts
 * import { denoiser, inlet, loadRnnoise } from 'voiceloop';
 *
 * const stage = denoiser({ rnnoise: await loadRnnoise(), fromHz: 48_000, toHz: 24_000 });
 * console.log(stage.name, stage.delayMs.toFixed(1)); // denoiser 48000→24000 11.5
 * const first = stage.open(inlet((block) => console.log(block.samples.length, block.rateHz)));
 * first.push({ samples: new Float32Array(960), rateHz: 48_000, channels: 1, timeMs: 0 }); // 480 24000
 * first.end();
 * ```
 */
export function denoiser(options: DenoiserOptions): Stage<AudioBlock, AudioBlock> {
  const { rnnoise, fromHz, toHz = fromHz, channels = 1, onVoiceProbability = () => {} } = options;
  if (!Number.isInteger(channels) || channels < 1) {
    throw new RangeError(`the number of channels must be a positive integer, received ${channels}`);
  }
  const core: Stage<AudioBlock, AudioBlock> = {
    name: 'RNNoise',
    delayMs: frameMs,
    open: (outlet) => new Denoising(rnnoise, channels, onVoiceProbability, outlet),
  };
  const path = chain(
    resampler({ fromHz, toHz: rnnoiseRateHz, channels }),
    core,
    resampler({ fromHz: rnnoiseRateHz, toHz, channels }),
  );
  return { ...path, name: fromHz === toHz ? 'denoiser' : `denoiser ${fromHz}→${toHz}` };
}
