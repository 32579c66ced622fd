/**
 * The stage that changes the sample rate.
 *
 * @module
 */
import type { ResamplerTier } from '../../wasm/filter-design.ts';
import { openConverter } from '../../wasm/open-converter.ts';
import { type AudioBlock, type BlockFormat, expectFormat } from '../audio/audio-block.ts';
import { type Inlet, inlet, type Stage } from '../pipeline/inlet.ts';
import type { RateEngine } from './rate-conversion.ts';
import { ResamplingInlet } from './resampling-inlet.ts';

export type { ResamplerTier };

/** From which rate to which. */
export interface ResamplerOptions {
  /** Rate of the blocks that come in, an integer in Hz. */
  readonly fromHz: number;
  /** Rate of the blocks that go out, an integer in Hz. */
  readonly toHz: number;
  /** Channels of the blocks, which are filtered apart. Default 1. */
  readonly channels?: number;
  /** How good, and how dear. Default `std`. */
  readonly tier?: ResamplerTier;
  /** Does the arithmetic instead of the built-in kernels, which alone have tiers: see `loadLibsamplerate`. */
  readonly engine?: RateEngine;
}

/**
 * Changes the sample rate with a polyphase FIR filter in WebAssembly. In the tier `std` it is flat within 0.01 dB up to 0.859 of
 * the lower Nyquist frequency, with aliases and images below −110 dB, and adds 1.5 ms at 48000→24000; see
 * {@link ResamplerTier} for the others.
 *
 * Streaming and exact: n frames have given ⌈n · toHz / fromHz⌉ frames at any time, so that 20 ms in are 20 ms out from the
 * first block on, and the samples do not depend, to the bit, on how the input was cut into blocks. `end` adds what still
 * sounds in the filter. Blocks of more than 100 ms leave in pieces. A block's `timeMs` is when the sound in its first sample
 * was captured: it follows the count of samples, and the input's own time only where that leaves the count by more than half
 * a block. NaN and infinities count as silence. With equal rates, blocks pass untouched.
 *
 * Every pair of integer rates will do. Where a ratio has more phases than fit (44101→24000), coefficients are interpolated, at
 * four times the cost, with what that adds below −115 dB. The filters are minimax designs with more ripple in the pass band
 * than in the stop band, which makes them a fifth shorter than a Kaiser window would (wasm/design).
 *
 * @throws {RangeError} where a rate is no integer from 1 to 768000, `channels` no positive integer, `tier` is unknown, or the
 *   half-band is asked for a ratio other than 2:1 and 1:2; and in `push` for a block of another rate or number of channels
 *
 * @example
 * ```ts
 * import { inlet, resampler } from 'voiceloop';
 *
 * const stage = resampler({ fromHz: 48_000, toHz: 24_000 });
 * const first = stage.open(inlet((block) => console.log(block.samples.length, block.rateHz)));
 * first.push({ samples: new Float32Array(960), rateHz: 48_000, channels: 1, timeMs: 0 }); // 480 24000
 * first.end(); // 72 24000: the filter's tail
 * ```
 */
export function resampler(options: ResamplerOptions): Stage<AudioBlock, AudioBlock> {
  const { fromHz, toHz, channels = 1, tier = 'std', engine } = options;
  if (engine && options.tier)
    throw new RangeError(`the engine ${engine.name} has no tiers, received ${tier}`);
  const from = { rateHz: fromHz, channels };
  const open = () => engine?.open(fromHz, toHz, channels) ?? openConverter(fromHz, toHz, channels, tier);
  // Opened here already, so that wrong options fail before the path is; an engine's conversion may be dear to make.
  let next: ReturnType<typeof open> | undefined = open();
  const { delayMs } = next;
  const name = engine
    ? `${engine.name} ${fromHz}→${toHz}`
    : `${tier === 'std' ? '' : `${tier} `}resampler ${fromHz}→${toHz}`;
  if (fromHz === toHz) return { name, delayMs: 0, open: (outlet) => passage(from, outlet) };
  return {
    name,
    delayMs,
    open: (outlet) => {
      const conversion = next ?? open();
      next = undefined;
      return new ResamplingInlet(from, toHz, conversion, outlet);
    },
  };
}

function passage(format: BlockFormat, outlet: Inlet<AudioBlock>): Inlet<AudioBlock> {
  return inlet(
    (block) => {
      expectFormat(block, format, 'the resampler');
      outlet.push(block);
    },
    () => outlet.end(),
    () => outlet.reset(),
  );
}
