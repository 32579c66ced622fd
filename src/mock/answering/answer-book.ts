/**
 * What the assistant says next.
 *
 * @module
 */
import type { ConversationStore } from '../conversation-store.ts';
import type { AnswerSpeech, Scenario, ScenarioAnswer, SpokenAnswer } from '../scenario/scenario.ts';

/** Gives a scenario's answers in turn, and after a call that which belongs to it. */
export class AnswerBook {
  readonly #answers: readonly ScenarioAnswer[];
  readonly #greeting: SpokenAnswer | undefined;
  readonly #store: ConversationStore;
  #given = 0;
  #last: ScenarioAnswer | undefined;
  /** What follows when the outputs of these calls are there. */
  #followUp: { readonly callIds: readonly string[]; readonly answer: SpokenAnswer } | undefined;

  /** @throws {RangeError} where there are no answers */
  constructor({ answers, greeting }: Scenario, store: ConversationStore) {
    if (answers.length === 0) throw new RangeError('a scenario needs at least one answer');
    this.#answers = answers;
    this.#greeting = greeting;
    this.#store = store;
  }

  /** What the user is taken to say before the next answer. */
  get nextHeard(): string | undefined {
    return this.#next.heard;
  }

  /** The next answer; once the outputs of the last calls are there, the one that belongs to them. */
  take(): SpokenAnswer {
    const followUp = this.#followUp;
    if (followUp?.callIds.every((id) => this.#hasOutput(id))) {
      this.#followUp = undefined;
      this.#last = undefined;
      return followUp.answer;
    }
    const answer = this.#next;
    this.#given += 1;
    this.#last = answer;
    return answer;
  }

  /** The last answer has made these calls. */
  called(callIds: readonly string[]): void {
    const answer = this.#last?.afterCalls;
    this.#last = undefined;
    if (answer && callIds.length > 0) this.#followUp = { callIds, answer };
  }

  /**
   * Given words as an answer, which uses up none of the scenario's. The mock cannot speak: they sound as where the scenario has
   * the same words, else with the voice, if not the words, of the next answer that is spoken.
   */
  speak(text: string): SpokenAnswer {
    const known: readonly SpokenAnswer[] = [
      ...(this.#greeting ? [this.#greeting] : []),
      ...this.#answers.flatMap((answer) => (answer.afterCalls ? [answer, answer.afterCalls] : [answer])),
    ];
    const same = known.find((answer) => answer.text === text && isRecorded(answer.speech));
    const voice = isRecorded(this.#next.speech) ? this.#next : known.find(({ speech }) => isRecorded(speech));
    return { text, speech: (same ?? voice)?.speech };
  }

  get #next(): ScenarioAnswer {
    return this.#answers[this.#given % this.#answers.length] as ScenarioAnswer;
  }

  #hasOutput(callId: string): boolean {
    return this.#store.items.some(
      ({ item }) => item.type === 'function_call_output' && item.call_id === callId,
    );
  }
}

function isRecorded(speech: AnswerSpeech | undefined): boolean {
  return speech !== undefined && speech !== 'echo';
}
