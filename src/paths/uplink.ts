/**
 * The path from a microphone, or a WAV file, to the socket.
 *
 * @module
 */
import type { AudioBlock } from '../audio/audio-block.ts';
import type { WireFormat } from '../audio/sample-format.ts';
import { VoiceloopError } from '../errors.ts';
import { chain } from '../pipeline/chain.ts';
import type { Inlet, Stage } from '../pipeline/inlet.ts';
import { type Bypass, bypass } from '../stages/bypass.ts';
import type { Rnnoise } from '../stages/denoiser/rnnoise.ts';
import { denoiser } from '../stages/denoiser.ts';
import { carryStamps } from '../stages/echo-reference/carried-stamps.ts';
import type { EchoReference } from '../stages/echo-reference.ts';
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
  /** Decides when the microphone is let through: mono, in the rate of the wire. */
  readonly gate?: Stage<AudioBlock, AudioBlock>;
  /** Sees every block in the rate of the wire, before it is packed: a recording, for one. */
  readonly monitor?: Stage<AudioBlock, AudioBlock>;
  /** Adds what the loudspeaker plays as a second channel; made for the rate of the wire, which must be `pcm16`. */
  readonly echo?: EchoReference;
  /** Makes the denoiser and the pre-gain such that they can be switched off and on: {@link UplinkPlan.setProcessing}. Default false. */
  readonly switchable?: boolean;
}

/** The stages of an uplink for one rate of the source. */
export interface UplinkPlan {
  /** From the source's blocks to mono blocks in the rate of the wire. */
  readonly conversion: Stage<AudioBlock, AudioBlock>;
  /** From there to frames: the echo reference, where there is one, and the frame packer. */
  readonly packer: Stage<AudioBlock, UplinkFrame>;
  /** What filters and look-ahead add; framing is not part of it. */
  readonly delayMs: number;
  /** The path in one line. */
  readonly description: string;
  /**
   * Switches the denoiser and the pre-gain off, and on again, without a click; only where the uplink is `switchable`. All plans of an
   * open uplink have the same switch.
   */
  readonly setProcessing?: (isOn: boolean) => void;
}

/** The one rate that the denoiser knows. */
const denoisedHz = 48_000;

/**
 * Plans the stages between a source and the socket: the denoiser and the pre-gain where they are asked for, a resampler
 * wherever two neighbours' rates differ, the gate, the monitor and the echo reference where they are given, then the frame packer.
 *
 * @throws {VoiceloopError} of kind `usage`: `echo-needs-pcm16`, for an echo reference that is to travel as G.711
 *
 * @example
 * ```ts
 * import { planUplink } from 'voiceloop';
 *
 * const plan = planUplink({ name: 'mic', rateHz: 48_000 }, { wire: { format: 'pcm16', rateHz: 24_000 } });
 * console.log(plan.description); // mic 48000 Hz → resampler 48000→24000 (+1.5 ms) → 20 ms frames → socket
 * ```
 */
export function planUplink(source: UplinkSource, options: UplinkOptions): UplinkPlan {
  return plan(source, options, new ProcessingSwitch());
}

/** What is known of a source before its first block. */
interface UplinkSource {
  /** As shown in the description of the path. */
  readonly name: string;
  readonly rateHz: number;
}

/** One switch for the processing of all plans of an uplink, of which the last is heard. */
class ProcessingSwitch {
  #isOn = true;
  #stages: readonly Bypass[] = [];

  readonly set = (isOn: boolean): void => {
    this.#isOn = isOn;
    for (const stage of this.#stages) stage.isBypassed = !isOn;
  };

  take(stages: readonly Bypass[]): void {
    this.#stages = stages;
    this.set(this.#isOn);
  }
}

function plan(source: UplinkSource, options: UplinkOptions, processing: ProcessingSwitch): UplinkPlan {
  const { wire, rnnoise, engine, gain, gate, monitor, echo, switchable = false } = options;
  if (echo) expectTwoChannels(wire);
  const stages: Stage<AudioBlock, AudioBlock>[] = [];
  const bypasses: Bypass[] = [];
  let rateHz = source.rateHz;
  const convertTo = (toHz: number) => {
    if (rateHz !== toHz) stages.push(resampler({ fromHz: rateHz, toHz, ...(engine && { engine }) }));
    rateHz = toHz;
  };
  const process = (stage: Stage<AudioBlock, AudioBlock>) => {
    if (!switchable) {
      stages.push(stage);
      return;
    }
    const switched = bypass(stage, { rateHz });
    bypasses.push(switched);
    stages.push(switched);
  };
  if (rnnoise) {
    convertTo(denoisedHz);
    process(denoiser({ rnnoise, fromHz: denoisedHz }));
  }
  convertTo(wire.rateHz);
  if (gain !== undefined) process(preGain({ rateHz, gain }));
  processing.take(bypasses);
  if (gate) stages.push(gate);
  const monitored = chain(...stages, ...(monitor ? [monitor] : []));
  const conversion = echo ? carryStamps(monitored, { fromHz: source.rateHz, toHz: rateHz }) : monitored;
  const frames = framePacker({
    ...wire,
    channels: echo ? 2 : 1,
    ...(options.frameMs !== undefined && { frameMs: options.frameMs }),
  });
  const description = describePath([
    { name: `${source.name} ${source.rateHz} Hz` },
    ...stages,
    ...(echo ? [echo] : []),
    { name: echo ? frames.name.replace('frames', 'stereo frames') : frames.name },
    { name: 'socket' },
  ]);
  return {
    conversion,
    packer: echo ? chain(echo, frames) : frames,
    delayMs: conversion.delayMs,
    description,
    ...(switchable && { setProcessing: processing.set }),
  };
}

/** @throws {VoiceloopError} `echo-needs-pcm16` */
function expectTwoChannels({ format, rateHz }: WireFormat): void {
  if (format === 'pcm16') return;
  throw new VoiceloopError('usage', 'echo-needs-pcm16', `${format} cannot carry the echo reference`, {
    where: `input_audio_format ${format} at ${rateHz} Hz`,
    reason: 'the reference travels as a second channel, which only pcm16 has',
    hint: 'ask for pcm16 as the input format, or leave the echo to the service (--echo server)',
  });
}

/**
 * Opens an uplink whose source may change its rate: the conversion is planned anew when a block of another rate comes, and
 * what the old filter still held is dropped. The frames go on without a gap, with the same echo reference and the same
 * processing switched off.
 *
 * @param onPlan told about each plan before its first block passes
 */
export function openUplink(
  sourceName: string,
  options: UplinkOptions,
  outlet: Inlet<UplinkFrame>,
  onPlan: (plan: UplinkPlan) => void = () => {},
): Inlet<AudioBlock> {
  const processing = new ProcessingSwitch();
  let rateHz = 0;
  let packed: Inlet<AudioBlock> | undefined;
  let converted: Inlet<AudioBlock> | undefined;
  return {
    push(block) {
      if (!converted || block.rateHz !== rateHz) {
        rateHz = block.rateHz;
        const planned = plan({ name: sourceName, rateHz }, options, processing);
        packed ??= planned.packer.open(outlet);
        converted = planned.conversion.open(packed);
        onPlan(planned);
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
