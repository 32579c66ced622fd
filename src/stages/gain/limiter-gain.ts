/**
 * The gain of a limiter: low enough for every peak, and smooth.
 *
 * @module
 */
import { SlidingMinimum } from './sliding-minimum.ts';

/** Speech has a peak in every period of the voice: the gain must not swing between them. */
const releaseMs = 90;
/** Aiming higher than where it ends, the release arrives. */
const releaseAim = 1.01;
/** Gains are counted in whole steps of 2⁻³⁰: then sums of them are exact, and a mean of ones is 1. */
const unity = 2 ** 30;

/**
 * Makes a smooth gain of the gains that single frames need. A sliding minimum brings what a frame needs to the frames up to
 * the look-ahead before it; the release lets it rise again; two moving averages one after the other, together as long as
 * the look-ahead, round it off. Every weighted gain there suffices for the frame that it goes onto, so their mean suffices
 * (P. Hämäläinen, "Smoothing of the control signal without clipped output in digital peak limiters", DAFx-02, 2002).
 */
export class LimiterGain {
  readonly #needed: SlidingMinimum;
  readonly #releasePerFrame: number;
  readonly #first: MovingSum;
  readonly #second: MovingSum;
  /** What the mean of ones adds up to. */
  readonly #whole: number;
  /** Frames until nothing but ones is left in the averages. */
  readonly #memory: number;
  #released = unity;
  #framesAtUnity: number;
  #value = 1;

  /** @param lookAhead how many frames later a frame goes out than it comes in */
  constructor(lookAhead: number, rateHz: number) {
    const firstLength = Math.floor(lookAhead / 2) + 1;
    const secondLength = lookAhead + 2 - firstLength;
    this.#needed = new SlidingMinimum(lookAhead + 1, unity);
    this.#releasePerFrame = 1000 / (releaseMs * rateHz);
    this.#first = new MovingSum(firstLength, unity);
    this.#second = new MovingSum(secondLength, firstLength * unity);
    this.#whole = firstLength * secondLength * unity;
    this.#memory = lookAhead + 1;
    this.#framesAtUnity = this.#memory;
  }

  /** Whether {@link follow} may give less than 1 although the coming frames need nothing. */
  get isReducing(): boolean {
    return this.#framesAtUnity < this.#memory;
  }

  /** The gain last given. */
  get value(): number {
    return this.#value;
  }

  /**
   * Gives the gain for the frame that goes out while another comes in.
   *
   * @param needed the gain, 0 to 1, that the frame coming in needs
   */
  follow(needed: number): number {
    const least = this.#needed.push(Math.floor(needed * unity));
    const risen = this.#released + (releaseAim * unity - this.#released) * this.#releasePerFrame;
    this.#released = Math.min(least, Math.floor(risen));
    this.#framesAtUnity = this.#released === unity ? this.#framesAtUnity + 1 : 0;
    this.#value = this.#second.push(this.#first.push(this.#released)) / this.#whole;
    return this.#value;
  }

  reset(): void {
    this.#needed.reset();
    this.#first.reset();
    this.#second.reset();
    this.#released = unity;
    this.#framesAtUnity = this.#memory;
    this.#value = 1;
  }
}

/** The sum of the last so many integers. */
class MovingSum {
  readonly #values: Float64Array;
  readonly #initial: number;
  #at = 0;
  #sum: number;

  constructor(length: number, initial: number) {
    this.#values = new Float64Array(length).fill(initial);
    this.#initial = initial;
    this.#sum = length * initial;
  }

  push(value: number): number {
    this.#sum += value - (this.#values[this.#at] as number);
    this.#values[this.#at] = value;
    this.#at = this.#at + 1 === this.#values.length ? 0 : this.#at + 1;
    return this.#sum;
  }

  reset(): void {
    this.#values.fill(this.#initial);
    this.#sum = this.#values.length * this.#initial;
  }
}
