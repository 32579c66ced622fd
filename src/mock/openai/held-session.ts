/**
 * What a session of OpenAI's dialect has and the inside has no place for.
 *
 * @module
 */
import { asFields, type Fields } from './fields.ts';

/** The settings that the dialect keeps itself; nothing in the mock acts on them. */
export interface HeldSession {
  readonly tracing: unknown;
  readonly truncation: unknown;
  readonly prompt: unknown;
  /** How fast the assistant speaks, 0.25 to 1.5; 1 is as it is. */
  readonly speed: number;
  /** `instructions` were cleared. The inside would go back to its own. */
  readonly hasNoInstructions: boolean;
  /** The last type and strength of noise reduction that were asked for; the strength outlives a change of type. */
  readonly noiseReduction: Fields;
}

/** Before the client has asked for anything. */
export const initialHeldSession: HeldSession = {
  tracing: null,
  truncation: 'auto',
  prompt: null,
  speed: 1,
  hasNoInstructions: false,
  noiseReduction: {},
};

/** What one update makes of the settings. */
export type HeldChange = (before: HeldSession) => HeldSession;

/** The field of the inside's session that tells which update it has seen last: OpenAI's sessions have no such field. */
const markedField = 'metadata';
const mark = 'openai_update';

/**
 * The held settings through updates that are under way. Each update goes in with a number, which comes out again with the
 * `session.updated` that answers it. One whose number never comes was refused inside, and changes nothing.
 */
export class HeldUpdates {
  #reported = initialHeldSession;
  readonly #underway = new Map<number, HeldChange>();
  #count = 0;

  /** As the next update finds it, if none of those under way is refused. */
  get expected(): HeldSession {
    return [...this.#underway.values()].reduce((held, change) => change(held), this.#reported);
  }

  /** Takes an update in, and returns the inside's session with its number. */
  propose(session: Fields, change: HeldChange): Fields {
    this.#count += 1;
    this.#underway.set(this.#count, change);
    return { ...session, [markedField]: { [mark]: String(this.#count) } };
  }

  /** The settings for a session that is about to be shown. */
  report(session: Fields): HeldSession {
    const seen = Number(asFields(session[markedField])?.[mark]);
    const change = this.#underway.get(seen);
    if (change) this.#reported = change(this.#reported);
    for (const number of this.#underway.keys()) if (number <= seen) this.#underway.delete(number);
    return this.#reported;
  }
}
