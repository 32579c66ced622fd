/**
 * From events to messages on the wire.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { Clock } from '../clock.ts';
import type { ServerEvent } from '../protocol/events.ts';
import type { Dialect } from './dialect.ts';
import type { OutgoingFrame } from './event-channel.ts';
import type { IdSource } from './ids.ts';
import type { TimerGroup } from './timer-group.ts';

/** One message, as it went over the wire. */
export interface MockFrame {
  /** When it was sent or had arrived, on the clock. */
  readonly atMs: number;
  readonly direction: 'received' | 'sent';
  /** The event, or the text that is none. */
  readonly content: object | string;
  readonly bytes: number;
}

/** What the outbox of one session works with. */
export interface OutboxOptions {
  readonly clock: Clock;
  readonly timers: TimerGroup;
  readonly ids: IdSource;
  readonly dialect: Dialect;
  send(text: string): void;
  frame(frame: MockFrame): void;
}

/** Translates, writes and sends; holds everything back while it is stalled. */
export class Outbox {
  readonly #options: OutboxOptions;
  #held: OutgoingFrame[] | undefined;
  #heldUntilMs = 0;
  #hasEnded = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  put(frame: OutgoingFrame): void {
    if (this.#hasEnded) return;
    if (this.#held) this.#held.push(frame);
    else this.#send(frame);
  }

  /** Nothing leaves for a time, and then all of it at once; of two times the one that ends later. */
  stall(forMs: number): void {
    this.#held ??= [];
    const { clock, timers } = this.#options;
    const untilMs = clock.now() + forMs;
    this.#heldUntilMs = Math.max(this.#heldUntilMs, untilMs);
    timers.at(untilMs, () => {
      if (untilMs < this.#heldUntilMs) return;
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const frame of held) this.put(frame);
    });
  }

  /** Sends nothing any more. */
  end(): void {
    this.#hasEnded = true;
  }

  #send(frame: OutgoingFrame): void {
    if (typeof frame === 'string') {
      this.#write(frame, frame);
      return;
    }
    const { dialect, ids } = this.#options;
    for (const event of dialect.outgoing(frame as ServerEvent)) {
      const whole = 'event_id' in event ? event : { event_id: ids.next('event'), ...event };
      this.#write(JSON.stringify(whole), whole);
    }
  }

  #write(text: string, content: object | string): void {
    const { clock, send, frame } = this.#options;
    send(text);
    frame({ atMs: clock.now(), direction: 'sent', content, bytes: Buffer.byteLength(text) });
  }
}
