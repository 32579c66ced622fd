/**
 * The contract of a connection that carries text messages both ways, in order.
 *
 * @module
 */

/** Why and how a connection ended. `code` as in RFC 6455, 1006 where no close frame came. */
export interface TransportClosed {
  readonly code: number;
  readonly reason: string;
}

/** What the owner of a transport is told. Set before the transport is opened. */
export interface TransportEvents {
  /** A whole text message, and when it arrived on the loop's clock. */
  onMessage(text: string, receivedAtMs: number): void;
  /** Once, for whatever reason it ended; nothing comes after it. */
  onClose(closed: TransportClosed): void;
}

/** An open connection. */
export interface Transport {
  /** Queues a message. After the end it is dropped and counted, never thrown. */
  send(text: string): void;
  /** Bytes that `send` took and the network has not yet. */
  readonly bufferedBytes: number;
  /** Messages that were given to `send` after the connection had ended. */
  readonly droppedMessages: number;
  /** Says goodbye and settles when the connection is gone, after two seconds at the latest. */
  close(code?: number, reason?: string): Promise<void>;
}
