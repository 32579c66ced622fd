/**
 * What both sides say, brought into the order in which it reads.
 *
 * @module
 */
import type { Turn } from '../../session/actions.ts';
import {
  AnswerEntry,
  type AnswerFigures,
  type Entry,
  type Stop,
  StopEntry,
  UserEntry,
} from './talk-entries.ts';
import type { TalkLine } from './talk-line.ts';

/** What must come first is waited for so long, from when something behind it could be shown. */
const patienceMs = 3000;

/**
 * Gathers the steps of the talk into finished lines. A user's transcript often comes when the answer to it has long begun, or
 * never: the answer waits for it, but not for ever, and after one that never came the next ones are not waited for until
 * transcripts come again. Reads no clock: every call is told the time.
 */
export class Talk {
  #entries: Entry[] = [];
  /** Every item of the user that was heard of: an answer waits for no item twice. */
  readonly #userItems = new Set<string>();
  /** Typed messages whose echo has not come back from the service. */
  readonly #typed: string[] = [];
  #awaitsTranscripts = true;
  /** Nobody has spoken since the last answer, as far as is known: the next one answers words that are still to come. */
  #endsWithAnswer = true;

  /** Takes a step. */
  turn(step: Turn, nowMs: number): void {
    switch (step.kind) {
      case 'user-started':
        if (!this.#userItems.has(step.itemId)) this.#userBegan(step.itemId, nowMs);
        break;
      case 'user-delta':
        this.#user(step.itemId, nowMs)?.append(step.text, nowMs);
        break;
      case 'user-transcript':
        this.#userSaid(step.itemId, step.text, nowMs);
        break;
      case 'answer-started':
        this.#answer(step.responseId, nowMs);
        break;
      case 'answer-delta':
        this.#answer(step.responseId, nowMs).append(step.itemId, step.text, nowMs);
        break;
      case 'answer-transcript':
        this.#answer(step.responseId, nowMs).complete(step.itemId, step.text, nowMs);
        break;
      case 'tool-call':
        this.#answer(step.responseId, nowMs).called(`${step.name}(${step.arguments})`, nowMs);
        break;
      case 'answer-done':
        this.#answerDone(step.responseId, step.userItemId, nowMs);
        break;
      case 'interrupted':
        this.stopped(step, nowMs);
        break;
      default:
    }
  }

  /** The user typed this; the service may echo it as a transcript, which is not shown again. */
  typed(text: string, nowMs: number): void {
    this.#typed.push(text);
    this.#add(UserEntry.said(undefined, text, nowMs));
  }

  /** The latency of an answer; too late when the answer has been shown. */
  answered(responseId: string, figures: AnswerFigures, nowMs: number): void {
    this.#find(responseId)?.measured(figures, nowMs);
  }

  /** An answer was interrupted, or its sound has stopped: told in two steps, or in one. */
  stopped(stop: Stop, nowMs: number): void {
    const entry = this.#find(stop.responseId) ?? this.#findStop(stop.responseId);
    if (entry) entry.stopped(stop, nowMs);
    // The answer was shown already, and whoever interrupted it is heard after it.
    else this.#entries.unshift(new StopEntry(stop, nowMs));
  }

  /** The lines that are finished by now, each once. */
  take(nowMs: number): TalkLine[] {
    const lines: TalkLine[] = [];
    for (let first = this.#entries[0]; first && this.#dueMs(first) <= nowMs; first = this.#entries[0]) {
      this.#entries.shift();
      if (first instanceof UserEntry && first.itemId !== undefined) this.#awaitsTranscripts = first.isSettled;
      lines.push(...first.lines());
    }
    return lines;
  }

  /** All that there is, finished or not: the talk is over. */
  takeAll(): TalkLine[] {
    return this.#entries.splice(0).flatMap((entry) => entry.lines());
  }

  /** When {@link take} gives something although nothing else happens. */
  get dueMs(): number | undefined {
    const dueMs = this.#entries[0] && this.#dueMs(this.#entries[0]);
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs;
  }

  /** What is being said. */
  get open(): TalkLine[] {
    return this.#entries.flatMap((entry) => entry.lines());
  }

  #dueMs(first: Entry): number {
    if (first.isSettled) return first.completeMs;
    const behind = this.#entries.slice(1).filter((entry) => entry.isSettled);
    if (behind.length === 0) return Number.POSITIVE_INFINITY;
    if (first instanceof UserEntry && !this.#awaitsTranscripts) return first.changedMs;
    return Math.max(first.changedMs, Math.min(...behind.map((entry) => entry.changedMs))) + patienceMs;
  }

  #userBegan(itemId: string, nowMs: number, before = -1): UserEntry {
    const entry = new UserEntry(itemId, nowMs);
    this.#userItems.add(itemId);
    this.#add(entry, before);
    return entry;
  }

  /**
   * The item where it still waits; one that was heard of before and is gone begins no second time. One that is new was spoken
   * before the answer began, since nobody said that speech began (there is no turn detection with push-to-talk).
   */
  #user(itemId: string, nowMs: number): UserEntry | undefined {
    const known = this.#entries.find(
      (entry): entry is UserEntry => entry instanceof UserEntry && entry.itemId === itemId,
    );
    if (known || this.#userItems.has(itemId)) return known;
    const unasked = this.#entries.findIndex((entry) => entry instanceof AnswerEntry && entry.isUnasked);
    return this.#userBegan(itemId, nowMs, unasked);
  }

  #userSaid(itemId: string, text: string, nowMs: number): void {
    const echoed = this.#typed.indexOf(text);
    if (echoed >= 0 && !this.#userItems.has(itemId)) {
      this.#typed.splice(echoed, 1);
      this.#userItems.add(itemId);
      return;
    }
    const entry = this.#user(itemId, nowMs);
    if (entry) entry.complete(text, nowMs);
    // Given up, and here it is after all.
    else this.#entries.unshift(UserEntry.said(itemId, text, nowMs));
  }

  #answer(responseId: string, nowMs: number): AnswerEntry {
    const known = this.#find(responseId);
    if (known) return known;
    const entry = new AnswerEntry(responseId, this.#endsWithAnswer, nowMs);
    this.#add(entry);
    return entry;
  }

  #answerDone(responseId: string, userItemId: string | undefined, nowMs: number): void {
    const answer = this.#find(responseId);
    if (!answer) return;
    if (userItemId !== undefined && answer.isUnasked) this.#user(userItemId, nowMs);
    answer.done(nowMs);
  }

  #add(entry: Entry, before = -1): void {
    if (before < 0) {
      this.#entries.push(entry);
      this.#endsWithAnswer = entry instanceof AnswerEntry;
      return;
    }
    this.#entries.splice(before, 0, entry);
    const answer = this.#entries[before + 1];
    if (answer instanceof AnswerEntry) answer.isUnasked = false;
  }

  #find(responseId: string): AnswerEntry | undefined {
    return this.#entries.find(
      (entry): entry is AnswerEntry => entry instanceof AnswerEntry && entry.responseId === responseId,
    );
  }

  #findStop(responseId: string): StopEntry | undefined {
    return this.#entries.find(
      (entry): entry is StopEntry => entry instanceof StopEntry && entry.responseId === responseId,
    );
  }
}
