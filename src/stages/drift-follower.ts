/**
 * Finds by how many parts per million one clock runs faster than another, from how full the queue between them is.
 *
 * @module
 */
import { maxAdjustmentPpm } from '../../wasm/loader/interpolating-bank.ts';

/** What the queue is to be held at. */
export interface DriftFollowerOptions {
  /** The level to hold, in milliseconds of audio. */
  readonly targetMs: number;
}

/**
 * Natural frequencies of the loop, per second. The fast one finds the drift: 300 ppm that set in at once move the level by
 * less than 0.6 ms. The slow one holds it and lets 64 times less of the level's jitter into the pitch.
 */
const fast = 0.25;
const slow = 0.03;

/** Jitter is smoothed twice, that much faster than the loop moves, so that the loop stays critically damped within a few degrees. */
const smoothing = 8;

/** The loop is fast from a disturbance of so much on … */
const disturbanceMs = 0.25;
/** … for so long: eight time constants. */
const settlingMs = 32_000;

/** A level rises by 1 µs in a second for each ppm. */
const ppmForMsPerSecond = 1000;

/**
 * A PI controller for the adjustment of an `adjustableResampler` that fills a queue from one clock while another empties it.
 * With a queue as the integrator, gains follow from the loop's natural frequency at critical damping; the error is smoothed
 * and the loop slows down when it has settled (F. Adriaensen, "Using a DLL to filter time", 2005). In the end the level is at its
 * target and the adjustment is the drift.
 *
 * The level should be that of the moment, not of the last block: what was written and how long ago, less what was read and
 * how long ago. Otherwise the blocks themselves look like drift.
 *
 * @example
 * ```ts
 * import { DriftFollower } from 'voiceloop';
 *
 * const follower = new DriftFollower({ targetMs: 20 });
 * let levelMs = 20;
 * for (let timeMs = 0; timeMs < 60_000; timeMs += 20) levelMs += 0.02 * 0.001 * (300 - follower.update(levelMs, timeMs));
 * console.log(levelMs.toFixed(1), follower.driftPpm.toFixed(0)); // 20.0 300
 * ```
 */
export class DriftFollower {
  readonly #targetMs: number;
  /** Twice smoothed. */
  #onceMs = 0;
  #offMs = 0;
  #integratedPpm = 0;
  #lastMs: number | undefined;
  #fastUntilMs = 0;

  /** @throws {RangeError} where the target is not positive */
  constructor({ targetMs }: DriftFollowerOptions) {
    if (!(targetMs > 0)) throw new RangeError(`a queue is held at a positive level, not at ${targetMs} ms`);
    this.#targetMs = targetMs;
  }

  /** The drift as far as it is known, without what is added for the moment to bring the level back. */
  get driftPpm(): number {
    return this.#integratedPpm;
  }

  /** What the resampler should be adjusted by from now on, ±1000 at most. Called regularly: every block is often enough. */
  update(levelMs: number, timeMs: number): number {
    const seconds = this.#lastMs === undefined ? 0 : (timeMs - this.#lastMs) / 1000;
    if (this.#lastMs === undefined || Math.abs(this.#offMs) > disturbanceMs)
      this.#fastUntilMs = timeMs + settlingMs;
    this.#lastMs = timeMs;
    const frequency = timeMs < this.#fastUntilMs ? fast : slow;

    const share = Math.min(1, smoothing * frequency * seconds);
    this.#onceMs += share * (levelMs - this.#targetMs - this.#onceMs);
    this.#offMs += share * (this.#onceMs - this.#offMs);

    const integralPpm = frequency * frequency * ppmForMsPerSecond * this.#offMs * seconds;
    const wanted = 2 * frequency * ppmForMsPerSecond * this.#offMs + this.#integratedPpm + integralPpm;
    const adjustment = Math.max(-maxAdjustmentPpm, Math.min(maxAdjustmentPpm, wanted));
    // At the limit, time teaches nothing about the drift.
    if (adjustment === wanted) this.#integratedPpm += integralPpm;
    return adjustment;
  }
}
