/**
 * Keeps the queue of one open loudspeaker filled.
 *
 * @module
 */
import { FrameClock } from '../../audio/frame-clock.ts';
import type { OutputStream } from '../../devices/audio-host.ts';
import { PullResampler } from '../pull-resampler.ts';
import type { PullSource } from '../wav-sink.ts';

/** How much is written at a time. */
const BLOCK_MS = 10;

/** A device whose queue falls by so much more than time passes takes whole blocks. */
const BLOCKWISE = 1.02;

/** Of the queue, while nothing is said: an answer begins the sooner. */
const SILENT_SHARE = 3 / 8;

/** A queue that is over its target by more than this did not get there by itself. */
const EXCESS_MS = 40;

/** What {@link StreamFeed} is made of. */
export interface StreamFeedOptions {
  readonly stream: OutputStream;
  readonly source: PullSource;
  /** Rate of the source, in Hz. */
  readonly rateHz: number;
  /** How much is to lie in the device's queue. */
  readonly queueMs: number;
}

/** One stream from its opening to its end: its resampler, its clock, its queue. */
export class StreamFeed {
  readonly stream: OutputStream;
  readonly resampler: PullResampler;
  readonly #queueFrames: number;
  /** How much silence is enough: an answer begins the sooner, and nobody hears silence run out. */
  #silentFrames: number;
  #isSilent = true;
  readonly #excessFrames: number;
  readonly #block: Float32Array;
  readonly #written: Float32Array;
  readonly #clock: FrameClock;
  /** All that were written. */
  #frames = 0;
  #queuedFrames = 0;
  /** How far the device was when it was looked at last, and when that was. */
  #takenFrames = 0;
  #lookedMs = 0;
  #isKnown = false;
  /** What the clock knows comes from the device's pace; otherwise it is a first guess. */
  #hasPace = false;
  #hasTaken = false;
  #isLost = false;
  #underruns = 0;
  #isOver = false;
  #resyncs = 0;

  constructor({ stream, source, rateHz, queueMs }: StreamFeedOptions) {
    const frames = (ms: number) => Math.round((stream.rateHz * ms) / 1000);
    this.stream = stream;
    this.resampler = new PullResampler({ source, fromHz: rateHz, toHz: stream.rateHz });
    this.#queueFrames = frames(queueMs);
    this.#silentFrames = frames(queueMs * SILENT_SHARE);
    this.#excessFrames = frames(queueMs + EXCESS_MS);
    this.#block = new Float32Array(frames(BLOCK_MS));
    this.#written = new Float32Array(this.#block.length * stream.channels);
    this.#clock = new FrameClock({ rateHz: stream.rateHz });
  }

  /** What lay in the device's queue when it was looked at last. */
  get levelMs(): number {
    return (this.#queuedFrames * 1000) / this.stream.rateHz;
  }

  /** Whether the device was found to have taken anything when it was looked at last. */
  get hasTaken(): boolean {
    return this.#hasTaken;
  }

  /** How often the queue was far too long. */
  get resyncs(): number {
    return this.#resyncs;
  }

  /** Writes what is missing, from the source where `isPulling`, else silence. */
  fill(nowMs: number, isPulling: boolean): void {
    const { stream } = this;
    this.#followDevice(nowMs);
    // A device that loses what is written would take more for ever.
    const mostFrames = this.#frames + this.#queueFrames + this.#block.length;
    while (this.#canTake && this.#frames < mostFrames) {
      if (isPulling) this.resampler.pull(this.#block, this.#clock.timeOf(this.#frames));
      else this.#block.fill(0);
      // Before it is written: that may be when the driver finds that the device is gone.
      this.#queuedFrames += this.#block.length;
      this.#frames += this.#block.length;
      stream.write(this.#spread());
    }
  }

  /**
   * Empties the device's queue and what is held in front of it.
   *
   * @returns how many of the source's samples will not be heard
   */
  flush(nowMs: number): number {
    const dropped = this.stream.flush();
    if (this.#isLost) return 0;
    const unheard = this.resampler.toSourceFrames(dropped);
    this.resampler.reset();
    this.#restartClock();
    // At once, so that the device never finds its queue empty.
    this.fill(nowMs, false);
    return unheard;
  }

  /**
   * The stream is dead, maybe in the middle of a call of this feed's.
   *
   * @returns how many of the source's samples went down with it, by what lay in its queue at last
   */
  lose(): number {
    this.#isLost = true;
    return this.resampler.toSourceFrames(this.#queuedFrames);
  }

  get #canTake(): boolean {
    const wanted = this.#isSilent ? this.#silentFrames : this.#queueFrames;
    const { queuedFrames, writableFrames } = this.stream;
    return !this.#isLost && queuedFrames < wanted && writableFrames >= this.#block.length;
  }

  /** A device that takes so much at a time, or a program that looks so seldom, needs more in the queue than that. */
  #keepAtLeast(frames: number): void {
    this.#silentFrames = Math.min(this.#queueFrames, Math.max(this.#silentFrames, frames));
  }

  /** Learns from the queue when frames are heard. */
  #followDevice(nowMs: number): void {
    const { queuedFrames, underruns, latencyMs } = this.stream;
    if (this.#isLost) return;
    this.#queuedFrames = queuedFrames;
    const isOver = queuedFrames > this.#excessFrames;
    if (isOver && !this.#isOver) this.#resyncs++;
    if (underruns !== this.#underruns) this.#keepAtLeast(this.#queueFrames);
    if (underruns !== this.#underruns || isOver !== this.#isOver) this.#restartClock();
    this.#underruns = underruns;
    this.#isOver = isOver;
    this.#observe(this.#frames - queuedFrames, nowMs, latencyMs);
  }

  /**
   * A frame is heard from when the device takes it, and its latency later. One that takes whole blocks took this one some time
   * since the last look, in the mean half-way: its queue alone would say a block too early.
   */
  #observe(takenFrames: number, nowMs: number, latencyMs: number): void {
    const { rateHz } = this.stream;
    const took = takenFrames - this.#takenFrames;
    const elapsedMs = nowMs - this.#lookedMs;
    this.#hasTaken = took > 0;
    if (!this.#isKnown) {
      this.#clock.observe(takenFrames, nowMs + latencyMs);
    } else if (took > 0) {
      this.#keepAtLeast(took + this.#block.length);
      if (!this.#hasPace) this.#clock.reset();
      this.#hasPace = true;
      const isBlockwise = (took * 1000) / rateHz > BLOCKWISE * elapsedMs;
      const takenMs = this.#lookedMs + (isBlockwise ? elapsedMs / 2 : 0);
      this.#clock.observe(this.#takenFrames, takenMs + latencyMs);
    }
    this.#isKnown = true;
    this.#takenFrames = takenFrames;
    this.#lookedMs = nowMs;
  }

  /** Frames are no longer heard when they were going to be; the device's pace is what it was. */
  #restartClock(): void {
    this.#clock.reset();
    this.#isKnown = false;
    this.#hasPace = false;
  }

  /** The block in all channels of the device. */
  #spread(): Float32Array {
    const { channels } = this.stream;
    this.#isSilent = true;
    for (let i = 0, to = 0; i < this.#block.length; i++) {
      const sample = this.#block[i] as number;
      const finite = sample - sample === 0 ? sample : 0;
      if (finite !== 0) this.#isSilent = false;
      for (let channel = 0; channel < channels; channel++) this.#written[to++] = finite;
    }
    return this.#written;
  }
}
