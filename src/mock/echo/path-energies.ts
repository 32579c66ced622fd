/**
 * How much of the echo two filters leave.
 *
 * @module
 */

/** Energies of a block, smoothed over time: of the microphone, and of what each of two echo filters leaves of it. */
export class PathEnergies {
  readonly #weight: number;
  #heard = 0;
  #foreground = 0;
  #background = 0;

  /** @param blocks time constant of the smoothing */
  constructor(blocks: number) {
    this.#weight = 1 / blocks;
  }

  get heard(): number {
    return this.#heard;
  }

  get foreground(): number {
    return this.#foreground;
  }

  get background(): number {
    return this.#background;
  }

  /** What the foreground leaves of the microphone's energy; 1 while nothing has been heard. */
  get leftShare(): number {
    return this.#heard === 0 ? 1 : this.#foreground / this.#heard;
  }

  push(heard: number, foreground: number, background: number): void {
    this.#heard += this.#weight * (heard - this.#heard);
    this.#foreground += this.#weight * (foreground - this.#foreground);
    this.#background += this.#weight * (background - this.#background);
  }

  /** The foreground has become what the background is. */
  takeBackground(): void {
    this.#foreground = this.#background;
  }

  /** The background has become what the foreground is. */
  takeForeground(): void {
    this.#background = this.#foreground;
  }

  /** The foreground takes nothing away any more. */
  takeNothing(): void {
    this.#foreground = this.#heard;
  }

  reset(): void {
    this.#heard = 0;
    this.#foreground = 0;
    this.#background = 0;
  }
}
