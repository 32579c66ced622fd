/**
 * Turns that are known beforehand, for tests that need them to the millisecond.
 *
 * @module
 */
import type { ScriptedTurn } from '../scenario/scenario.ts';
import type { TurnDetectorSettings, TurnEvent } from './turn-detector.ts';

/** Whatever finds turns in audio. */
export interface TurnFinder {
  configure(settings: TurnDetectorSettings | undefined): void;
  /** Drops the turn that is going on, without an event. */
  reset(): void;
  /** Takes in mono audio of any length and returns what it decided. */
  push(samples: Float32Array): readonly TurnEvent[];
}

/**
 * Says what a detector that hears perfectly would say of the given turns, by the amount of audio alone. Turns between which there is less
 * silence than the session waits for are one.
 */
export class ScriptedTurns implements TurnFinder {
  readonly #rateHz: number;
  readonly #turns: readonly ScriptedTurn[];
  readonly #longerSilenceMs: () => number;
  #settings: TurnDetectorSettings | undefined;
  #frames = 0;
  #next = 0;
  #isSpeaking = false;
  /** The longer silence that was asked for after the turn that is going on. */
  #extraMs: number | undefined;

  constructor(
    rateHz: number,
    turns: readonly ScriptedTurn[],
    settings: TurnDetectorSettings | undefined,
    longerSilenceMs: () => number,
  ) {
    this.#rateHz = rateHz;
    this.#turns = turns;
    this.#settings = settings;
    this.#longerSilenceMs = longerSilenceMs;
  }

  configure(settings: TurnDetectorSettings | undefined): void {
    // Nobody has listened to what is over by now.
    if (settings && !this.#settings)
      while ((this.#turns[this.#next]?.endMs ?? Infinity) <= this.#nowMs) this.#next += 1;
    this.#settings = settings;
    if (!settings) this.reset();
  }

  reset(): void {
    if (this.#isSpeaking) this.#leave();
  }

  push(samples: Float32Array): readonly TurnEvent[] {
    this.#frames += samples.length;
    const events: TurnEvent[] = [];
    for (let event = this.#decide(); event; event = this.#decide()) events.push(event);
    return events;
  }

  get #nowMs(): number {
    return (this.#frames / this.#rateHz) * 1000;
  }

  #decide(): TurnEvent | undefined {
    const turn = this.#turns[this.#next];
    const settings = this.#settings;
    if (!turn || !settings) return undefined;
    const nowMs = this.#nowMs;
    if (!this.#isSpeaking) {
      if (nowMs < Math.min(turn.startMs + settings.speechDurationMs, turn.endMs)) return undefined;
      this.#isSpeaking = true;
      return { type: 'speech-started', audioStartMs: Math.max(0, turn.startMs - settings.prefixPaddingMs) };
    }
    const silentMs = turn.endMs + settings.silenceDurationMs;
    const following = this.#turns[this.#next + 1];
    if (following && following.startMs < silentMs + (this.#extraMs ?? 0)) {
      if (nowMs < following.startMs) return undefined;
      this.#next += 1;
      this.#extraMs = undefined;
      return this.#decide();
    }
    if (nowMs < silentMs) return undefined;
    if (this.#extraMs === undefined) {
      this.#extraMs = this.#longerSilenceMs();
      // The turn after this one may lie in the longer silence.
      return this.#decide();
    }
    if (nowMs < silentMs + this.#extraMs) return undefined;
    const audioEndMs = silentMs + this.#extraMs;
    this.#leave();
    return { type: 'speech-stopped', audioEndMs };
  }

  #leave(): void {
    this.#next += 1;
    this.#isSpeaking = false;
    this.#extraMs = undefined;
  }
}
