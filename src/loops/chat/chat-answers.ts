/**
 * The answers of a chat, each with where its milliseconds went.
 *
 * @module
 */
import type { VoiceEvent } from '../../audio/voice-hysteresis.ts';
import { type TurnLatency, turnLatency } from '../../latency/turn-latency.ts';
import type { Turn } from '../../session/actions.ts';
import type { LoggedEvent } from '../../session/event-log.ts';
import type { UplinkFrame } from '../../stages/frame-packer.ts';
import type { PlayedRun } from '../../stages/jitter-buffer.ts';
import { AnswerTrace } from '../answer-trace.ts';

/** An answer that has begun to be heard. */
export interface ChatAnswer {
  readonly responseId: string;
  readonly itemId: string;
  readonly latency: TurnLatency;
}

/** An answer that was interrupted. */
export interface ChatInterruption {
  readonly responseId: string;
  readonly itemId: string;
  /** How much of it was heard. */
  readonly heardMs: number;
  /** From when the interruption was known to when the loudspeaker fell silent. */
  readonly stopMs: number;
}

/** Who is told. */
export interface ChatAnswersOptions {
  /** Of the agent's audio. */
  readonly rateHz: number;
  readonly onAnswer: (answer: ChatAnswer) => void;
  readonly onInterruption: (interruption: ChatInterruption) => void;
}

/** Frames are remembered for as long as a turn may take to be ended after its last sound. */
const framesKept = 500;

/** An end of speech counts for the answer that follows, unless it is older than any turn detection waits. */
const oldestEndMs = 10_000;

interface SentFrame {
  readonly endMs: number;
  readonly sentMs: number;
}

/**
 * Pairs what the microphone heard with what the loudspeaker played. When the user's speech ended is what the local voice
 * detector says, or the key that ends talking; where neither is known, as after a typed message, there is no latency to tell.
 */
export class ChatAnswers {
  readonly #options: ChatAnswersOptions;
  readonly #frames: SentFrame[] = [];
  readonly #answers = new Map<string, AnswerTrace>();
  readonly #marks = new Map<string, { speechEndMs: number | undefined; turnEndedMs: number | undefined }>();
  readonly #told = new Set<string>();
  #isVoice = false;
  #speechEndMs: number | undefined;
  #turnEndedMs: number | undefined;
  /** From when on the loudspeaker is silent, although more was handed to it. */
  #silentFromMs: number | undefined;

  constructor(options: ChatAnswersOptions) {
    this.#options = options;
  }

  /** The microphone's voice began or ended. */
  voice({ kind, timeMs }: VoiceEvent): void {
    this.#isVoice = kind === 'start';
    if (kind === 'end') this.#speechEndMs = timeMs;
  }

  /** The user let go of the key for talking. */
  talkEnded(timeMs: number): void {
    this.#isVoice = false;
    this.#speechEndMs = Math.min(timeMs, this.#speechEndMs ?? timeMs);
    this.#turnEndedMs = timeMs;
  }

  frameSent({ endMs }: UplinkFrame, sentMs: number): void {
    this.#frames.push({ endMs, sentMs });
    if (this.#frames.length > framesKept) this.#frames.shift();
  }

  /** Counts the audio of an answer as it arrives. */
  event({ event, atMs }: LoggedEvent): void {
    const { type, response_id, samples } = event as Readonly<Record<string, unknown>>;
    if (type !== 'response.audio.delta' || typeof response_id !== 'string' || typeof samples !== 'number')
      return;
    this.#answer(response_id).received(samples, atMs);
  }

  turn(step: Turn, atMs: number): void {
    if (step.kind === 'user-ended') this.#turnEndedMs = atMs;
    if (step.kind === 'answer-started') this.#begin(step.responseId, atMs);
    if (step.kind === 'interrupted') {
      const { responseId, itemId, heardMs } = step;
      const stopMs = Math.max(0, (this.#silentFromMs ?? atMs) - atMs);
      this.#silentFromMs = undefined;
      this.#options.onInterruption({ responseId, itemId, heardMs, stopMs });
    }
  }

  played(run: PlayedRun): void {
    const { responseId, itemId } = run;
    const answer = this.#answer(responseId);
    answer.played(run);
    if (answer.firstAudibleMs === undefined || this.#told.has(responseId)) return;
    this.#told.add(responseId);
    this.#options.onAnswer({ responseId, itemId, latency: this.#latency(answer) });
  }

  /** What the loudspeaker was to play from then on was taken back. */
  recalled(fromMs: number): void {
    this.#silentFromMs = fromMs;
  }

  #begin(responseId: string, atMs: number): void {
    this.#answer(responseId).startedAtMs = atMs;
    const isKnown = !this.#isVoice && atMs - (this.#speechEndMs ?? Number.NEGATIVE_INFINITY) < oldestEndMs;
    this.#marks.set(responseId, {
      speechEndMs: isKnown && this.#turnEndedMs !== undefined ? this.#speechEndMs : undefined,
      turnEndedMs: this.#turnEndedMs,
    });
    // What follows without another turn of the user, as after a function call, answers nobody.
    this.#turnEndedMs = undefined;
  }

  #latency(answer: AnswerTrace): TurnLatency {
    const { speechEndMs, turnEndedMs } = this.#marks.get(answer.responseId) ?? {};
    const sent =
      speechEndMs === undefined ? undefined : this.#frames.find(({ endMs }) => endMs >= speechEndMs);
    return turnLatency({
      speechEndMs,
      turnEndedMs,
      frameSentMs: sent?.sentMs,
      firstAudioMs: answer.firstAudioMs,
      firstAudibleMs: answer.firstAudibleMs,
      leadingSilenceMs: answer.leadingSilenceMs,
    });
  }

  #answer(responseId: string): AnswerTrace {
    let answer = this.#answers.get(responseId);
    if (!answer) {
      answer = new AnswerTrace(responseId, this.#options.rateHz);
      this.#answers.set(responseId, answer);
      // An answer of long ago is told; a chat may go on for hours.
      const [oldest] = this.#answers.keys();
      if (this.#answers.size > 16 && oldest !== undefined) {
        this.#answers.delete(oldest);
        this.#marks.delete(oldest);
      }
    }
    return answer;
  }
}
