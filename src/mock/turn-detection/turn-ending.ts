/**
 * Hears that a turn is over.
 *
 * @module
 */
import type { NoiseFloor } from './noise-floor.ts';
import { type ShortSpectrum, windowMs } from './short-spectrum.ts';

/** What {@link NoiseFloor.prominence} must exceed for speech to go on. Noise alone hardly ever gets there. */
const leastProminence = 34;
/** After a gap of more than 50 ms, which is longer than the closure of a plosive, three windows must exceed this: a click does not. */
const resumedProminence = 50;
/** What is left of a voice when noise has covered the rest: with fewer bands, chance has less to add up. */
const lowWeight = 1.5;
const longestClosureMs = 50;
const windowsToResume = 3;
/**
 * What noise hides of the last word. With noise 10 dB under the speech, a word that ends with a vowel is heard to its end, one
 * that fades away or ends with f, n or th only up to 114 ms before it (measured with the fixtures): in the middle the error is least.
 */
const hiddenEndMs = 57;
/**
 * A window of 32 ms still shows what ended shortly after its beginning: at a prominence of 2^10.5 until 24 ms after that end,
 * and 2 ms less with every halving (measured with the fixtures).
 */
const overlapMs = 24;
const overlapPerOctaveMs = 2;
const fullOverlapOctaves = 10.5;
/** The windows in which the word that ended was at its strongest. */
const strengthWindows = 4;

/** A turn is over when the silence asked for has passed since the last window in which speech stood out of the noise. */
export class TurnEnding {
  readonly #spectrum: ShortSpectrum;
  readonly #floor: NoiseFloor;
  readonly #longerSilenceMs: () => number;
  readonly #prominences = new Float64Array(strengthWindows);
  #next = 0;
  #heardMs = 0;
  #heard = 0;
  #strength = 0;
  /** How far into the first window without speech it went on; undefined while there is speech. */
  #fadedMs: number | undefined;
  #resuming = 0;
  #extraMs: number | undefined;

  constructor(spectrum: ShortSpectrum, floor: NoiseFloor, longerSilenceMs: () => number) {
    this.#spectrum = spectrum;
    this.#floor = floor;
    this.#longerSilenceMs = longerSilenceMs;
  }

  /** A turn has begun, with the window that has just been completed. */
  begin(): void {
    this.#prominences.fill(0);
    this.#resuming = 0;
    this.#hear(this.#floor.prominence(this.#spectrum.bands, lowWeight));
    this.#floor.beginWatch();
  }

  /**
   * Takes in the window that has just been completed and says where the silence after the turn ends, if it has.
   *
   * @param quiet the level (RMS) that speech may fall to
   */
  follow(silenceMs: number, quiet: number): number | undefined {
    const { bands, level, endMs } = this.#spectrum;
    const prominence = this.#floor.prominence(bands, lowWeight);
    this.#floor.watch(bands);
    if (this.#isSpeech(prominence, level > quiet, endMs - this.#heardMs > longestClosureMs)) {
      this.#hear(prominence);
      return undefined;
    }
    this.#fadedMs ??= level > quiet ? fadedMs(this.#heard, prominence) : 0;
    if (prominence < leastProminence) this.#floor.learn(bands, level);
    const silentMs = this.#speechEndMs + silenceMs;
    if (endMs < silentMs) return undefined;
    this.#extraMs ??= Math.max(0, this.#longerSilenceMs());
    return endMs < silentMs + this.#extraMs ? undefined : silentMs + this.#extraMs;
  }

  get #speechEndMs(): number {
    const octaves = Math.min(fullOverlapOctaves, log2(this.#strength));
    const seenMs = overlapMs - overlapPerOctaveMs * (fullOverlapOctaves - octaves);
    const correctionMs = hiddenEndMs - seenMs + (this.#fadedMs ?? 0);
    return Math.round(this.#heardMs + this.#floor.hiding * correctionMs);
  }

  #isSpeech(prominence: number, isLoud: boolean, isAfterGap: boolean): boolean {
    if (!isLoud || prominence <= (isAfterGap ? resumedProminence : leastProminence)) {
      this.#resuming = 0;
      return false;
    }
    this.#resuming += 1;
    return !isAfterGap || this.#resuming >= windowsToResume;
  }

  #hear(prominence: number): void {
    this.#prominences[this.#next % strengthWindows] = prominence;
    this.#next += 1;
    this.#strength = 0;
    for (const earlier of this.#prominences) this.#strength = Math.max(this.#strength, earlier);
    this.#heardMs = this.#spectrum.endMs;
    this.#heard = prominence;
    this.#fadedMs = undefined;
    this.#extraMs = undefined;
  }
}

/** Between two windows the prominence falls by a factor, not by a difference. */
function fadedMs(above: number, below: number): number {
  const rise = log2(above / leastProminence);
  const fall = log2(Math.max(0.5, below) / leastProminence);
  return rise > fall ? Math.max(0, Math.min(1, rise / (rise - fall))) * windowMs : 0;
}

/** Exact at powers of two and straight between them: Math.log2 differs from engine to engine. */
function log2(value: number): number {
  let octaves = 0;
  let rest = value;
  for (; rest >= 2; rest /= 2) octaves += 1;
  for (; rest < 1; rest *= 2) octaves -= 1;
  return octaves + rest - 1;
}
