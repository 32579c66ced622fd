/**
 * The turns of a replay: everything that is seen, sorted to the turn that it belongs to.
 *
 * @module
 */
import type { MockTrace } from '../mock/mock-trace.ts';
import type { Turn } from '../session/actions.ts';
import type { LoggedEvent } from '../session/event-log.ts';
import type { UplinkFrame } from '../stages/frame-packer.ts';
import type { PlayedRun } from '../stages/jitter-buffer.ts';
import { AnswerTrace } from './answer-trace.ts';
import type { TurnTrace } from './turn-trace.ts';

/** Pairs by ids what has one; the rest belongs to the file that was said last. */
export class ReplayTurns {
  readonly #rateHz: number;
  readonly #frameMs: number;
  readonly #turns: TurnTrace[] = [];
  readonly #answers = new Map<string, AnswerTrace>();
  readonly #turnOfItem = new Map<string, TurnTrace>();

  constructor(outputRateHz: number, frameMs: number) {
    this.#rateHz = outputRateHz;
    this.#frameMs = frameMs;
  }

  get all(): readonly TurnTrace[] {
    return this.#turns;
  }

  /** A file begins to be said. */
  begin(turn: TurnTrace): void {
    this.#turns.push(turn);
  }

  frameSent(frame: UplinkFrame, atMs: number): void {
    this.#current?.frameSent(frame, (frame.frame + 1) * this.#frameMs, atMs);
  }

  played(run: PlayedRun): void {
    this.#answer(run.responseId).played(run);
  }

  /** Counts the audio of an answer as it arrives. */
  event({ event, atMs }: LoggedEvent): void {
    const { type, response_id, samples } = event as {
      type?: unknown;
      response_id?: unknown;
      samples?: unknown;
    };
    if (type !== 'response.audio.delta' || typeof response_id !== 'string' || typeof samples !== 'number')
      return;
    this.#answer(response_id).received(samples, atMs);
  }

  turn(step: Turn, atMs: number): void {
    switch (step.kind) {
      case 'user-started':
        this.#turnOf(step.itemId)?.userStarted(step.itemId);
        break;
      case 'user-ended':
        this.#turnOf(step.itemId)?.userEnded(step.itemId, atMs);
        break;
      case 'user-transcript':
        this.#turnOf(step.itemId)?.userSaid(step.itemId, step.text, atMs);
        break;
      case 'answer-started':
        this.#answer(step.responseId).startedAtMs = atMs;
        break;
      case 'answer-transcript':
        this.#answer(step.responseId).transcripts.set(step.itemId, step.text);
        break;
      case 'answer-done':
        this.#answer(step.responseId).status = step.status;
        break;
      case 'interrupted':
        this.#answer(step.responseId).interruption = {
          itemId: step.itemId,
          speechStartMs: this.#current?.speechStartMs,
          noticedMs: atMs,
          truncatedAtMs: step.heardMs,
        };
        break;
    }
  }

  mock(trace: MockTrace): void {
    if (trace.kind === 'audio') this.#current?.audioReceived(trace.audioEndMs, trace.atMs);
    if (trace.kind === 'turn-ended') this.#current?.turnEndedAtServer(trace.atMs);
    if (trace.kind === 'first-audio') this.#answer(trace.responseId).firstAudioSentMs = trace.atMs;
  }

  get #current(): TurnTrace | undefined {
    return this.#turns.at(-1);
  }

  #turnOf(itemId: string): TurnTrace | undefined {
    const turn = this.#turnOfItem.get(itemId) ?? this.#current;
    if (turn) this.#turnOfItem.set(itemId, turn);
    return turn;
  }

  #answer(responseId: string): AnswerTrace {
    let answer = this.#answers.get(responseId);
    if (!answer) {
      answer = new AnswerTrace(responseId, this.#rateHz);
      this.#answers.set(responseId, answer);
      this.#current?.answers.push(answer);
    }
    return answer;
  }
}
