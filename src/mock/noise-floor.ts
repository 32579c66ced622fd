/**
 * How loud it is when nobody speaks.
 *
 * @module
 */

const windowsPerSlot = 50;
const slotCount = 6;
const smoothingWindows = 5;

/**
 * Minimum statistics after R. Martin ("Noise power spectral density estimation based on optimal smoothing and minimum
 * statistics", IEEE Transactions on Speech and Audio Processing, 2001), in one band: the floor is the lowest level, smoothed
 * over 50 ms, of the last three seconds. Speech always pauses for breath within that time; noise does not.
 */
export class NoiseFloor {
  readonly #minima: number[] = new Array(slotCount).fill(Infinity);
  readonly #recent = new Float64Array(smoothingWindows);
  #windows = 0;

  /** Takes in the level of one window of 10 ms. */
  push(level: number): void {
    this.#recent[this.#windows % smoothingWindows] = level;
    this.#windows += 1;
    if (this.#windows % windowsPerSlot === 0) {
      this.#minima.shift();
      this.#minima.push(Infinity);
    }
    if (this.#windows < smoothingWindows) return;
    let sum = 0;
    for (const recent of this.#recent) sum += recent;
    const last = slotCount - 1;
    this.#minima[last] = Math.min(this.#minima[last] as number, sum / smoothingWindows);
  }

  /** The floor as an amplitude (RMS); 0 while nothing is known. */
  get level(): number {
    const lowest = Math.min(...this.#minima);
    return lowest === Infinity ? 0 : lowest;
  }

  /** Forgets what was: `level` has turned out to be the noise of a new surrounding. */
  settleAt(level: number): void {
    this.#minima.fill(Infinity);
    this.#minima[slotCount - 1] = level;
    this.#recent.fill(level);
  }
}
