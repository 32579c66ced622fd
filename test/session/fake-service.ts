import type { AgentAudio } from '../../src/audio/agent-audio.ts';
import { VirtualClock } from '../../src/clock.ts';
import type { Heard, Playback } from '../../src/pipeline/playback.ts';
import type { Transport, TransportClosed, TransportEvents } from '../../src/pipeline/transport.ts';
import type { RequestSession } from '../../src/protocol/events.ts';
import type { Notice, Turn } from '../../src/session/actions.ts';
import { defaultSession } from '../../src/session/defaults.ts';
import type { LoggedEvent } from '../../src/session/event-log.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionClosed } from '../../src/session/session-observer.ts';

/** How long a message takes either way. */
const TRAVEL_MS = 5;

/** A service on the other end of an in-memory connection, which answers as a script says. */
export class FakeService {
  readonly received: { type: string; [field: string]: unknown }[] = [];
  readonly transport: Transport;
  /** What `session.updated` reports. */
  effective: object = defaultSession();
  /** Instead of the usual answers to `open` and to `session.update`. */
  readonly script: Record<string, (() => void) | undefined> = {};
  readonly #clock: VirtualClock;
  #events: TransportEvents | undefined;
  #isClosed = false;
  #dropped = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    const dropped = () => this.#dropped;
    this.transport = {
      send: (text) => this.#receive(text),
      bufferedBytes: 0,
      get droppedMessages() {
        return dropped();
      },
      close: async () => this.drop({ code: 1000, reason: '' }),
    };
  }

  readonly dial = async (events: TransportEvents): Promise<Transport> => {
    this.#events = events;
    this.#answer('open', () => this.say({ type: 'session.created', session: { id: 'sess_1' } }));
    return this.transport;
  };

  say(event: object): void {
    this.write(JSON.stringify(event));
  }

  write(text: string): void {
    this.#after(() => {
      if (!this.#isClosed) this.#events?.onMessage(text, this.#clock.now());
    });
  }

  /** The connection ends now. */
  drop(closed: TransportClosed): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events?.onClose(closed);
  }

  types(): string[] {
    return this.received.map((event) => event.type);
  }

  #receive(text: string): void {
    if (this.#isClosed) {
      this.#dropped++;
      return;
    }
    const event = JSON.parse(text);
    this.received.push(event);
    if (event.type === 'session.update') {
      this.#answer('session.update', () => this.say({ type: 'session.updated', session: this.effective }));
    }
  }

  #answer(to: string, usual: () => void): void {
    if (to in this.script) this.script[to]?.();
    else usual();
  }

  #after(task: () => void): void {
    this.#clock.at(this.#clock.now() + TRAVEL_MS, task);
  }
}

/** A playback that only takes notes. */
export class FakePlayback implements Playback {
  readonly calls: string[] = [];
  heard: Heard | undefined;

  push({ itemId, samples, rateHz }: AgentAudio): void {
    this.calls.push(`push ${itemId} ${samples.length} at ${rateHz}`);
  }

  finish(itemId: string, contentIndex: number): void {
    this.calls.push(`finish ${itemId} ${contentIndex}`);
  }

  flush(): Heard | undefined {
    this.calls.push('flush');
    return this.heard;
  }
}

/** A session between a fake service and a fake playback, and everything that is seen of it. */
export function setUp(config: RequestSession = defaultSession()) {
  const clock = new VirtualClock();
  const service = new FakeService(clock);
  const playback = new FakePlayback();
  const events: LoggedEvent[] = [];
  const turns: (readonly [Turn, number])[] = [];
  const notices: Notice[] = [];
  const ends: SessionClosed[] = [];
  const session = new Session({
    clock,
    dial: service.dial,
    config,
    playback,
    observer: {
      onEvent: (event) => events.push(event),
      onTurn: (turn, atMs) => turns.push([turn, atMs]),
      onNotice: (notice) => notices.push(notice),
      onClosed: (closed) => ends.push(closed),
    },
  });
  /** Connects, then lets the service say its lines 10 ms apart. */
  const run = (...lines: (object | string | (() => void))[]) =>
    clock.run(async () => {
      await session.connect();
      for (const line of lines) {
        if (typeof line === 'function') line();
        else service.write(typeof line === 'string' ? line : JSON.stringify(line));
        await clock.sleep(10);
      }
    });
  return { clock, service, playback, events, turns, notices, ends, session, run };
}
