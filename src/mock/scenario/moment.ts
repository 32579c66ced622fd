/**
 * When something scripted happens in a session: at an event, counted.
 *
 * @module
 */
import { clientEventTypes, serverEventTypes } from '../../protocol/events.ts';

/** A moment in a session that can be named before the session is. */
export interface Moment {
  /** The type of an event as Voice Live names it, of either side; `open` is before the first event. */
  readonly at: string;
  /** Which of the events of that type in the session, from 1; `every` of them. */
  readonly occurrence: number | 'every';
  /** How long after it. */
  readonly delayMs: number;
}

/** Before the first event. */
export const openingMoment = 'open';

/** Everything that {@link Moment.at} can be. */
export const momentNames: readonly string[] = [openingMoment, ...clientEventTypes, ...serverEventTypes];

/** Counts the events of one session against a list of things that wait for their moment. */
export class MomentWatch<Waiting extends { readonly moment: Moment }> {
  readonly #waiting: ReadonlyMap<string, readonly Waiting[]>;
  readonly #counts = new Map<string, number>();

  constructor(waiting: readonly Waiting[]) {
    this.#waiting = Map.groupBy(waiting, ({ moment }) => moment.at);
  }

  /** The things whose moment an event of this type is. */
  passed(type: string): readonly Waiting[] {
    const waiting = this.#waiting.get(type);
    if (!waiting) return [];
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    return waiting.filter(({ moment }) => moment.occurrence === 'every' || moment.occurrence === count);
  }
}
