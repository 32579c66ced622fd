/**
 * A TCP proxy in front of the mock, which spoils connections at the level of bytes. It stands below HTTP, WebSocket and TLS:
 * what it does is the same on every runtime, whose servers differ.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { Clock } from '../../clock.ts';
import { ToxicConnection } from './toxic-connection.ts';

/** Where the proxy listens, and what is behind it. */
export interface ToxicProxyOptions {
  /** Times the delays of the toxics. */
  readonly clock: Clock;
  /** The address for clients. */
  readonly host: string;
  /** The port for clients; 0 takes any that is free. */
  readonly port: number;
  /** The port of the server behind, on 127.0.0.1. */
  readonly targetPort: number;
  /** Gets each connection before any of its bytes has passed, and may apply toxics; default nothing is done. */
  readonly onConnection?: ((connection: ToxicConnection) => void) | undefined;
}

/** A proxy that listens. */
export interface ToxicProxy {
  /** Where it listens. */
  readonly port: number;
  /** The connection that the server behind knows by this `socket.remotePort`, from its first byte to its end. */
  connection(remotePort: number): ToxicConnection | undefined;
  /** Ends every connection, in black holes too, and settles when the port is free and no socket and timer is left. */
  close(): Promise<void>;
}

/**
 * Starts a proxy whose connections can be spoiled one by one. As long as none is, bytes, half-closes, resets and
 * backpressure pass in both directions. A client finds its connection reset where the server behind cannot be reached.
 *
 * @throws the error of `node:net` when it cannot listen there, with its `code`: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`
 */
export async function startToxicProxy(options: ToxicProxyOptions): Promise<ToxicProxy> {
  const { clock, targetPort, onConnection } = options;
  const connections = new Set<ToxicConnection>();
  const byPort = new Map<number, ToxicConnection>();

  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    // Before the connection hears of it: its first byte makes the server behind ask for it.
    server.once('connect', () => {
      const { localPort = 0 } = server;
      byPort.set(localPort, connection);
      server.once('close', () => {
        if (byPort.get(localPort) === connection) byPort.delete(localPort);
      });
    });
    const connection = new ToxicConnection(clock, client, server);
    connections.add(connection);
    connection.closed.then(() => connections.delete(connection));
    onConnection?.(connection);
  });
  const port = await listen(proxy, options.host, options.port);

  return {
    port,
    connection: (remotePort) => byPort.get(remotePort),
    async close() {
      const isFree = new Promise<void>((resolve) => proxy.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await Promise.all([isFree, ...[...connections].map(({ closed }) => closed)]);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A connection that fails while it is being accepted is none, and no reason to end the process.
      server.on('error', () => {});
      resolve((server.address() as AddressInfo).port);
    });
  });
}
