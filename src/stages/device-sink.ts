/**
 * A loudspeaker.
 *
 * @module
 */
import type { AudioBlock, ReusedBlock } from '../audio/audio-block.ts';
import type { Clock, Timer } from '../clock.ts';
import type { AudioHost, DeviceInfo, OutputStream } from '../devices/audio-host.ts';
import type { DeviceNotice } from '../devices/device-notice.ts';
import { StreamKeeper } from '../devices/stream-keeper.ts';
import { RepeatableSource } from './device-sink/repeatable-source.ts';
import { StreamFeed } from './device-sink/stream-feed.ts';
import type { PullSource } from './wav-sink.ts';

/** How {@link DeviceSink} works. */
export interface DeviceSinkOptions {
  readonly clock: Clock;
  readonly host: AudioHost;
  /** Id or name of the loudspeaker, or a part of it. Default the system's default, which is followed when it changes. */
  readonly device?: string;
  readonly source: PullSource;
  /** Rate of the source, in Hz. The device runs at its own. */
  readonly rateHz: number;
  /** How much is kept in the device's queue: below it another 10 ms are written. Default 40. */
  readonly queueMs?: number;
  /**
   * Sees what goes to the loudspeaker: one channel, at the source's rate, with the time at which its first sample leaves it.
   * Valid until the call returns.
   */
  readonly onPlay?: (block: AudioBlock) => void;
  /** What `onPlay` has seen from this time on does not leave the loudspeaker. */
  readonly onRecalled?: (fromMs: number) => void;
  readonly onNotice: (notice: DeviceNotice) => void;
}

/** What a device sink has seen since it was opened. */
export interface DeviceSinkStatistics {
  /** How often the device's queue ran empty. */
  readonly underruns: number;
  /** How often the device's queue was more than 40 ms over its target, and had to empty itself before more was written. */
  readonly resyncs: number;
  /** How often another stream took the place of the one before it. */
  readonly reopened: number;
  /** What lies in the device's queue now; 0 while there is no device. */
  readonly levelMs: number;
}

/** Where the sound goes. */
export interface DeviceSinkOutput {
  readonly device: DeviceInfo;
  /** The rate that the stream runs at. */
  readonly rateHz: number;
  /** What changing the rate adds. */
  readonly resamplerDelayMs: number;
}

/** No multiple of it is one of a device's usual blocks, so that it sees their queue at all levels and not always at the same. */
const TICK_MS = 4.7;

/**
 * Plays what it pulls through a loudspeaker, paced by the device: no clock drifts against it. It keeps the device's queue
 * short, because what lies there is what an interruption has to call back, and it always fills it, with silence where the
 * source has none and before `start`; with half as much silence as sound where the device has shown that this is enough,
 * because an answer has to wait behind it.
 *
 * When the source is asked, it is told when its samples will leave the loudspeaker: when the device took the frames before
 * them, its pace, and its latency, without the jitter with which all this is seen (see {@link FrameClock}).
 *
 * Once it is open it never fails. Where the device is lost, takes nothing for two seconds, or stops being the default that is
 * followed, it is opened again: at once, then every half second, for ever. A device that was asked for is waited for; else
 * the new default is taken. Meanwhile nothing is pulled: the answer waits, and goes on where it stopped. What lay in the old
 * device's queue counts as not heard, and comes once more on the new one.
 *
 * @example
 * ```ts
 * import { DeviceSink, FakeHost, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const host = new FakeHost({ clock });
 * host.addOutput({ name: 'Speakers' });
 * let frames = 0;
 * const source = { pull: (out: Float32Array) => void (frames += out.length) };
 * const sink = new DeviceSink({ clock, host, source, rateHz: 24_000, onNotice: (notice) => console.log(notice.message) });
 * await clock.run(async () => {
 *   await sink.open();
 *   sink.start();
 *   await clock.sleep(1000);
 *   console.log(sink.flush() < 1440, frames > 23_500); // true true
 *   await sink.stop();
 * });
 * ```
 */
export class DeviceSink {
  readonly #clock: Clock;
  readonly #source: RepeatableSource;
  readonly #rateHz: number;
  readonly #queueMs: number;
  readonly #onPlay: ((block: AudioBlock) => void) | undefined;
  readonly #onRecalled: (fromMs: number) => void;
  readonly #keeper: StreamKeeper<OutputStream>;
  readonly #played: ReusedBlock;
  #playedUntilMs = 0;
  #feed: StreamFeed | undefined;
  #timer: Timer | undefined;
  #isPulling = false;
  /** Of streams that there were before. */
  #pastUnderruns = 0;
  #pastResyncs = 0;

  /** @throws {RangeError} where the rate is no integer from 8000 on, or the queue no positive duration */
  constructor(options: DeviceSinkOptions) {
    const {
      clock,
      host,
      device,
      source,
      rateHz,
      queueMs = 40,
      onPlay,
      onRecalled = () => {},
      onNotice,
    } = options;
    if (!Number.isInteger(rateHz) || rateHz < 8000) throw new RangeError(`cannot play at ${rateHz} Hz`);
    if (!(queueMs > 0)) throw new RangeError(`cannot keep a queue of ${queueMs} ms`);
    this.#clock = clock;
    this.#source = new RepeatableSource(source, rateHz);
    this.#rateHz = rateHz;
    this.#queueMs = queueMs;
    this.#onPlay = onPlay;
    this.#onRecalled = onRecalled;
    this.#played = { samples: new Float32Array(), rateHz, channels: 1, timeMs: 0 };
    this.#keeper = new StreamKeeper({
      clock,
      host,
      kind: 'output',
      device,
      open: (chosen, onLost) => host.openOutput({ ...(chosen && { device: chosen }), onLost }),
      onStream: (stream) => this.#playOn(stream),
      onEnd: () => this.#retire(this.#feed?.lose()),
      onNotice,
    });
  }

  /** Where the sound goes now; undefined while there is no device. */
  get output(): DeviceSinkOutput | undefined {
    if (!this.#feed) return undefined;
    const { stream, resampler } = this.#feed;
    return { device: stream.device, rateHz: stream.rateHz, resamplerDelayMs: resampler.delayMs };
  }

  get statistics(): DeviceSinkStatistics {
    const feed = this.#feed;
    return {
      underruns: this.#pastUnderruns + (feed?.stream.underruns ?? 0),
      resyncs: this.#pastResyncs + (feed?.resyncs ?? 0),
      reopened: this.#keeper.reopened,
      levelMs: feed?.levelMs ?? 0,
    };
  }

  /**
   * Opens the loudspeaker, and plays silence.
   *
   * @throws {VoiceloopError} of kind `device`, where it cannot be opened
   */
  async open(): Promise<void> {
    await this.#keeper.open();
    this.#tick();
  }

  /** Begins to pull. */
  start(): void {
    this.#isPulling = true;
  }

  /** Falls silent at once and gives the device back. */
  async stop(): Promise<void> {
    this.#isPulling = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.flush();
    this.#retire(0);
    await this.#keeper.close();
  }

  /**
   * Silences the loudspeaker at once, but for what is already on its way to the air.
   *
   * @returns how many of the samples that were pulled from the source will not be heard: the last ones
   */
  flush(): number {
    const unheard = this.#feed?.flush(this.#clock.now()) ?? 0;
    this.#recall(unheard);
    return unheard + this.#source.drop();
  }

  #tick(): void {
    const nowMs = this.#clock.now();
    this.#timer = this.#clock.at(nowMs + TICK_MS, () => this.#tick());
    this.#feed?.fill(nowMs, this.#isPulling);
    if (this.#feed?.hasTaken) this.#keeper.noteLife();
  }

  #playOn(stream: OutputStream): void {
    this.#retire(this.#feed?.flush(this.#clock.now()));
    const source = { pull: (out: Float32Array, dueMs: number) => this.#pull(out, dueMs) };
    this.#feed = new StreamFeed({ stream, source, rateHz: this.#rateHz, queueMs: this.#queueMs });
    this.#feed.fill(this.#clock.now(), this.#isPulling);
  }

  /** The feed's stream plays no more, nor the last `unheard` samples of the source: they come again on the next one. */
  #retire(unheard = 0): void {
    this.#pastUnderruns += this.#feed?.stream.underruns ?? 0;
    this.#pastResyncs += this.#feed?.resyncs ?? 0;
    this.#feed = undefined;
    this.#recall(unheard);
    this.#source.goBack(unheard);
  }

  #recall(unheard: number): void {
    if (unheard > 0) this.#onRecalled(this.#playedUntilMs - (unheard * 1000) / this.#rateHz);
  }

  #pull(out: Float32Array, dueMs: number): void {
    this.#source.pull(out, dueMs);
    this.#playedUntilMs = dueMs + (out.length * 1000) / this.#rateHz;
    if (!this.#onPlay) return;
    this.#played.samples = out;
    this.#played.timeMs = dueMs;
    this.#onPlay(this.#played);
  }
}
