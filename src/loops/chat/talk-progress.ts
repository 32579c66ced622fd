/**
 * Whose turn it is in a talk.
 *
 * @module
 */
import type { Turn } from '../../session/actions.ts';

/** Follows the steps of a talk: the service hears the user, thinks, answers. */
export class TalkProgress {
  readonly #speaking = new Set<string>();
  readonly #answering = new Set<string>();
  #isAnswerDue = false;
  #turns = 0;

  /** What the user said or typed, counted. */
  get turns(): number {
    return this.#turns;
  }

  get doing(): 'listening' | 'hearing' | 'thinking' {
    if (this.#speaking.size > 0) return 'hearing';
    return this.#isAnswerDue || this.#answering.size > 0 ? 'thinking' : 'listening';
  }

  /** The user typed, or let go of the key for talking. */
  userDone(): void {
    this.#turns++;
    this.#isAnswerDue = true;
  }

  turn(step: Turn): void {
    if (step.kind === 'user-started') this.#speaking.add(step.itemId);
    else if (step.kind === 'user-ended') {
      // The service may have taken one turn for two that it begins and ends under other names.
      this.#speaking.clear();
      this.userDone();
    } else if (step.kind === 'answer-started') {
      this.#isAnswerDue = false;
      this.#answering.add(step.responseId);
    } else if (step.kind === 'answer-done') this.#answering.delete(step.responseId);
  }
}
