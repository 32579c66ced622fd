/**
 * A microphone and a loudspeaker with a clock each, and stamps that jitter, in a time that is known exactly.
 *
 * @module
 */

import type { AudioBlock } from '../../../src/audio/audio-block.ts';
import { type Inlet, inlet } from '../../../src/pipeline/inlet.ts';
import { Random } from '../../../src/random.ts';
import { type EchoReference, echoReference } from '../../../src/stages/echo-reference.ts';

export interface TwoDevicesOptions {
  readonly wireHz?: number;
  readonly playedHz?: number;
  /** By how much each device runs fast. */
  readonly microphonePpm?: number;
  readonly loudspeakerPpm?: number;
  /** Stamps are off by so much at most. */
  readonly jitterMs?: number;
  readonly seed?: number;
  /** By how much later the microphone hears the loudspeaker. */
  readonly delayMs?: number;
}

const startMs = 100;
/** How long before it sounds the loudspeaker's sound is announced. */
const aheadMs = 60;

/** The loudspeaker plays `sound`, a function of the true time, the microphone hears it, and everything passes the stage. */
export class TwoDevices {
  readonly stage: EchoReference;
  readonly #options: Required<TwoDevicesOptions>;
  readonly #sound: (timeMs: number) => number;
  readonly #random: Random;
  readonly #microphone: Inlet<AudioBlock>;
  readonly #heard: Float32Array;
  readonly #played: Float32Array;
  /** When the loudspeaker was silent. */
  readonly #pauses: { readonly fromMs: number; readonly untilMs: number }[] = [];
  #heardFrames = 0;
  #playedFrames = 0;
  #collected: { microphone: number[]; reference: number[] } | undefined;

  constructor(sound: (timeMs: number) => number, options: TwoDevicesOptions = {}) {
    this.#options = {
      wireHz: 8000,
      playedHz: 8000,
      microphonePpm: 0,
      loudspeakerPpm: 0,
      jitterMs: 0,
      seed: 1,
      delayMs: 0,
      ...options,
    };
    const { wireHz, playedHz, seed } = this.#options;
    this.#sound = sound;
    this.#random = new Random(seed);
    this.#heard = new Float32Array(wireHz / 50);
    this.#played = new Float32Array(playedHz / 100);
    this.stage = echoReference({ wireHz, playedHz });
    this.#microphone = this.stage.open(inlet((block) => this.#collect(block)));
  }

  /** The true time. */
  get nowMs(): number {
    return this.#timeOfHeard(this.#heardFrames);
  }

  /** Lets time pass, and gives both channels of what came out. */
  listen(ms: number): { microphone: Float32Array; reference: Float32Array } {
    const collected = { microphone: [], reference: [] };
    this.#collected = collected;
    this.run(ms);
    this.#collected = undefined;
    return {
      microphone: Float32Array.from(collected.microphone),
      reference: Float32Array.from(collected.reference),
    };
  }

  /** Lets time pass. */
  run(ms: number): void {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs - 0.1; ) {
      const endMs = this.#timeOfHeard(this.#heardFrames + this.#heard.length);
      while (this.#timeOfPlayed(this.#playedFrames) < endMs + aheadMs) this.#announce();
      this.#hear();
    }
  }

  /** The loudspeaker's queue runs empty: what comes after it comes later. */
  pause(ms: number): void {
    const fromMs = this.#timeOfPlayed(this.#playedFrames);
    this.#goOnAt(fromMs, fromMs + ms);
  }

  /** What is announced, but does not sound yet, is recalled; there is sound again after some time. */
  flush(silentMs: number): void {
    this.stage.recall(this.nowMs);
    this.#goOnAt(this.nowMs, this.nowMs + silentMs);
  }

  /** The microphone loses what it heard. */
  loseMicrophone(ms: number): void {
    this.#heardFrames += Math.round((ms * this.#options.wireHz) / 1000);
  }

  #goOnAt(fromMs: number, untilMs: number): void {
    this.#pauses.push({ fromMs, untilMs });
    this.#playedFrames = Math.round(((untilMs - startMs) * this.#playedHz) / 1000);
  }

  get #playedHz(): number {
    return this.#options.playedHz * (1 + this.#options.loudspeakerPpm * 1e-6);
  }

  #timeOfHeard(frame: number): number {
    return startMs + (frame * 1000) / (this.#options.wireHz * (1 + this.#options.microphonePpm * 1e-6));
  }

  #timeOfPlayed(frame: number): number {
    return startMs + (frame * 1000) / this.#playedHz;
  }

  #jitterMs(): number {
    return (this.#random.uniform() * 2 - 1) * this.#options.jitterMs;
  }

  #announce(): void {
    const samples = this.#played;
    for (let i = 0; i < samples.length; i++)
      samples[i] = this.#sound(this.#timeOfPlayed(this.#playedFrames + i));
    const timeMs = this.#timeOfPlayed(this.#playedFrames) + this.#jitterMs();
    this.stage.play({ samples, rateHz: this.#options.playedHz, channels: 1, timeMs });
    this.#playedFrames += samples.length;
  }

  #hear(): void {
    const samples = this.#heard;
    for (let i = 0; i < samples.length; i++) {
      const leftMs = this.#timeOfHeard(this.#heardFrames + i) - this.#options.delayMs;
      const isSilent = this.#pauses.some(({ fromMs, untilMs }) => leftMs >= fromMs && leftMs < untilMs);
      samples[i] = isSilent ? 0 : this.#sound(leftMs);
    }
    const timeMs = this.nowMs + this.#jitterMs();
    this.#microphone.push({ samples, rateHz: this.#options.wireHz, channels: 1, timeMs });
    this.#heardFrames += samples.length;
  }

  #collect({ samples }: AudioBlock): void {
    if (!this.#collected) return;
    for (let i = 0; i < samples.length; i += 2) {
      this.#collected.microphone.push(samples[i] as number);
      this.#collected.reference.push(samples[i + 1] as number);
    }
  }
}

/** Samples, again and again, as a function of time: smooth between them, by the cubic of Catmull and Rom. */
export function interpolated(samples: Float32Array, rateHz: number): (timeMs: number) => number {
  const { length } = samples;
  const table = new Float32Array(length + 3);
  table.set(samples);
  table.set(samples.subarray(0, 3), length);
  return (timeMs) => {
    const place = ((timeMs * rateHz) / 1000) % length;
    const at = Math.floor(place);
    const x = place - at;
    const a = table[at] as number;
    const b = table[at + 1] as number;
    const c = table[at + 2] as number;
    const d = table[at + 3] as number;
    return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
  };
}

/** Eight seconds of noise up to some 800 Hz, again and again. */
export function smoothNoise(): (timeMs: number) => number {
  const random = new Random(7);
  let once = 0;
  let twice = 0;
  const samples = Float32Array.from({ length: 64_000 }, () => {
    once += 0.5 * (random.uniform() - 0.5 - once);
    twice += 0.5 * (once - twice);
    return twice;
  });
  return interpolated(samples, 8000);
}

/** By how much later than the reference the microphone has the same sound, to a part of a sample: the peak of their correlation. */
export function lagMs(
  microphone: Float32Array,
  reference: Float32Array,
  rateHz: number,
  mostMs = 12,
): number {
  const most = Math.round((mostMs * rateHz) / 1000);
  const sums = new Float64Array(2 * most + 1);
  for (let lag = -most; lag <= most; lag++) {
    let sum = 0;
    for (let i = most; i < microphone.length - most; i++)
      sum += (microphone[i] as number) * (reference[i - lag] as number);
    sums[lag + most] = sum;
  }
  const peak = sums.indexOf(Math.max(...sums));
  const [before = 0, at = 0, after = 0] = [sums[peak - 1], sums[peak], sums[peak + 1]];
  const part = (before - after) / (2 * (before - 2 * at + after));
  return ((peak - most + (Number.isFinite(part) ? part : 0)) * 1000) / rateHz;
}
