/**
 * A jitter buffer with a sink that pulls from it on the virtual clock and keeps everything.
 *
 * @module
 */

import { VirtualClock } from '../../../src/clock.ts';
import { Random } from '../../../src/random.ts';
import {
  JitterBuffer,
  type JitterBufferObserver,
  type PlayoutState,
  type RecalledRun,
  type Underrun,
} from '../../../src/stages/jitter-buffer.ts';
import { concatenate } from '../../support/concatenate.ts';

export const RATE_HZ = 24_000;
export const SAMPLES_PER_MS = RATE_HZ / 1000;

/** A played run with its own copy of the samples. */
export interface KeptRun {
  readonly itemId: string;
  readonly samples: Float32Array;
  readonly timeMs: number;
}

export class ListeningRoom implements JitterBufferObserver {
  readonly clock = new VirtualClock();
  readonly buffer: JitterBuffer;
  readonly runs: KeptRun[] = [];
  readonly states: string[] = [];
  readonly underruns: Underrun[] = [];
  readonly recalled: RecalledRun[] = [];
  readonly #blockMs: number;
  readonly #blocks: Float32Array[] = [];

  constructor(blockMs = 10) {
    this.#blockMs = blockMs;
    this.buffer = new JitterBuffer({
      clock: this.clock,
      rateHz: RATE_HZ,
      deviceBlockMs: blockMs,
      observe: this,
    });
  }

  onPlayed(run: { itemId: string; samples: Float32Array; timeMs: number }): void {
    this.runs.push({ itemId: run.itemId, samples: run.samples.slice(), timeMs: run.timeMs });
  }

  onRecalled(run: RecalledRun): void {
    this.recalled.push(run);
  }

  onState(from: PlayoutState, to: PlayoutState): void {
    this.states.push(`${from} → ${to}`);
  }

  onUnderrun(underrun: Underrun): void {
    this.underruns.push(underrun);
  }

  /** Everything that was pulled. */
  get output(): Float32Array {
    return concatenate(this.#blocks);
  }

  /** Everything that was reported as played, of one item or of all. */
  played(itemId?: string): Float32Array {
    const runs = this.runs.filter((run) => itemId === undefined || run.itemId === itemId);
    return concatenate(runs.map((run) => run.samples));
  }

  push(itemId: string, samples: Float32Array): void {
    this.buffer.push({
      responseId: `response of ${itemId}`,
      itemId,
      contentIndex: 0,
      samples,
      rateHz: RATE_HZ,
      receivedAtMs: this.clock.now(),
    });
  }

  /** One block, now. */
  pull(): Float32Array {
    const out = new Float32Array(Math.round(this.#blockMs * SAMPLES_PER_MS)).fill(Number.NaN);
    this.buffer.pull(out, this.clock.now());
    this.#blocks.push(out);
    return out;
  }

  /** Pulls block after block while `ms` pass. */
  async play(ms: number): Promise<void> {
    const untilMs = this.clock.now() + ms;
    while (this.clock.now() < untilMs) {
      this.pull();
      await this.clock.run(() => this.clock.sleep(this.#blockMs));
    }
  }

  /** Lets time pass without a pull. */
  async wait(ms: number): Promise<void> {
    await this.clock.run(() => this.clock.sleep(ms));
  }
}

/** Noise without a single quiet sample: each one is worth hearing, and no two neighbours are likely to be equal. */
export function loudNoise(ms: number, seed = 1): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: Math.round(ms * SAMPLES_PER_MS) }, () => {
    const level = 0.1 + 0.8 * random.uniform();
    return random.chance(0.5) ? level : -level;
  });
}

/** Loud noise with pauses that are almost silent. */
export function speech(ms: number, seed = 1): Float32Array {
  const samples = loudNoise(ms, seed);
  const random = new Random(seed).fork('pauses');
  for (let at = 0; at < samples.length; ) {
    at += random.integer(100, 600) * SAMPLES_PER_MS;
    const end = at + random.integer(50, 400) * SAMPLES_PER_MS;
    for (; at < end && at < samples.length; at++) samples[at] = (samples[at] as number) * 0.005;
  }
  return samples;
}
