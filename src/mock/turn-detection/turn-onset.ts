/**
 * Hears that a turn begins.
 *
 * @module
 */
import type { NoiseFloor } from './noise-floor.ts';
import { bandCount, type ShortSpectrum, windowMs } from './short-spectrum.ts';
import { leastVoicing, voicing, voicingSamples } from './voicing.ts';

/** A dip as long as a plosive's closure does not end what may become a turn. */
const longestDipMs = 50;
const shortestSpeechMs = 50;
/** What {@link NoiseFloor.prominence} must exceed. */
const leastProminence = 25;
/** So long must something have lasted before it can be judged whether it is a voice. */
const windowsToJudge = 5;
/** A sound without a voice is noise after this many windows, or after twice as many where its level moves: no consonant lasts longer. */
const noiseWindows = 20;
const steadyRatio = 3;
/** The spectra of the first windows are of what was before, too. */
const mixedWindows = 3;
/** Fewer windows say too little about a noise. */
const leastNoiseWindows = 8;
/**
 * What noise hides of the first word. With noise 10 dB under the speech, a word that begins with a vowel is heard at once, one
 * that begins with f, h or s only up to 107 ms later, with its vowel (measured with the fixtures): in the middle the error is least.
 */
const hiddenStartMs = 55;

const recent = new Float64Array(voicingSamples);

/**
 * A turn begins with `speechDurationMs` of sound that stands out of the noise, of which 50 ms are as loud as the threshold asks
 * for, and in which there is a voice. A sound in which there is none becomes the {@link NoiseFloor}.
 */
export class TurnOnset {
  readonly #spectrum: ShortSpectrum;
  readonly #floor: NoiseFloor;
  readonly #sums = new Float64Array(bandCount);
  #levelSum = 0;
  #summed = 0;
  #highest = 0;
  #lowest = 0;
  #isOpen = false;
  #startMs = 0;
  #windows = 0;
  #speechWindows = 0;
  #loudWindows = 0;
  #dipMs = 0;
  #isVoice = false;

  constructor(spectrum: ShortSpectrum, floor: NoiseFloor) {
    this.#spectrum = spectrum;
    this.#floor = floor;
  }

  /** Forgets what might have become a turn. */
  reset(): void {
    this.#isOpen = false;
  }

  /**
   * Takes in the window that has just been completed and says where a turn has begun, if one has.
   *
   * @param speechDurationMs how much speech makes a turn
   * @param loud the level (RMS) that speech must reach
   * @param quiet the level that it may fall to
   */
  listen(speechDurationMs: number, loud: number, quiet: number): number | undefined {
    const { bands, level, endMs } = this.#spectrum;
    const voiceLevel = Math.sqrt(Math.max(0, level * level - this.#floor.level * this.#floor.level));
    const isHeard = voiceLevel > quiet && this.#floor.prominence(bands) > leastProminence;
    if (isHeard && !this.#isOpen) this.#open(endMs);
    if (!this.#isOpen) {
      this.#floor.learn(bands, level);
      return undefined;
    }
    this.#gather();
    if (voiceLevel > loud) this.#loudWindows += 1;
    if (!isHeard) {
      this.#dip();
      return undefined;
    }
    this.#dipMs = 0;
    this.#speechWindows += 1;
    if (!this.#isVoice && this.#windows >= windowsToJudge) this.#judge();
    if (!this.#isVoice) return undefined;
    const hiddenMs = hiddenStartMs * this.#floor.hiding;
    const neededMs = Math.max(shortestSpeechMs, speechDurationMs - hiddenMs);
    if (this.#speechWindows * windowMs < neededMs || this.#loudWindows * windowMs < shortestSpeechMs) {
      return undefined;
    }
    this.#isOpen = false;
    return Math.max(0, Math.round(this.#startMs - hiddenMs));
  }

  #open(endMs: number): void {
    this.#isOpen = true;
    this.#startMs = endMs - windowMs;
    this.#windows = 0;
    this.#speechWindows = 0;
    this.#loudWindows = 0;
    this.#dipMs = 0;
    this.#isVoice = false;
    this.#sums.fill(0);
    this.#levelSum = 0;
    this.#summed = 0;
    this.#highest = 0;
    this.#lowest = 1;
  }

  #gather(): void {
    this.#windows += 1;
    if (this.#windows <= mixedWindows) return;
    const { bands, level } = this.#spectrum;
    for (let band = 0; band < bandCount; band++) {
      this.#sums[band] = (this.#sums[band] as number) + (bands[band] as number);
    }
    this.#levelSum += level;
    this.#summed += 1;
    this.#highest = Math.max(this.#highest, level);
    this.#lowest = Math.min(this.#lowest, level);
  }

  /** What breaks off at once was chance. */
  #dip(): void {
    this.#dipMs += windowMs;
    if (this.#dipMs <= Math.min(longestDipMs, this.#speechWindows * windowMs)) return;
    const isStillThere = this.#spectrum.level > this.#levelSum / (2 * this.#summed);
    if (this.#windows >= leastNoiseWindows && isStillThere) this.#becomeNoise();
    this.#isOpen = false;
  }

  #judge(): void {
    this.#spectrum.copyRecent(recent);
    this.#isVoice = voicing(recent) > leastVoicing;
    const isSteady = this.#highest <= steadyRatio * this.#lowest;
    if (this.#isVoice || this.#windows < (isSteady ? noiseWindows : 2 * noiseWindows)) return;
    this.#becomeNoise();
    this.#isOpen = false;
  }

  #becomeNoise(): void {
    this.#floor.settleAt(this.#sums, this.#levelSum, this.#summed);
  }
}
