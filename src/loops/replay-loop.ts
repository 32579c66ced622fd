/**
 * The loop of a replay: source, uplink, session, downlink and sink on one clock.
 *
 * @module
 */
import { type AudioBlock, durationMs } from '../audio/audio-block.ts';
import { inputWireFormat, outputWireFormat, type WireFormat } from '../audio/sample-format.ts';
import { StereoRecording } from '../audio/stereo-recording.ts';
import type { Clock } from '../clock.ts';
import type { VoiceloopError } from '../errors.ts';
import { wholeMicroseconds } from '../latency/whole-microseconds.ts';
import { type WavDownlink, wavDownlink } from '../paths/downlink.ts';
import { openUplink, type UplinkProcessing } from '../paths/uplink.ts';
import { chain } from '../pipeline/chain.ts';
import { type Inlet, inlet, type Stage } from '../pipeline/inlet.ts';
import { passing } from '../pipeline/passing.ts';
import { type Lateness, Tap } from '../pipeline/tap.ts';
import type { TransportEvents } from '../pipeline/transport.ts';
import type { RequestSession, ResponseSession } from '../protocol/events.ts';
import type { Notice } from '../session/actions.ts';
import type { LoggedEvent } from '../session/event-log.ts';
import { Session } from '../session/session.ts';
import type { SessionCounters } from '../session/session-observer.ts';
import type { UplinkFrame } from '../stages/frame-packer.ts';
import type { PlayoutStatistics } from '../stages/jitter-buffer.ts';
import { WavSource } from '../stages/wav-source.ts';
import { ReplayTurns } from './replay-turns.ts';
import type { Service } from './service.ts';
import { Watch } from './watch.ts';

/** Length of a frame on the uplink. */
const FRAME_MS = 20;

/** What a loop is made of. */
export interface ReplayLoopOptions {
  readonly clock: Clock;
  readonly config: RequestSession;
  readonly processing: UplinkProcessing;
  /** The WAV file that keeps both sides. */
  readonly out?: string;
  readonly onEvent: (event: LoggedEvent) => void;
  readonly onNotice: (notice: Notice) => void;
  readonly signal?: AbortSignal;
}

/** When the connection came about. */
export interface ConnectionTimes {
  /** From dialling to the open connection. */
  readonly connectMs: number;
  /** From there to `session.updated`. */
  readonly sessionMs: number;
}

/** One loop, from dialling to its end. */
export class ReplayLoop {
  readonly turns: ReplayTurns;
  readonly watch: Watch;
  readonly source: WavSource;
  readonly #uplinkWire: WireFormat;
  readonly #clock: Clock;
  readonly #options: ReplayLoopOptions;
  readonly #outputWire: WireFormat;
  readonly #downlink: WavDownlink;
  readonly #taps: { readonly source: Tap; readonly filters: Tap };
  #session: Session | undefined;
  #recording: StereoRecording | undefined;
  #startMs = 0;
  #recordedMs = { user: 0, agent: 0 };
  #conversionDelayMs = 0;
  #sendLagMaxMs = 0;
  #lastReceivedMs = 0;

  constructor(options: ReplayLoopOptions) {
    const { clock, config, signal } = options;
    this.#clock = clock;
    this.#options = options;
    this.#uplinkWire = inputWireFormat(config.input_audio_format, config.input_audio_sampling_rate);
    this.#outputWire = outputWireFormat(config.output_audio_format);
    this.turns = new ReplayTurns(this.#outputWire.rateHz, FRAME_MS);
    this.watch = new Watch(clock, signal);
    this.source = new WavSource({ clock });
    this.#taps = { source: new Tap('source', clock), filters: new Tap('filters', clock) };
    this.#downlink = wavDownlink({
      clock,
      rateHz: this.#outputWire.rateHz,
      track: { write: (atFrame, samples) => this.#recording?.right.write(atFrame, samples) },
      observe: { onPlayed: (run) => this.turns.played(run) },
      onBlock: (endMs) => this.#blockPlayed(endMs),
    });
  }

  /** The downlink in one line. */
  get downlink(): string {
    return this.#downlink.description;
  }

  /** When the service was last heard of. */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** Nothing of any answer waits to be played. */
  get isSilent(): boolean {
    return this.#downlink.playback.state === 'idle';
  }

  get playout(): PlayoutStatistics {
    return this.#downlink.playback.statistics;
  }

  get counters(): SessionCounters | undefined {
    return this.#session?.counters;
  }

  /** The longest time from when a frame was due to when the socket had it. */
  get sendLagMaxMs(): number {
    return this.#sendLagMaxMs;
  }

  /** How late blocks passed each part of the uplink, the part's own delay included. */
  get lateness(): readonly Lateness[] {
    return [this.#taps.source.lateness, this.#taps.filters.lateness].map(
      ({ name, blocks, meanMs, maxMs }) => ({
        name,
        blocks,
        meanMs: wholeMicroseconds(meanMs),
        maxMs: wholeMicroseconds(maxMs),
      }),
    );
  }

  /** Dials the service and agrees on the session. */
  async connect(service: Service): Promise<{ session: ResponseSession; times: ConnectionTimes }> {
    const dialledMs = this.#clock.now();
    let openMs = dialledMs;
    const session = new Session({
      clock: this.#clock,
      config: this.#options.config,
      playback: this.#downlink.playback,
      dial: async (events: TransportEvents) => {
        const transport = await service.dial(events);
        openMs = this.#clock.now();
        return transport;
      },
      observer: {
        onEvent: (event) => this.#event(event),
        onTurn: (turn, atMs) => this.turns.turn(turn, atMs),
        onNotice: this.#options.onNotice,
        onClosed: ({ error }) => error && this.watch.fail(error),
      },
    });
    this.#session = session;
    const effective = await session.connect();
    return {
      session: effective,
      times: {
        connectMs: wholeMicroseconds(openMs - dialledMs),
        sessionMs: wholeMicroseconds(this.#clock.now() - openMs),
      },
    };
  }

  /** Opens the microphone and the loudspeaker; frame 0 of the recording is now. */
  start(): void {
    const { out } = this.#options;
    this.#startMs = this.#clock.now();
    this.#recordedMs = { user: this.#startMs, agent: this.#startMs };
    if (out !== undefined) this.#recording = new StereoRecording(out, { rateHz: this.#outputWire.rateHz });
    this.source.start(this.#uplink());
    this.#downlink.sink.start();
  }

  /** Closes everything that was opened, in order; the recording keeps what there was. */
  async stop(): Promise<void> {
    await this.source.stop();
    this.#downlink.sink.stop();
    this.#recording?.close();
    await this.#session?.close();
  }

  /** Why the recording stopped before the end. */
  get recordingError(): VoiceloopError | undefined {
    return this.#recording?.error;
  }

  #uplink(): Inlet<AudioBlock> {
    const frames = inlet<UplinkFrame>((frame) => this.#send(frame));
    const monitor = chain(this.#taps.filters, this.#userSide());
    const uplink = openUplink(
      'wav',
      { ...this.#options.processing, wire: this.#uplinkWire, frameMs: FRAME_MS, monitor },
      frames,
      (plan) => {
        this.#conversionDelayMs = plan.delayMs;
      },
    );
    return this.#taps.source.open(uplink);
  }

  #send(frame: UplinkFrame): void {
    this.#session?.sendFrame(frame.message);
    const nowMs = this.#clock.now();
    // A frame is due when its last sample comes out of the filter.
    this.#sendLagMaxMs = Math.max(this.#sendLagMaxMs, nowMs - frame.endMs - this.#conversionDelayMs);
    this.turns.frameSent(frame, nowMs);
  }

  /** Takes the user's side for the recording, as it goes to the service. */
  #userSide(): Stage<AudioBlock, AudioBlock> {
    return passing('recording', (block) => {
      this.#recording?.left.write(this.#frameAt(block.timeMs), block.samples);
      this.#recordedMs.user = block.timeMs + durationMs(block);
    });
  }

  #blockPlayed(endMs: number): void {
    this.#recordedMs.agent = endMs;
    this.#recording?.advance(this.#frameAt(Math.min(this.#recordedMs.user, this.#recordedMs.agent)));
    this.watch.look();
  }

  #frameAt(timeMs: number): number {
    return Math.round(((timeMs - this.#startMs) * this.#outputWire.rateHz) / 1000);
  }

  #event(event: LoggedEvent): void {
    if (event.direction === 'received') {
      this.#lastReceivedMs = event.atMs;
      this.turns.event(event);
    }
    this.#options.onEvent(event);
  }
}
