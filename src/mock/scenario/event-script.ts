/**
 * Events that a scenario sends besides those of the session.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import type { ServerEvent } from '../../protocol/events.ts';
import type { ConversationStore, StoredItem } from '../conversation-store.ts';
import type { EventChannel } from '../event-channel.ts';
import type { TimerGroup } from '../timer-group.ts';
import { MomentWatch } from './moment.ts';
import type { ScriptedEvent } from './scenario.ts';

/** What the script of one session works with. */
export interface EventScriptOptions {
  readonly clock: Clock;
  readonly timers: TimerGroup;
  readonly channel: EventChannel;
  readonly store: ConversationStore;
}

/** The last ids that were sent, by the names that stand for them in a script. */
type KnownIds = Record<'response_id' | 'item_id' | 'call_id', string>;

/** Sends scripted events at their moments. An item that one of them creates is part of the conversation from then on. */
export class EventScript {
  readonly #options: EventScriptOptions;
  readonly #watch: MomentWatch<ScriptedEvent>;
  readonly #ids: KnownIds = { response_id: '', item_id: '', call_id: '' };

  constructor(events: readonly ScriptedEvent[], options: EventScriptOptions) {
    this.#options = options;
    this.#watch = new MomentWatch(events);
  }

  /** An event of the mock has been sent. */
  sent(event: ServerEvent): void {
    this.#note(event);
    this.passed(event.type);
  }

  /** An event of the client has been dealt with, or the session has begun. */
  passed(type: string): void {
    const { clock, timers } = this.#options;
    for (const { moment, send } of this.#watch.passed(type)) {
      if (moment.delayMs === 0) this.#send(send);
      else timers.at(clock.now() + moment.delayMs, () => this.#send(send));
    }
  }

  #note(event: ServerEvent): void {
    const fields = event as unknown as Readonly<Record<string, unknown>>;
    const { item, response } = fields as {
      item?: { id?: unknown; call_id?: unknown };
      response?: { id?: unknown };
    };
    const found = {
      response_id: fields['response_id'] ?? response?.id,
      item_id: fields['item_id'] ?? item?.id,
      call_id: fields['call_id'] ?? item?.call_id,
    };
    for (const name of ['response_id', 'item_id', 'call_id'] as const) {
      const id = found[name];
      if (typeof id === 'string') this.#ids[name] = id;
    }
  }

  #send(events: ScriptedEvent['send']): void {
    const { channel, store } = this.#options;
    for (const event of events) {
      const filled = this.#fill(event) as ScriptedEvent['send'][number];
      const item = filled['item'] as StoredItem['item'] | undefined;
      const isNew = typeof item?.id === 'string' && !store.isTaken(item.id);
      if (filled.type === 'conversation.item.created' && isNew) store.insert(item);
      channel.sendBesides(filled);
    }
  }

  #fill(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.replace(
        /\{(response_id|item_id|call_id)\}/g,
        (_, name: keyof KnownIds) => this.#ids[name],
      );
    }
    if (Array.isArray(value)) return value.map((each) => this.#fill(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#fill(inner)]));
  }
}
