/**
 * What is known of one answer: when it came, when it was heard, how it ended.
 *
 * @module
 */
import { AudibilityMeter } from '../audio/audibility.ts';
import type { InterruptionMarks } from '../latency/turn-latency.ts';
import type { ResponseStatus } from '../protocol/events.ts';
import type { PlayedRun } from '../stages/jitter-buffer.ts';

/** How an answer was interrupted; what the sink played is added when it is asked for. */
export type Interruption = Omit<InterruptionMarks, 'lastAudibleMs' | 'audibleMs'>;

/** Marks of one response, fed as things happen. */
export class AnswerTrace {
  readonly responseId: string;
  readonly #rateHz: number;
  /** `response.created` was received. */
  startedAtMs: number | undefined;
  /** The mock sent the first audio. */
  firstAudioSentMs: number | undefined;
  firstAudioMs: number | undefined;
  status: ResponseStatus | undefined;
  interruption: (Interruption & { readonly itemId: string }) | undefined;
  readonly transcripts = new Map<string, string>();
  #receivedSamples = 0;
  #playedSamples = 0;
  /** Audible sound on the clock's axis. */
  readonly #heard: AudibilityMeter;
  /** Audible sound on each item's own axis: how much of the item was heard. */
  readonly #positions = new Map<string, { meter: AudibilityMeter; samples: number }>();

  constructor(responseId: string, rateHz: number) {
    this.responseId = responseId;
    this.#rateHz = rateHz;
    this.#heard = new AudibilityMeter(rateHz);
  }

  received(samples: number, atMs: number): void {
    this.firstAudioMs ??= atMs;
    this.#receivedSamples += samples;
  }

  played(run: PlayedRun): void {
    this.#playedSamples += run.samples.length;
    this.#heard.push(run.samples, run.timeMs);
    let position = this.#positions.get(run.itemId);
    if (!position) {
      position = { meter: new AudibilityMeter(this.#rateHz), samples: 0 };
      this.#positions.set(run.itemId, position);
    }
    position.meter.push(run.samples, this.#ms(position.samples));
    position.samples += run.samples.length;
  }

  get receivedMs(): number {
    return this.#ms(this.#receivedSamples);
  }

  get playedMs(): number {
    return this.#ms(this.#playedSamples);
  }

  get firstAudibleMs(): number | undefined {
    return this.#heard.firstAudibleMs;
  }

  get leadingSilenceMs(): number | undefined {
    return this.#heard.leadingSilenceMs;
  }

  get transcript(): string {
    return [...this.transcripts.values()].join(' ');
  }

  /** The marks of the interruption, as far as the sink has played by now. */
  get interruptionMarks(): InterruptionMarks | undefined {
    if (!this.interruption) return undefined;
    return {
      ...this.interruption,
      lastAudibleMs: this.#heard.lastAudibleMs,
      audibleMs: this.#positions.get(this.interruption.itemId)?.meter.lastAudibleMs,
    };
  }

  #ms(samples: number): number {
    return (samples * 1000) / this.#rateHz;
  }
}
