/**
 * How fast a device's clock runs against the loop's clock.
 *
 * @module
 */

const WINDOW_MS = 10_000;
const SPACING_MS = 100;
const POINTS = WINDOW_MS / SPACING_MS + 1;
/** A jump that no drift explains: the device stalled, or is another one. */
const JUMP_MS = 20;

/**
 * The slope of a straight line through the last 10 s of (time, frames asked for), by least squares: a single late callback
 * moves it little.
 */
export class DriftEstimator {
  readonly #rateHz: number;
  readonly #timesMs = new Float64Array(POINTS);
  readonly #framesMs = new Float64Array(POINTS);
  #points = 0;
  #frames = 0;
  #originMs = 0;
  #lastTimeMs = Number.NEGATIVE_INFINITY;
  #expectedMs = Number.NaN;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** Takes note that `frames` were asked for, the first of them due at `dueMs`. */
  observe(dueMs: number, frames: number): void {
    if (!(Math.abs(dueMs - this.#expectedMs) <= JUMP_MS)) this.#restart(dueMs);
    if (dueMs - this.#lastTimeMs >= SPACING_MS) {
      const slot = this.#points % POINTS;
      this.#timesMs[slot] = dueMs - this.#originMs;
      this.#framesMs[slot] = (this.#frames * 1000) / this.#rateHz;
      this.#points++;
      this.#lastTimeMs = dueMs;
    }
    this.#frames += frames;
    this.#expectedMs = dueMs + (frames * 1000) / this.#rateHz;
  }

  /** Parts per million by which the device is fast; undefined until 10 s have been seen. */
  get driftPpm(): number | undefined {
    if (this.#points < POINTS) return undefined;
    const meanTime = mean(this.#timesMs);
    const meanFrames = mean(this.#framesMs);
    let numerator = 0;
    let denominator = 0;
    for (let i = 0; i < POINTS; i++) {
      const time = (this.#timesMs[i] as number) - meanTime;
      numerator += time * ((this.#framesMs[i] as number) - meanFrames);
      denominator += time * time;
    }
    return (numerator / denominator - 1) * 1_000_000;
  }

  /** What is asked for next does not go on from what was asked for last. */
  reset(): void {
    this.#expectedMs = Number.NaN;
  }

  #restart(dueMs: number): void {
    this.#points = 0;
    this.#frames = 0;
    this.#originMs = dueMs;
    this.#lastTimeMs = Number.NEGATIVE_INFINITY;
  }
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
