/**
 * Where clients reach the mock: HTTP, TLS, and the proxy that spoils connections where a scenario asks for it.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { VoiceloopError } from '../../errors.ts';
import type { ToxicConnection } from '../faults/toxic-connection.ts';
import { startToxicProxy, type ToxicProxy } from '../faults/toxic-proxy.ts';
import { type SelfMadeCertificate, selfMadeCertificate } from './certificate.ts';

/** A request for a WebSocket. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** The connection below, undefined where nothing is to be done to it. */
  readonly connection: ToxicConnection | undefined;
}

/** How the listener is set up. */
export interface ListenerOptions {
  readonly clock: Clock;
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  readonly hasTls: boolean;
  /** Whether connections will have to be spoiled. */
  readonly hasToxics: boolean;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(upgrade: Upgrade): void;
}

/** A listener that listens. */
export interface Listener {
  readonly url: string;
  readonly port: number;
  readonly certificate: string | undefined;
  readonly fingerprint: string | undefined;
  /**
   * Takes no more connections and settles when all that were there are gone. Those through the proxy it ends: goodbyes must have
   * been said before.
   */
  close(): Promise<void>;
  /** Ends what is still there. */
  terminate(): void;
}

/** @throws {VoiceloopError} of kind `service`: `port-in-use`, or `mock-cannot-listen` */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { clock, host, port, hasTls, hasToxics, onRequest, onUpgrade } = options;
  const tls = hasTls ? await selfMadeCertificate({ hosts: hostsOf(host) }) : undefined;
  const server = serverWith(tls);
  let proxy: ToxicProxy | undefined;
  server.on('request', onRequest);
  server.on('upgrade', (request, socket, head) => {
    // A connection that breaks before anybody has taken it must not end the process.
    socket.on('error', () => {});
    onUpgrade({ request, socket, head, connection: proxy?.connection(request.socket.remotePort ?? 0) });
  });
  let openPort: number;
  try {
    openPort = await listen(server, hasToxics ? '127.0.0.1' : host, hasToxics ? 0 : port);
    if (hasToxics) proxy = await startToxicProxy({ clock, host, port, targetPort: openPort });
  } catch (cause) {
    server.close();
    throw cannotListen(host, port, cause as NodeJS.ErrnoException);
  }
  const reachedPort = proxy?.port ?? openPort;
  return {
    url: `${tls ? 'https' : 'http'}://${addressOn(host)}:${reachedPort}`,
    port: reachedPort,
    certificate: tls?.certificate,
    fingerprint: tls?.fingerprint,
    async close() {
      await Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), proxy?.close()]);
    },
    terminate: () => server.closeAllConnections(),
  };
}

function serverWith(tls: SelfMadeCertificate | undefined): Server {
  return tls ? createTlsServer({ key: tls.key, cert: tls.certificate }) : createServer();
}

/** What clients may call this machine. */
function hostsOf(host: string): string[] {
  const isEvery = host === '0.0.0.0' || host === '::';
  return [...new Set(['localhost', '127.0.0.1', '::1', ...(isEvery ? [] : [host])])];
}

/** How a client on this machine calls a host; the ones that stand for every address are none that can be dialled. */
function addressOn(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): VoiceloopError {
  const where = `${host}:${port}`;
  if (cause.code === 'EADDRINUSE') {
    return new VoiceloopError('service', 'port-in-use', `port ${port} is in use`, {
      where,
      hint: 'choose another port, or 0 for any that is free',
      cause,
    });
  }
  return new VoiceloopError('service', 'mock-cannot-listen', 'the mock cannot listen there', {
    where,
    reason: cause.message,
    hint: 'check the host and the port',
    cause,
  });
}
