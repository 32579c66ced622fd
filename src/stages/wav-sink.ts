/**
 * A loudspeaker that plays into a WAV file, or into nothing.
 *
 * @module
 */
import type { Clock, Timer } from '../clock.ts';

/** What a sink asks for its next samples: a {@link JitterBuffer}, for one. */
export interface PullSource {
  /** Fills `out`, whose first sample leaves the device at `dueMs`. */
  pull(out: Float32Array, dueMs: number): void;
}

/** Where the samples go; a track of a stereo recording, for one. */
export interface SampleTrack {
  /** Puts samples at a frame of the recording. Valid until the call returns. */
  write(atFrame: number, samples: Float32Array): void;
}

/** How {@link WavSink} works. */
export interface WavSinkOptions {
  readonly clock: Clock;
  readonly source: PullSource;
  readonly rateHz: number;
  /** The file's track. Without one the sink keeps time like a device and drops the samples. */
  readonly track?: SampleTrack;
  /** How much is pulled at a time; an interruption can be heard this much late. Default 10. */
  readonly blockMs?: number;
  /** Called after each block with the time at which it ends. */
  readonly onBlock?: (endMs: number) => void;
}

/**
 * Pulls a block at each absolute deadline from its start on, as a sound device does: the first sample of block *k* leaves at
 * start + k × block. Frame 0 of the track is the start.
 *
 * @example
 * ```ts
 * import { VirtualClock, WavSink } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const source = { pull: (out: Float32Array) => void out.fill(0.5) };
 * let frames = 0;
 * const track = { write: (_at: number, samples: Float32Array) => void (frames += samples.length) };
 * const sink = new WavSink({ clock, source, rateHz: 24_000, track });
 * sink.start();
 * await clock.run(() => clock.sleep(995));
 * console.log(frames); // 24000
 * ```
 */
export class WavSink {
  readonly #clock: Clock;
  readonly #source: PullSource;
  readonly #track: SampleTrack | undefined;
  readonly #blockMs: number;
  readonly #samples: Float32Array;
  readonly #onBlock: (endMs: number) => void;
  #timer: Timer | undefined;
  #startMs = 0;
  #block = 0;

  constructor(options: WavSinkOptions) {
    this.#clock = options.clock;
    this.#source = options.source;
    this.#track = options.track;
    this.#blockMs = options.blockMs ?? 10;
    this.#samples = new Float32Array(Math.round((options.rateHz * this.#blockMs) / 1000));
    this.#onBlock = options.onBlock ?? (() => {});
  }

  start(): void {
    this.#startMs = this.#clock.now();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#clock.at(this.#startMs + this.#block * this.#blockMs, () => this.#pull());
  }

  #pull(): void {
    const dueMs = this.#startMs + this.#block * this.#blockMs;
    this.#source.pull(this.#samples, dueMs);
    this.#track?.write(this.#block * this.#samples.length, this.#samples);
    this.#block++;
    this.#schedule();
    this.#onBlock(dueMs + this.#blockMs);
  }
}
