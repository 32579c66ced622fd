/**
 * Hears where the user's turns begin and end.
 *
 * @module
 */
import { NoiseFloor } from './noise-floor.ts';
import { isSteadyNoise } from './steady-noise.ts';

/** The numbers of the session's `turn_detection`, resolved. */
export interface TurnDetectorSettings {
  /** From 0 to 1; higher needs louder speech. 0.5 is −40 dBFS. */
  readonly threshold: number;
  /** How much audio before the first word still belongs to the turn. */
  readonly prefixPaddingMs: number;
  /** How long it must be quiet until the turn is over. */
  readonly silenceDurationMs: number;
  /** How much speech makes a turn; at least 50. */
  readonly speechDurationMs: number;
}

/** What the detector heard. Times are on the audio clock: milliseconds of audio since the session began. */
export type TurnEvent =
  | { readonly type: 'speech-started'; readonly audioStartMs: number }
  | { readonly type: 'speech-stopped'; readonly audioEndMs: number };

const windowMs = 10;
/** A dip as long as a plosive's closure does not end what may become a turn. */
const longestDipMs = 50;
const shortestSpeechMs = 50;
/** The part of a possible turn that is looked at to tell it from noise. */
const judgedWindows = 10;
/** 9.5 dB: what speech must stand above the noise floor. */
const aboveNoise = 3;
/** A turn goes on at 3 dB less than it began with, so that the end of a word is not cut off. */
const stayRatio = 0.7;

interface Candidate {
  readonly startMs: number;
  speechWindows: number;
  dipMs: number;
}

/**
 * Turn detection by level, decided in windows of 10 ms on the audio clock, so that it does not matter how the audio is cut or
 * when it arrives.
 *
 * A window is speech when its level (RMS above 100 Hz) is over `0.04 × threshold²`, but at least −60 dBFS, and 9.5 dB over the
 * {@link NoiseFloor}. A turn starts after `speechDurationMs` of such windows, at the first of them less the padding; it stops
 * when `silenceDurationMs` have passed since the last one. Noise that sets in at once stands as high above the silence before
 * it as a voice does: it is told apart by {@link isSteadyNoise} at the moment when a turn would start.
 */
export class TurnDetector {
  readonly #rateHz: number;
  #settings: TurnDetectorSettings | undefined;
  readonly #floor = new NoiseFloor();
  readonly #judged: Float32Array;
  readonly #judgedLevels = new Float64Array(judgedWindows);
  readonly #windowLength: number;
  /** One minus 2π × 100 Hz / rate: a first-order high-pass against hum and offset. */
  readonly #pole: number;
  #highPassed = 0;
  #previous = 0;
  #filled = 0;
  #windows = 0;
  #candidate: Candidate | undefined;
  #lastSpeechEndMs: number | undefined;

  /** @param settings undefined listens to the noise only, without finding turns. */
  constructor(rateHz: number, settings: TurnDetectorSettings | undefined) {
    this.#rateHz = rateHz;
    this.#settings = settings;
    this.#windowLength = rateHz / (1000 / windowMs);
    this.#judged = new Float32Array(this.#windowLength * judgedWindows);
    this.#pole = 1 - 628.3 / rateHz;
  }

  /** Whether a turn is going on. */
  get isSpeech(): boolean {
    return this.#lastSpeechEndMs !== undefined;
  }

  /** Takes other numbers; what is known about the noise stays. */
  configure(settings: TurnDetectorSettings | undefined): void {
    this.#settings = settings;
    if (!settings) this.reset();
  }

  /** Drops the turn that is going on, without an event. */
  reset(): void {
    this.#candidate = undefined;
    this.#lastSpeechEndMs = undefined;
  }

  /** Takes in mono audio of any length and returns what it decided. */
  push(samples: Float32Array): readonly TurnEvent[] {
    const events: TurnEvent[] = [];
    for (const sample of samples) {
      this.#highPassed = sample - this.#previous + this.#pole * this.#highPassed;
      this.#previous = sample;
      this.#judged[(this.#windows % judgedWindows) * this.#windowLength + this.#filled] = this.#highPassed;
      this.#filled += 1;
      if (this.#filled < this.#windowLength) continue;
      this.#filled = 0;
      const event = this.#decide();
      if (event) events.push(event);
    }
    return events;
  }

  #decide(): TurnEvent | undefined {
    const slot = this.#windows % judgedWindows;
    const from = slot * this.#windowLength;
    let energy = 0;
    for (let i = from; i < from + this.#windowLength; i++) energy += (this.#judged[i] as number) ** 2;
    const level = Math.sqrt(energy / this.#windowLength);
    this.#judgedLevels[slot] = level;
    this.#windows += 1;
    this.#floor.push(level);
    if (!this.#settings) return undefined;
    const loud = Math.max(0.001, 0.04 * this.#settings.threshold ** 2, aboveNoise * this.#floor.level);
    return this.#lastSpeechEndMs === undefined
      ? this.#listen(this.#settings, level, loud)
      : this.#follow(this.#settings, this.#lastSpeechEndMs, level > stayRatio * loud);
  }

  #listen(settings: TurnDetectorSettings, level: number, loud: number): TurnEvent | undefined {
    const endMs = this.#windows * windowMs;
    if (level > loud) {
      this.#candidate ??= { startMs: endMs - windowMs, speechWindows: 0, dipMs: 0 };
    }
    const candidate = this.#candidate;
    if (!candidate) return undefined;
    if (level <= stayRatio * loud) {
      candidate.dipMs += windowMs;
      if (candidate.dipMs > longestDipMs) this.#candidate = undefined;
      return undefined;
    }
    candidate.dipMs = 0;
    candidate.speechWindows += 1;
    if (candidate.speechWindows * windowMs < Math.max(settings.speechDurationMs, shortestSpeechMs))
      return undefined;
    this.#candidate = undefined;
    if (this.#isNoise(Math.min(judgedWindows, (endMs - candidate.startMs) / windowMs))) return undefined;
    this.#lastSpeechEndMs = endMs;
    return {
      type: 'speech-started',
      audioStartMs: Math.max(0, candidate.startMs - settings.prefixPaddingMs),
    };
  }

  #follow(settings: TurnDetectorSettings, lastSpeechEndMs: number, isSpeech: boolean): TurnEvent | undefined {
    const endMs = this.#windows * windowMs;
    if (isSpeech) {
      this.#lastSpeechEndMs = endMs;
    } else if (endMs - lastSpeechEndMs >= settings.silenceDurationMs) {
      this.#lastSpeechEndMs = undefined;
      return { type: 'speech-stopped', audioEndMs: endMs };
    }
    return undefined;
  }

  /** Judges the last windows and, if they are noise, makes them the floor. */
  #isNoise(windows: number): boolean {
    const samples = new Float32Array(windows * this.#windowLength);
    const levels: number[] = [];
    for (let i = 0; i < windows; i++) {
      const slot = (this.#windows - windows + i) % judgedWindows;
      const from = slot * this.#windowLength;
      samples.set(this.#judged.subarray(from, from + this.#windowLength), i * this.#windowLength);
      levels.push(this.#judgedLevels[slot] as number);
    }
    if (!isSteadyNoise(samples, levels, this.#rateHz)) return false;
    this.#floor.settleAt(levels.reduce((sum, level) => sum + level, 0) / windows);
    return true;
  }
}
