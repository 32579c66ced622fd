/**
 * What is known of one turn: a file is said, the service hears it and answers.
 *
 * @module
 */
import type { Speech } from '../audio/speech-segments.ts';
import {
  type InterruptionLatency,
  interruptionLatency,
  type TurnLatency,
  turnLatency,
} from '../latency/turn-latency.ts';
import { wholeMicroseconds } from '../latency/whole-microseconds.ts';
import type { UplinkFrame } from '../stages/frame-packer.ts';
import type { AnswerTrace } from './answer-trace.ts';

/** How a turn ended: `unheard` where the service heard no speech, `unanswered` where it heard some and said nothing. */
export type TurnOutcome = 'answered' | 'interrupted' | 'unheard' | 'unanswered';

/** A turn as it is reported. */
export interface TurnReport {
  readonly file: string;
  readonly outcome: TurnOutcome;
  readonly userTranscript: string;
  readonly agentTranscript: string;
  readonly latency: TurnLatency;
  /** Where the answer was interrupted; `heardMs` is how much of its item the service was told was heard. */
  readonly interruption?: InterruptionLatency & { readonly heardMs: number };
  /** Of the answer, in milliseconds. */
  readonly receivedAudioMs: number;
  readonly playedAudioMs: number;
}

/** Two times that were reached by different sums count as one. */
const SAME_MS = 1e-6;

/**
 * Collects the marks of a turn. A file with a long pause is several turns to the service, which may begin to answer in the
 * pause: latency is then that of the last answer, counted from the last word.
 */
export class TurnTrace {
  readonly file: string;
  /** When the first sample of the file's speech is captured; undefined where there is none. */
  readonly speechStartMs: number | undefined;
  /** `t0`: when the last one is. */
  readonly speechEndMs: number | undefined;
  readonly answers: AnswerTrace[] = [];
  readonly #transcripts = new Map<string, string>();
  readonly #speaking = new Set<string>();
  #wasHeard = false;
  #frameSentMs: number | undefined;
  #frameEndAudioMs = 0;
  #frameReceivedMs: number | undefined;
  #turnEndedMs: number | undefined;
  #serverTurnEndedMs: number | undefined;
  #transcriptMs: number | undefined;

  constructor(file: string, startMs: number, speech: Speech) {
    this.file = file;
    this.speechStartMs = speech.startMs === undefined ? undefined : startMs + speech.startMs;
    this.speechEndMs = speech.endMs === undefined ? undefined : startMs + speech.endMs;
  }

  /** The service heard speech. */
  get wasHeard(): boolean {
    return this.#wasHeard;
  }

  /** The service hears speech right now. */
  get isSpeaking(): boolean {
    return this.#speaking.size > 0;
  }

  /** The answer to the last word, once it has begun. */
  get answer(): AnswerTrace | undefined {
    const last = this.answers.at(-1);
    return last && (last.startedAtMs ?? 0) >= (this.#turnEndedMs ?? 0) ? last : undefined;
  }

  /** A frame was handed to the socket; `audioEndMs` is how much audio was sent with it in all. */
  frameSent(frame: UplinkFrame, audioEndMs: number, atMs: number): void {
    if (this.speechEndMs === undefined || this.#frameSentMs !== undefined) return;
    if (frame.endMs + SAME_MS < this.speechEndMs) return;
    this.#frameSentMs = atMs;
    this.#frameEndAudioMs = audioEndMs;
  }

  /** The mock has taken in so much audio. */
  audioReceived(audioEndMs: number, atMs: number): void {
    if (this.#frameSentMs === undefined || audioEndMs + SAME_MS < this.#frameEndAudioMs) return;
    this.#frameReceivedMs ??= atMs;
  }

  /** The mock has ended a turn. */
  turnEndedAtServer(atMs: number): void {
    this.#serverTurnEndedMs = atMs;
  }

  userStarted(itemId: string): void {
    this.#wasHeard = true;
    this.#speaking.add(itemId);
  }

  userEnded(itemId: string, atMs: number): void {
    this.#speaking.delete(itemId);
    this.#turnEndedMs = atMs;
  }

  userSaid(itemId: string, text: string, atMs: number): void {
    this.#transcripts.set(itemId, text);
    this.#transcriptMs = atMs;
  }

  report(): TurnReport {
    const { answer } = this;
    const interrupted = this.answers.findLast((candidate) => candidate.interruption);
    const marks = interrupted?.interruptionMarks;
    return {
      file: this.file,
      outcome: this.#outcome(),
      userTranscript: [...this.#transcripts.values()].filter(Boolean).join(' '),
      agentTranscript: answer?.transcript ?? '',
      latency: turnLatency({
        speechEndMs: this.speechEndMs,
        frameSentMs: this.#frameSentMs,
        turnEndedMs: this.#turnEndedMs,
        firstAudioMs: answer?.firstAudioMs,
        firstAudibleMs: answer?.firstAudibleMs,
        leadingSilenceMs: answer?.leadingSilenceMs,
        transcriptMs: this.#transcriptMs,
        server: this.#server(answer),
      }),
      ...(marks && { interruption: { ...interruptionLatency(marks), heardMs: marks.truncatedAtMs ?? 0 } }),
      receivedAudioMs: sum(this.answers.map(({ receivedMs }) => receivedMs)),
      playedAudioMs: sum(this.answers.map(({ playedMs }) => playedMs)),
    };
  }

  #outcome(): TurnOutcome {
    if (!this.#wasHeard) return 'unheard';
    if (this.answer?.interruption) return 'interrupted';
    return this.answer?.status === 'completed' ? 'answered' : 'unanswered';
  }

  #server(answer: AnswerTrace | undefined) {
    const frameReceivedMs = this.#frameReceivedMs;
    const turnEndedMs = this.#serverTurnEndedMs;
    const firstAudioSentMs = answer?.firstAudioSentMs;
    return frameReceivedMs === undefined || turnEndedMs === undefined || firstAudioSentMs === undefined
      ? undefined
      : { frameReceivedMs, turnEndedMs, firstAudioSentMs };
  }
}

function sum(values: readonly number[]): number {
  return wholeMicroseconds(values.reduce((total, value) => total + value, 0));
}
