/**
 * The sound of a chat: microphone, uplink, downlink, loudspeaker, and what joins the two sides.
 *
 * @module
 */
import type { AudioBlock } from '../../audio/audio-block.ts';
import { LevelMeter, type LevelReading } from '../../audio/level-meter.ts';
import { inputWireFormat, outputWireFormat, type WireFormat } from '../../audio/sample-format.ts';
import type { VoiceEvent } from '../../audio/voice-hysteresis.ts';
import type { Clock } from '../../clock.ts';
import type { AudioHost } from '../../devices/audio-host.ts';
import type { DeviceNotice } from '../../devices/device-notice.ts';
import { type DeviceDownlink, deviceDownlink } from '../../paths/downlink.ts';
import { openUplink, type UplinkPlan, type UplinkProcessing } from '../../paths/uplink.ts';
import { chain } from '../../pipeline/chain.ts';
import { type Inlet, inlet, type Stage } from '../../pipeline/inlet.ts';
import { passing } from '../../pipeline/passing.ts';
import type { Playback } from '../../pipeline/playback.ts';
import type { EchoChoice } from '../../session/defaults.ts';
import { DeviceCapture } from '../../stages/device-capture.ts';
import { type EchoReference, echoReference } from '../../stages/echo-reference.ts';
import type { UplinkFrame } from '../../stages/frame-packer.ts';
import type { PlayedRun } from '../../stages/jitter-buffer.ts';
import { type MicrophoneGate, microphoneGate } from '../../stages/microphone-gate.ts';
import { voiceActivity } from '../../stages/voice-activity.ts';
import type { ChatOptions } from './chat-options.ts';

/** What {@link ChatAudio} is made of. */
export interface ChatAudioOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** Ids or parts of names; default the system's. */
  readonly inputDevice?: string;
  readonly outputDevice?: string;
  /** What the service takes, and what it sends. */
  readonly input: WireFormat;
  readonly output: WireFormat;
  readonly processing: UplinkProcessing;
  readonly echo: EchoChoice;
  readonly observe: ChatAudioObserver;
}

/** What is told of the sound, as it passes. */
export interface ChatAudioObserver {
  onFrame(frame: UplinkFrame): void;
  /** The user's sound as the service hears it. */
  onUser(block: AudioBlock): void;
  /** The agent's sound as the loudspeaker plays it. */
  onAgent(block: AudioBlock): void;
  onPlayed(run: PlayedRun): void;
  /** What was to be played from then on is not. */
  onRecalled(fromMs: number): void;
  onVoice(event: VoiceEvent): void;
  onNotice(notice: DeviceNotice): void;
}

/** Length of a frame on the uplink. */
const frameMs = 20;

/** After the loudspeaker fell silent, the room still rings. */
const roomMs = 250;

/** Both paths on real devices. */
export class ChatAudio {
  readonly playback: Playback;
  readonly #options: ChatAudioOptions;
  readonly #capture: DeviceCapture;
  readonly #downlink: DeviceDownlink;
  readonly #echo: EchoReference | undefined;
  readonly #gate: MicrophoneGate;
  readonly #levels: { readonly input: LevelMeter; readonly output: LevelMeter };
  #plan: UplinkPlan | undefined;
  #isProcessing = true;
  #isOpen = true;
  #soundingUntilMs = 0;

  constructor(options: ChatAudioOptions) {
    const { clock, host, inputDevice, outputDevice, input, output, echo, observe } = options;
    this.#options = options;
    this.#levels = { input: new LevelMeter(input.rateHz), output: new LevelMeter(output.rateHz) };
    this.#gate = microphoneGate({ rateHz: input.rateHz });
    this.#echo =
      echo === 'reference' ? echoReference({ playedHz: output.rateHz, wireHz: input.rateHz }) : undefined;
    this.#downlink = deviceDownlink({
      clock,
      host,
      rateHz: output.rateHz,
      observe: { onPlayed: (run) => observe.onPlayed(run) },
      onPlay: (block) => this.#play(block),
      onRecalled: (fromMs) => this.#recall(fromMs),
      onNotice: (notice) => observe.onNotice(notice),
      ...(outputDevice !== undefined && { device: outputDevice }),
    });
    this.#capture = new DeviceCapture({
      clock,
      host,
      onNotice: (notice) => observe.onNotice(notice),
      ...(inputDevice !== undefined && { device: inputDevice }),
    });
    this.playback = this.#downlink.playback;
  }

  /** The paths in one line each, as they are now. */
  get paths(): { readonly uplink: string; readonly downlink: string } {
    return { uplink: this.#plan?.description ?? '', downlink: this.#downlink.description };
  }

  get levels(): { readonly input: LevelReading; readonly output: LevelReading } {
    return this.#levels;
  }

  /** The loudspeaker's side. */
  get downlink(): DeviceDownlink {
    return this.#downlink;
  }

  /** The microphone. */
  get capture(): DeviceCapture {
    return this.#capture;
  }

  get echo(): EchoReference | undefined {
    return this.#echo;
  }

  /** Something of the agent sounds, or waits to. */
  get isSounding(): boolean {
    return this.#downlink.buffer.state !== 'idle' || this.#options.clock.now() < this.#soundingUntilMs;
  }

  /** What lies in front of the frame packer makes it that much later. */
  get uplinkDelayMs(): number {
    return this.#plan?.delayMs ?? 0;
  }

  /** Whether the denoiser and the gain do their work; undefined where there are none. */
  get isProcessing(): boolean | undefined {
    const { rnnoise, gain } = this.#options.processing;
    return rnnoise || gain !== undefined ? this.#isProcessing : undefined;
  }

  /**
   * Opens both devices.
   *
   * @throws {VoiceloopError} of kind `device`
   */
  async open(): Promise<void> {
    await this.#downlink.sink.open();
    try {
      await this.#capture.open();
    } catch (error) {
      await this.#downlink.sink.stop();
      throw error;
    }
  }

  start(): void {
    this.#downlink.sink.start();
    this.#capture.start(this.#uplink());
  }

  async stop(): Promise<void> {
    await this.#capture.stop();
    await this.#downlink.sink.stop();
  }

  /** Whether the user is to be heard at all. */
  listen(isOpen: boolean): void {
    this.#isOpen = isOpen;
  }

  /** Switches the denoiser and the gain off, or on again, so that the difference can be heard; gives {@link isProcessing}. */
  toggleProcessing(): boolean | undefined {
    this.#isProcessing = !this.#isProcessing;
    this.#plan?.setProcessing?.(this.#isProcessing);
    return this.isProcessing;
  }

  #uplink(): Inlet<AudioBlock> {
    const { input, processing, observe } = this.#options;
    return openUplink(
      'microphone',
      {
        ...processing,
        wire: input,
        frameMs,
        gate: { ...chain(this.#beforeGate(), this.#gate), name: this.#gate.name },
        monitor: chain(this.#afterGate(), voiceActivity({ onVoice: (event) => observe.onVoice(event) })),
        switchable: true,
        ...(this.#echo && { echo: this.#echo }),
      },
      inlet<UplinkFrame>((frame) => observe.onFrame(frame)),
      (plan) => {
        this.#plan = plan;
      },
    );
  }

  #beforeGate(): Stage<AudioBlock, AudioBlock> {
    return passing('level', (block) => {
      this.#levels.input.push(block.samples);
      this.#gate.isOpen = this.#isOpen && !this.#isHeldBack(block.timeMs);
    });
  }

  #afterGate(): Stage<AudioBlock, AudioBlock> {
    return passing('monitor', (block) => this.#options.observe.onUser(block));
  }

  #isHeldBack(timeMs: number): boolean {
    return this.#options.echo === 'half-duplex' && timeMs < this.#soundingUntilMs + roomMs;
  }

  #play(block: AudioBlock): void {
    const { samples, timeMs, rateHz } = block;
    this.#levels.output.push(samples);
    if (!isSilent(samples)) this.#soundingUntilMs = timeMs + (samples.length * 1000) / rateHz;
    this.#echo?.play(block);
    this.#options.observe.onAgent(block);
  }

  #recall(fromMs: number): void {
    this.#soundingUntilMs = Math.min(this.#soundingUntilMs, fromMs);
    this.#echo?.recall(fromMs);
    this.#options.observe.onRecalled(fromMs);
  }
}

/** What a chat's options ask for; undefined for a chat in writing. */
export function chatAudioOf(options: ChatOptions, observe: ChatAudioObserver): ChatAudio | undefined {
  const { clock, host, inputDevice, outputDevice, config, processing = {}, echo = 'server' } = options;
  if (!host) return undefined;
  return new ChatAudio({
    clock,
    host,
    processing,
    echo,
    observe,
    input: inputWireFormat(config.input_audio_format, config.input_audio_sampling_rate),
    output: outputWireFormat(config.output_audio_format),
    ...(inputDevice !== undefined && { inputDevice }),
    ...(outputDevice !== undefined && { outputDevice }),
  });
}

function isSilent(samples: Float32Array): boolean {
  for (const sample of samples) if (sample !== 0) return false;
  return true;
}
