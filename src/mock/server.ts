/**
 * The mock as a server: HTTP upgrade, who may come in, and a session for each connection.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, SystemClock } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import { Random } from '../random.ts';
import { type Admission, admit } from './handshake.ts';
import type { MockTrace } from './mock-trace.ts';
import type { Scenario } from './scenario.ts';
import { serveSession } from './socket-session.ts';

/** How the server is set up. */
export interface MockServerOptions {
  readonly scenario: Scenario;
  /** Default a {@link SystemClock}; sockets know no other time. */
  readonly clock?: Clock | undefined;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string | undefined;
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
  /** Default 1. The first connection of one server gets the delays of the first connection of any other with that seed. */
  readonly seed?: number | undefined;
  /** What clients must show, as `api-key` or bearer token; default nothing. */
  readonly key?: string | undefined;
  /** What the user says in a turn of a session, counted from 0, where the scenario does not say it; default nothing. */
  readonly transcript?: ((turn: number) => string | undefined) | undefined;
  readonly trace?: ((trace: MockTrace) => void) | undefined;
  /** Default 64. One more is refused with 429. */
  readonly maxSessions?: number | undefined;
  /** Default 16 MiB, which is more than the largest append. */
  readonly maxMessageBytes?: number | undefined;
  /** Takes a line for each connection that opens, closes or is refused. Holds no secrets. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A server that listens. */
export interface MockServer {
  /** `http://127.0.0.1:PORT`: what a client takes as its endpoint. */
  readonly url: string;
  readonly port: number;
  /** How many sessions are open. */
  readonly sessions: number;
  /** Says goodbye to every client (code 1001) and settles when the port is free. */
  close(): Promise<void>;
}

const goodbyeMs = 500;

/**
 * Starts a Voice Live server on this machine.
 *
 * @throws {VoiceloopError} of kind `service`: `port-in-use`, or `mock-cannot-listen`
 * @example
 * ```ts
 * import { loadScenario, startMock } from 'voiceloop';
 *
 * const mock = await startMock({ scenario: await loadScenario('library') });
 * console.log(mock.url.startsWith('http://127.0.0.1:')); // true: the endpoint for any Voice Live client
 * await mock.close();
 * ```
 */
export async function startMock(options: MockServerOptions): Promise<MockServer> {
  const { scenario, key, log = () => {}, maxSessions = 64, maxMessageBytes = 16 * 1024 * 1024 } = options;
  const host = options.host ?? '127.0.0.1';
  const clock = options.clock ?? new SystemClock();
  const random = new Random(options.seed ?? 1);
  const sockets = new Set<WebSocket>();
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  let connections = 0;

  const server = createServer((request, response) => {
    const admission = admit(request.url ?? '/', request.headers, { key, isFull: false });
    const status = admission.isAdmitted ? 426 : admission.status;
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(errorBody(status, admission.isAdmitted ? 'Connect with a WebSocket.' : admission.message));
  });
  server.on('upgrade', (request, socket, head) => {
    const admission = admit(request.url ?? '/', request.headers, {
      key,
      isFull: sockets.size >= maxSessions,
    });
    if (!admission.isAdmitted) {
      log(`refused a connection: ${admission.status} ${admission.message}`);
      refuseUpgrade(socket, admission);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const name = `session-${++connections}`;
      sockets.add(webSocket);
      webSocket.on('close', (code) => {
        sockets.delete(webSocket);
        log(`${name} closed with code ${code}`);
      });
      log(`${name} opened`);
      const { transcript, trace } = options;
      const { model } = admission;
      serveSession(webSocket, {
        clock,
        random: random.fork(name),
        scenario,
        model,
        transcript,
        trace,
        maxMessageBytes,
      });
    });
  });
  const port = await listen(server, host, options.port ?? 0);

  return {
    url: `http://${addressOn(host)}:${port}`,
    port,
    get sessions() {
      return sockets.size;
    },
    async close() {
      const closed = [new Promise<void>((resolve) => server.close(() => resolve()))];
      for (const socket of sockets) {
        closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
        socket.close(1001, 'the mock is going away');
      }
      const timer = clock.at(clock.now() + goodbyeMs, () => {
        for (const socket of sockets) socket.terminate();
        server.closeAllConnections();
      });
      await Promise.all(closed);
      timer.cancel();
    },
  };
}

/** How a client on this machine calls a host; the ones that stand for every address are none that can be dialled. */
function addressOn(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${host}:${port}`;
      reject(
        cause.code === 'EADDRINUSE'
          ? new VoiceloopError('service', 'port-in-use', `port ${port} is in use`, {
              where,
              hint: 'choose another port, or 0 for any that is free',
              cause,
            })
          : new VoiceloopError('service', 'mock-cannot-listen', 'the mock cannot listen there', {
              where,
              reason: cause.message,
              hint: 'check the host and the port',
              cause,
            }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The request is still plain HTTP here, and so is the answer. */
function refuseUpgrade(socket: Duplex, { status, message }: Exclude<Admission, { isAdmitted: true }>): void {
  const body = errorBody(status, message);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (status === 429) lines.push('Retry-After: 2');
  socket.on('error', () => {});
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function errorBody(status: number, message: string): string {
  return JSON.stringify({ error: { code: String(status), message } });
}
