/**
 * The path from a microphone, or a WAV file, to the socket.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { WireFormat } from '../audio/sample-format.ts';
import { chain } from '../pipeline/chain.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import type { Rnnoise } from '../stages/denoiser/rnnoise.ts';
import { denoiser } from '../stages/denoiser.ts';
import { framePacker, type UplinkFrame } from '../stages/frame-packer.ts';
import { preGain } from '../stages/pre-gain.ts';
import type { RateEngine } from '../stages/rate-conversion.ts';
import { resampler } from '../stages/resampler.ts';
import { describePath } from './describe-path.ts';

/** What is done to the sound on its way, beyond what it takes to get there. */
export interface UplinkProcessing {
  /** Takes noise out, at 48 kHz: from `loadRnnoise`. */
  readonly rnnoise?: Rnnoise;
  /** Changes rates instead of the built-in kernels: from `loadLibsamplerate`. */
  readonly engine?: RateEngine;
  /** A gain in dB, or `auto` for speech that is always as loud, before a limiter. */
  readonly gain?: number | 'auto';
}

/** What an uplink is planned from. */
export interface UplinkOptions extends UplinkProcessing {
  /** What the service takes. */
  readonly wire: WireFormat;
  /** Length of a frame, 10 to 200. Default 20. */
  readonly frameMs?: number;
  /** Sees every block in the rate of the wire, before it is packed: a recording, for one. */
  readonly monitor?: Stage<AudioBlock, AudioBlock>;
}

/** The stages of an uplink for one rate of the source. */
export interface UplinkPlan {
  /** From the source's blocks to blocks in the rate of the wire. */
  readonly conversion: Stage<AudioBlock, AudioBlock>;
  readonly packer: Stage<AudioBlock, UplinkFrame>;
  /** What filters and look-ahead add; framing is not part of it. */
  readonly delayMs: number;
  /** The path in one line. */
  readonly description: string;
}

/** The one rate that the denoiser knows. */
const denoisedHz = 48_000;

/**
 * Plans the stages between a source and the socket: the denoiser and the pre-gain where they are asked for, a resampler
 * wherever two neighbours' rates differ, then the frame packer.
 *
 * @example
 * ```ts
 * import { planUplink } from 'voiceloop';
 *
 * const plan = planUplink({ name: 'mic', rateHz: 48_000 }, { wire: { format: 'pcm16', rateHz: 24_000 } });
 * console.log(plan.description); // mic 48000 Hz → resampler 48000→24000 (+1.5 ms) → 20 ms frames → socket
 * ```
 */
export function planUplink(
  source: { readonly name: string; readonly rateHz: number },
  options: UplinkOptions,
): UplinkPlan {
  const { wire, rnnoise, engine, gain, monitor } = options;
  const packer = framePacker({ ...wire, ...(options.frameMs !== undefined && { frameMs: options.frameMs }) });
  const stages: Stage<AudioBlock, AudioBlock>[] = [];
  let rateHz = source.rateHz;
  const convertTo = (toHz: number) => {
    if (rateHz !== toHz) stages.push(resampler({ fromHz: rateHz, toHz, ...(engine && { engine }) }));
    rateHz = toHz;
  };
  if (rnnoise) {
    convertTo(denoisedHz);
    stages.push(denoiser({ rnnoise, fromHz: denoisedHz }));
  }
  convertTo(wire.rateHz);
  if (gain !== undefined) stages.push(preGain({ rateHz, gain }));
  const conversion = chain(...stages, ...(monitor ? [monitor] : []));
  const description = describePath([
    { name: `${source.name} ${source.rateHz} Hz` },
    ...stages,
    { name: packer.name },
    { name: 'socket' },
  ]);
  return { conversion, packer, delayMs: conversion.delayMs, description };
}

/**
 * Opens an uplink whose source may change its rate: the conversion is planned anew when a block of another rate comes, and
 * what the old filter still held is dropped. The frames go on without a gap.
 *
 * @param onPlan told about each plan before its first block passes
 */
export function openUplink(
  sourceName: string,
  options: UplinkOptions,
  outlet: Inlet<UplinkFrame>,
  onPlan: (plan: UplinkPlan) => void = () => {},
): Inlet<AudioBlock> {
  let rateHz = 0;
  let packed: Inlet<AudioBlock> | undefined;
  let converted: Inlet<AudioBlock> | undefined;
  return {
    push(block) {
      if (!converted || block.rateHz !== rateHz) {
        rateHz = block.rateHz;
        const plan = planUplink({ name: sourceName, rateHz }, options);
        packed ??= plan.packer.open(outlet);
        converted = plan.conversion.open(packed);
        onPlan(plan);
      }
      converted.push(block);
    },
    end() {
      converted?.end();
    },
    reset() {
      converted?.reset();
    },
  };
}
