/**
 * One connection through the toxic proxy, and what can be done to it while it lasts.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../clock.ts';
import { ToxicFlow } from './toxic-flow.ts';

/**
 * Passes bytes both ways between a client and the server behind the proxy, with half-closes, resets and backpressure, until
 * a toxic is applied. The toxics are those of Shopify/toxiproxy, in the order of its names: `reset_peer`, `timeout`,
 * `bandwidth` (of 0), `slow_close`, `slicer`, `limit_data`. They may be applied at any time and together; after the
 * connection is over they do nothing.
 */
export class ToxicConnection {
  /** Settles when both sockets are closed. */
  readonly closed: Promise<void>;
  readonly #clock: Clock;
  readonly #client: Socket;
  readonly #server: Socket;
  /** From the server to the client. */
  readonly #down: ToxicFlow;
  /** From the client to the server. */
  readonly #up: ToxicFlow;
  #isHole = false;
  #closeDelayMs = 0;
  #closing: Timer | undefined;

  /** Takes both sockets, the server's while it connects. Nothing is read before it has. */
  constructor(clock: Clock, client: Socket, server: Socket) {
    this.#clock = clock;
    this.#client = client;
    this.#server = server;
    this.#down = new ToxicFlow(clock, server, client, {
      onEnd: () => {
        this.#up.release();
        this.#closeClient(() => client.end());
      },
      onCut: () => this.#cut(),
    });
    this.#up = new ToxicFlow(clock, client, server, { onEnd: () => server.end(), onCut: () => {} });
    server.once('connect', () => {
      this.#down.start();
      this.#up.start();
    });
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    this.closed = Promise.all([
      whenClosed(client, () => this.#onClientClosed()),
      whenClosed(server, () => this.#onServerClosed()),
    ]).then(() => this.#closing?.cancel());
  }

  /**
   * `reset_peer`: the client gets a TCP reset (`ECONNRESET`; code 1006 of a WebSocket), and what was on its way is lost. The
   * server's side ends as well.
   */
  reset(): void {
    this.#drain();
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /**
   * `timeout`: from now on nothing passes either way and nobody is told of anything, as on a half-open connection. What
   * either side sends is taken and thrown away, and their goodbyes with it. Only {@link reset}, {@link limit} of 0 and the
   * end of the proxy lead out of it, or the time given.
   *
   * @param closeAfterMs after so long both sides are closed; default never
   * @throws {RangeError} when `closeAfterMs` is negative or NaN
   */
  blackHole(closeAfterMs: number = Number.POSITIVE_INFINITY): void {
    mustBe('closeAfterMs', closeAfterMs, closeAfterMs >= 0);
    this.#isHole = true;
    this.#drain();
    if (closeAfterMs === Number.POSITIVE_INFINITY || (this.#client.destroyed && this.#server.destroyed))
      return;
    this.#closing = this.#clock.at(this.#clock.now() + closeAfterMs, () => this.destroy());
  }

  /**
   * `timeout` for both sides alike, with `bandwidth` of 0: nothing passes either way, and what the client sends is not even
   * read, so that it waits in the client. Only {@link reset}, {@link limit} of 0 and the end of the proxy lead out of it.
   */
  freeze(): void {
    this.#isHole = true;
    this.#closing?.cancel();
    this.#down.drain();
    this.#up.hold(Number.POSITIVE_INFINITY);
  }

  /**
   * `bandwidth` of 0 upstream: the client's bytes are no longer read. What it sends waits in the kernel first, and then in
   * the client: the kernel of Linux took 4 MB over loopback, a minute of audio messages.
   *
   * @param forMs after so long everything is read that waits; default never
   * @throws {RangeError} when `forMs` is negative or NaN
   */
  stopReading(forMs: number = Number.POSITIVE_INFINITY): void {
    mustBe('forMs', forMs, forMs >= 0);
    this.#up.hold(forMs);
  }

  /**
   * `slow_close`: when the server closes, or is gone, the client learns of it `delayMs` later.
   *
   * @throws {RangeError} when `delayMs` is negative, infinite or NaN
   */
  slowClose(delayMs: number): void {
    mustBe('delayMs', delayMs, delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY);
    this.#closeDelayMs = delayMs;
  }

  /**
   * `slicer`: what the server sends arrives in pieces of `bytes`, each written alone and a turn of the event loop after the
   * one before it.
   *
   * @param delayMs and so long after it; default 0
   * @throws {RangeError} when `bytes` is no whole number from 1, or `delayMs` is negative, infinite or NaN
   */
  slice(bytes: number, delayMs = 0): void {
    mustBe('bytes', bytes, Number.isInteger(bytes) && bytes >= 1);
    mustBe('delayMs', delayMs, delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY);
    this.#down.slice(bytes, delayMs);
  }

  /**
   * `limit_data`: the client gets `bytes` more of what the server sends, then the end of the connection, be it in the
   * middle of a message. 0 ends it now.
   *
   * @throws {RangeError} when `bytes` is no whole number from 0
   */
  limit(bytes: number): void {
    mustBe('bytes', bytes, Number.isInteger(bytes) && bytes >= 0);
    if (bytes === 0) this.#cut();
    else this.#down.limit(bytes);
  }

  /** Closes both sockets at once. */
  destroy(): void {
    this.#drain();
    this.#client.destroy();
    this.#server.destroy();
  }

  #drain(): void {
    this.#closing?.cancel();
    this.#down.drain();
    this.#up.drain();
  }

  /** Reads on, because a socket that is closed with bytes unread resets, and the client would lose its last ones. */
  #cut(): void {
    this.#drain();
    this.#client.end();
    this.#server.destroy();
  }

  #closeClient(close: () => void): void {
    if (this.#closeDelayMs === 0) close();
    else this.#closing = this.#clock.at(this.#clock.now() + this.#closeDelayMs, close);
  }

  #onClientClosed(): void {
    if (this.#isHole) return;
    this.#closing?.cancel();
    this.#down.drain();
    if (this.#up.isOver) {
      this.#server.destroy();
    } else {
      this.#up.drain();
      this.#server.resetAndDestroy();
    }
  }

  #onServerClosed(): void {
    if (this.#isHole) return;
    this.#up.drain();
    if (this.#down.isOver) return;
    this.#down.drain();
    this.#closeClient(() => this.#client.resetAndDestroy());
  }
}

function whenClosed(socket: Socket, task: () => void): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      task();
      resolve();
    });
  });
}

function mustBe(name: string, value: number, isRight: boolean): void {
  if (!isRight) throw new RangeError(`${name} cannot be ${value}`);
}
