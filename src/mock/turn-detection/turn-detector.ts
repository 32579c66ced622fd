/**
 * Hears where the user's turns begin and end.
 *
 * @module
 */
import { NoiseFloor } from './noise-floor.ts';
import { ShortSpectrum } from './short-spectrum.ts';
import { TurnEnding } from './turn-ending.ts';
import { TurnOnset } from './turn-onset.ts';

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

/** What may be given to a {@link TurnDetector} beside its numbers. */
export interface TurnDetectorOptions {
  /**
   * How many milliseconds of silence are waited for beyond `silenceDurationMs`; 0 ends the turn. It is called once in each
   * silence, when `silenceDurationMs` have passed. If speech comes back during the wait, the turn goes on. Default: 0.
   */
  readonly longerSilenceMs?: () => number;
}

/** What the detector heard. Times are on the audio clock: milliseconds of audio since the session began. */
export type TurnEvent =
  | {
      readonly type: 'speech-started';
      /** Where the speech begins, less the padding, but not below 0. */
      readonly audioStartMs: number;
    }
  | {
      readonly type: 'speech-stopped';
      /** Where the silence that was waited for ends: the end of the speech, `silenceDurationMs` and any longer wait. */
      readonly audioEndMs: number;
    };

const nothing: readonly TurnEvent[] = [];
/** −60 dBFS: the threshold asks for no less. */
const leastLevel = 0.001;
/** −40 dBFS at a threshold of 0.5. */
const levelAtFullThreshold = 0.04;
/** Words begin and end 10 dB below what they must reach. */
const quietShare = 0.3;
/** With these numbers the noise is told from speech while nobody asks for turns. */
const unasked: TurnDetectorSettings = {
  threshold: 0.5,
  prefixPaddingMs: 0,
  silenceDurationMs: 500,
  speechDurationMs: 100,
};

/**
 * Turn detection in windows of 10 ms on the audio clock, so that it does not matter how the audio is cut or when it arrives.
 *
 * Speech must reach a level of `0.04 × threshold²` (RMS above 100 Hz), but at least −60 dBFS, stand out of the {@link NoiseFloor} in
 * some bands, and have a voice in it: noise that sets in at once is as loud as one, but repeats nothing. A turn starts after
 * `speechDurationMs` of that, and stops when `silenceDurationMs` have passed since the last of it.
 *
 * What noise hides of the first and the last word is made up for by its mean. Measured with the fixtures in every input format:
 * on a quiet line starts are found within 20 ms and ends within 50 ms, with noise 10 dB under the speech both within 60 ms;
 * `speech-started` is decided at most 60 ms after `speechDurationMs` of speech, or 90 ms where the first word begins with a hiss
 * that the line does not carry. Made for 8, 16 and 24 kHz.
 */
export class TurnDetector {
  readonly #spectrum: ShortSpectrum;
  readonly #floor = new NoiseFloor();
  readonly #onset: TurnOnset;
  readonly #ending: TurnEnding;
  #settings: TurnDetectorSettings | undefined;
  #isSpeech = false;

  /** @param settings undefined listens to the noise only, without finding turns. */
  constructor(
    rateHz: number,
    settings: TurnDetectorSettings | undefined,
    { longerSilenceMs = () => 0 }: TurnDetectorOptions = {},
  ) {
    this.#settings = settings;
    this.#spectrum = new ShortSpectrum(rateHz);
    this.#onset = new TurnOnset(this.#spectrum, this.#floor);
    const askedMs = () => (this.#settings ? longerSilenceMs() : 0);
    this.#ending = new TurnEnding(this.#spectrum, this.#floor, askedMs);
  }

  /** Whether a turn is going on. */
  get isSpeech(): boolean {
    return this.#isSpeech && this.#settings !== undefined;
  }

  /** Takes other numbers; what is known about the noise stays. */
  configure(settings: TurnDetectorSettings | undefined): void {
    if (!settings || !this.#settings) this.reset();
    this.#settings = settings;
  }

  /** Drops the turn that is going on, without an event. */
  reset(): void {
    this.#onset.reset();
    this.#isSpeech = false;
  }

  /** Takes in mono audio of any length and returns what it decided. */
  push(samples: Float32Array): readonly TurnEvent[] {
    let events: TurnEvent[] | undefined;
    for (let at = 0; at < samples.length; ) {
      at = this.#spectrum.take(samples, at);
      if (!this.#spectrum.isComplete) continue;
      const event = this.#decide(this.#settings ?? unasked);
      if (!event || !this.#settings) continue;
      events ??= [];
      events.push(event);
    }
    return events ?? nothing;
  }

  #decide(settings: TurnDetectorSettings): TurnEvent | undefined {
    const loud = Math.max(leastLevel, levelAtFullThreshold * settings.threshold ** 2);
    const quiet = quietShare * loud;
    if (this.#isSpeech) {
      const audioEndMs = this.#ending.follow(settings.silenceDurationMs, quiet);
      if (audioEndMs === undefined) return undefined;
      this.#isSpeech = false;
      return { type: 'speech-stopped', audioEndMs };
    }
    const startMs = this.#onset.listen(settings.speechDurationMs, loud, quiet);
    if (startMs === undefined) return undefined;
    this.#isSpeech = true;
    this.#ending.begin();
    return { type: 'speech-started', audioStartMs: Math.max(0, startMs - settings.prefixPaddingMs) };
  }
}
