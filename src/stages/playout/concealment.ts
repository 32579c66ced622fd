/**
 * Goes on with a voice for a moment when its samples have run out.
 *
 * @module
 */

const SHORTEST_LAG_MS = 2.5;
const LONGEST_LAG_MS = 15;
const WINDOW_MS = 10;
/** How long the difference between what was and what goes on takes to die away. */
const JOIN_MS = 5;
const FULL_GAIN_MS = 20;
const TOTAL_MS = 60;
/** Square of the normalised correlation (0.5²) below which the sound has no pitch. */
const VOICED_SCORE = 0.25;

/**
 * Conceals a gap by repeating the last pitch period, at full gain for 20 ms and falling to silence at 60 ms. It needs no
 * sample in advance: the step between the last sample and the repetition is taken out by a ramp of 5 ms, and the end of the
 * period is cross-faded into what came before its beginning, so neither seam clicks.
 *
 * Source: ITU-T G.711 Appendix I (1999), with the ramp in place of its look-ahead of 3.75 ms; gain as in NetEq's expand.
 */
export class Concealment {
  readonly #shortestLag: number;
  readonly #longestLag: number;
  readonly #window: number;
  readonly #joinLength: number;
  readonly #fullLength: number;
  readonly #totalLength: number;
  /** What went out last, as a ring. Twice the longest period, for the cross-fade within it. */
  readonly #ring: Float32Array;
  #ringAt = 0;
  readonly #past: Float32Array;
  readonly #period: Float32Array;
  #periodLength = 1;
  #step = 0;
  /** Samples made since the gap began. */
  #made: number;

  constructor(rateHz: number) {
    const samples = (ms: number) => Math.round((rateHz * ms) / 1000);
    this.#shortestLag = samples(SHORTEST_LAG_MS);
    this.#longestLag = samples(LONGEST_LAG_MS);
    this.#window = samples(WINDOW_MS);
    this.#joinLength = samples(JOIN_MS);
    this.#fullLength = samples(FULL_GAIN_MS);
    this.#totalLength = samples(TOTAL_MS);
    this.#ring = new Float32Array(2 * this.#longestLag);
    this.#past = new Float32Array(2 * this.#longestLag);
    this.#period = new Float32Array(this.#longestLag);
    this.#made = this.#totalLength;
  }

  /** How many samples it still has before it is silent. */
  get remaining(): number {
    return this.#totalLength - this.#made;
  }

  /** Takes note of what goes out. */
  remember(samples: Float32Array, from: number, count: number): void {
    const ring = this.#ring;
    let at = this.#ringAt;
    for (let i = Math.max(0, count - ring.length); i < count; i++) {
      ring[at] = samples[from + i] as number;
      if (++at === ring.length) at = 0;
    }
    this.#ringAt = at;
  }

  /** What goes out next follows silence. */
  forget(): void {
    this.#ring.fill(0);
    this.#made = this.#totalLength;
  }

  /** A gap begins. */
  start(): void {
    const ring = this.#ring;
    const past = this.#past;
    for (let i = 0; i < past.length; i++) past[i] = ring[(this.#ringAt + i) % ring.length] as number;
    const lag = this.#pitchLag();
    const end = past.length;
    const overlap = Math.ceil(lag / 4);
    for (let i = 0; i < lag; i++) {
      const earlier = Math.max(0, i - (lag - overlap) + 1) / overlap;
      const now = past[end - lag + i] as number;
      this.#period[i] = now + earlier * ((past[end - 2 * lag + i] as number) - now);
    }
    this.#periodLength = lag;
    this.#step = (past[end - 1] as number) - (past[end - lag - 1] as number);
    this.#made = 0;
  }

  /** The next sample that goes on with the sound; 0 once it has died away. */
  next(): number {
    const made = this.#made;
    if (made === this.#totalLength) return 0;
    this.#made++;
    const fall = (made - this.#fullLength) / (this.#totalLength - this.#fullLength);
    const gain = 1 - Math.max(0, fall);
    const step = this.#step * Math.max(0, 1 - (made + 1) / this.#joinLength);
    const sample = gain * (this.#period[made % this.#periodLength] as number) + step;
    return Math.min(1, Math.max(-1, sample));
  }

  /** The lag of the highest normalised correlation. */
  #pitchLag(): number {
    const past = this.#past;
    const from = past.length - this.#window;
    let energy = 0;
    for (let i = from; i < past.length; i++) energy += (past[i] as number) * (past[i] as number);
    // A repeated stretch of noise buzzes at its own rate: the longest lag does so least.
    let best = this.#longestLag;
    let bestScore = VOICED_SCORE * energy;
    for (let lag = this.#shortestLag; lag <= this.#longestLag; lag++) {
      let correlation = 0;
      let lagEnergy = 0;
      for (let i = from; i < past.length; i++) {
        const earlier = past[i - lag] as number;
        correlation += (past[i] as number) * earlier;
        lagEnergy += earlier * earlier;
      }
      const score = correlation > 0 ? (correlation * correlation) / lagEnergy : 0;
      if (score > bestScore) {
        best = lag;
        bestScore = score;
      }
    }
    return best;
  }
}
