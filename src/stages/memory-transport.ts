/**
 * A connection inside one process: what two ends send each other arrives when a modelled network would deliver it.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { Clock, Timer } from '../clock.ts';
import type { Transport, TransportClosed, TransportEvents } from '../pipeline/transport.ts';
import { NetworkLink, type NetworkModel, networkModels } from '../protocol/network-link.ts';
import type { Random } from '../random.ts';

export interface MemoryTransportOptions {
  readonly clock: Clock;
  /** The network, alike in both directions. Default `networkModels.clean`. */
  readonly model?: NetworkModel;
  /** Drawn from for the network only, by a fork for each direction. */
  readonly random: Random;
}

/** The two ends, each opened once. What arrives at an end that is not open yet waits there. */
export interface MemoryTransport {
  client(events: TransportEvents): Transport;
  server(events: TransportEvents): Transport;
}

/** The length of a close frame, as near as it matters. */
const closeFrameBytes = 8;

/** As long as `Transport.close` may take. */
const closeTimeoutMs = 2_000;

/**
 * Two transports that are joined to each other. Messages arrive in order, each at the time that the network gives it, one
 * timer for each; a close takes its turn behind them and is answered by the other end. `bufferedBytes` is what has not
 * arrived yet. `close(1006)` breaks the connection off: this end is closed at once, without a goodbye, and the other end
 * learns of it through the network.
 *
 * @example
 * ```ts
 * import { memoryTransport, Random, VirtualClock } from 'voiceloop';
 *
 * const clock = new VirtualClock();
 * const connection = memoryTransport({ clock, random: new Random(1) });
 * const closed = () => {};
 * const server = connection.server({ onMessage: (text) => server.send(`${text} to you`), onClose: closed });
 * const client = connection.client({ onMessage: (text, atMs) => console.log(text, atMs), onClose: closed });
 * await clock.run(async () => {
 *   client.send('hello');
 *   await clock.sleep(50); // hello to you 20
 *   await client.close();
 * });
 * ```
 */
export function memoryTransport({
  clock,
  model = networkModels.clean,
  random,
}: MemoryTransportOptions): MemoryTransport {
  const client = new End(clock, new NetworkLink(model, random.fork('client to server')));
  const server = new End(clock, new NetworkLink(model, random.fork('server to client')));
  client.connect(server);
  server.connect(client);
  return { client: (events) => client.open(events), server: (events) => server.open(events) };
}

/** A message, or the goodbye. */
type Parcel = string | TransportClosed;

class End implements Transport {
  readonly #clock: Clock;
  readonly #link: NetworkLink;
  #peer: End | undefined;
  #events: TransportEvents | undefined;
  readonly #underWay: { readonly parcel: Parcel; readonly bytes: number }[] = [];
  /** Arrived here and not read yet, for as long as this end is not open. */
  readonly #unread: Parcel[] = [];
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closeTimer: Timer | undefined;
  readonly #gone = Promise.withResolvers<void>();
  #bufferedBytes = 0;
  #droppedMessages = 0;

  constructor(clock: Clock, link: NetworkLink) {
    this.#clock = clock;
    this.#link = link;
  }

  connect(peer: End): void {
    this.#peer = peer;
  }

  open(events: TransportEvents): Transport {
    if (this.#events) throw new TypeError('this end of the connection is open already');
    this.#events = events;
    // By timers, so that the owner has its transport before its first message.
    for (const _ of this.#unread) this.#clock.at(this.#clock.now(), () => this.#readNext());
    return this;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  send(text: string): void {
    if (this.#state === 'open') this.#dispatch(text, Buffer.byteLength(text));
    else this.#droppedMessages++;
  }

  close(code = 1000, reason = ''): Promise<void> {
    if (this.#state !== 'open') return this.#gone.promise;
    this.#state = 'closing';
    this.#dispatch({ code, reason }, closeFrameBytes);
    if (code === 1006) {
      this.#finish({ code, reason });
    } else {
      const dueMs = this.#clock.now() + closeTimeoutMs;
      this.#closeTimer = this.#clock.at(dueMs, () => this.#finish({ code: 1006, reason: '' }));
    }
    return this.#gone.promise;
  }

  #dispatch(parcel: Parcel, bytes: number): void {
    const now = this.#clock.now();
    this.#bufferedBytes += bytes;
    this.#underWay.push({ parcel, bytes });
    this.#clock.at(this.#link.deliveryAtMs(now, bytes), () => this.#deliverNext());
  }

  // Real timers that are due together may run in any order: each takes the oldest parcel, so that none overtakes another.
  #deliverNext(): void {
    const next = this.#underWay.shift();
    if (!next) return;
    this.#bufferedBytes -= next.bytes;
    this.#peer?.receive(next.parcel);
  }

  receive(parcel: Parcel): void {
    this.#unread.push(parcel);
    if (this.#events) this.#readNext();
  }

  #readNext(): void {
    const parcel = this.#unread.shift();
    if (parcel === undefined || this.#state === 'closed') return;
    if (typeof parcel === 'string') {
      this.#events?.onMessage(parcel, this.#clock.now());
    } else {
      if (this.#state === 'open' && parcel.code !== 1006) this.#dispatch(parcel, closeFrameBytes);
      this.#finish(parcel);
    }
  }

  #finish(closed: TransportClosed): void {
    this.#state = 'closed';
    this.#closeTimer?.cancel();
    this.#gone.resolve();
    this.#events?.onClose(closed);
  }
}
