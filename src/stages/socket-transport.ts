/**
 * The connection to the service: a WebSocket with a deadline for everything that may hang.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import type { Clock, Timer } from '../clock.ts';
import { VoiceloopError } from '../errors.ts';
import type { Transport, TransportClosed, TransportEvents } from '../pipeline/transport.ts';
import { redactText, redactUrl, secretsOf } from '../protocol/redact.ts';
import { type ConnectError, connectionFailed, connectTimedOut, handshakeRefused } from './connect-error.ts';
import { openTunnel, proxyFor } from './proxy.ts';
import { proxyFailed, proxyRefused, proxyTimedOut } from './proxy-error.ts';

export interface SocketOptions {
  readonly clock: Clock;
  /** `ws://` or `wss://`, with its query. */
  readonly url: string;
  /** Sent with the handshake; here, and not in the URL, is the place for a credential. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly events: TransportEvents;
  /** Until the service has accepted the connection. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting, with its reason; an open connection is closed by its owner. */
  readonly signal?: AbortSignal;
  /** A longer message closes the connection with 1009. Default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** Until the service has answered a close. Default 2 000. */
  readonly closeTimeoutMs?: number;
  /** Between pings. Default 20 000. */
  readonly pingIntervalMs?: number;
}

/** After so many pings without any sign of life the connection counts as lost: 40 to 60 s with the default interval. */
const maxUnansweredPings = 2;

/**
 * Connects to a WebSocket server.
 *
 * Nothing is compressed: base64 of audio shrinks little, and each message would wait for the compressor. A binary message
 * is read as UTF-8 text, in case a relay in between changed its kind. What `send` takes is queued without a limit: the
 * sender watches `bufferedBytes` (two seconds of speech are about 130 kB) and decides what to drop. A connection on which
 * nothing arrives any more, not even the answers to pings, ends with 1006. `close(1006)` breaks it off without a goodbye.
 *
 * Goes through the proxy that the environment names, in `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`; to this machine
 * itself always directly.
 *
 * @throws {ConnectError} when the connection cannot be opened; no credential of the URL, the headers or the proxy shows in it
 * @throws {VoiceloopError} `endpoint-invalid`, `header-invalid` or `proxy-invalid`, when it cannot even be tried
 * @example
 * ```ts
 * import { openSocket, SystemClock } from 'voiceloop';
 *
 * const events = { onMessage: (text: string) => console.log(text), onClose: () => {} };
 * await openSocket({ clock: new SystemClock(), url: 'ws://127.0.0.1:1/', events }).catch((error) => {
 *   console.log(error.code); // connection-refused
 * });
 * ```
 */
export async function openSocket(options: SocketOptions): Promise<Transport> {
  const { clock, url, headers = {}, signal, connectTimeoutMs = 10_000, closeTimeoutMs = 2_000 } = options;
  signal?.throwIfAborted();
  checkRequest(url, headers);
  const proxy = proxyFor(url);
  const tunnel = proxy && (await openTunnel(proxy));
  signal?.throwIfAborted();
  const secrets = [...secretsOf(url, headers), ...(proxy?.secrets ?? [])];
  const redact = (text: string) => redactText(text, secrets);
  const request = { url, headers, where: redactUrl(url), redact };
  const settings: ClientOptions & { closeTimeout: number } = {
    headers,
    maxPayload: options.maxMessageBytes ?? 16 * 1024 * 1024,
    perMessageDeflate: false,
    // Missing in the types of ws. Bounds a close that the service begins and does not finish.
    closeTimeout: closeTimeoutMs,
    ...(tunnel && { agent: tunnel.agent }),
  };
  const socket = new WebSocket(url, settings);
  const { promise, resolve, reject } = Promise.withResolvers<Transport>();
  let refusal: ConnectError | undefined;
  const giveUp = (reason: unknown) => {
    settled();
    reject(reason);
    socket.terminate();
    tunnel?.abandon();
  };
  const fail = (error: ConnectError) => giveUp(refusal ?? error);
  const abort = () => giveUp(signal?.reason);
  const settled = () => {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  };
  const timer = clock.at(clock.now() + connectTimeoutMs, () =>
    fail(
      proxy ? proxyTimedOut(request, proxy, connectTimeoutMs) : connectTimedOut(request, connectTimeoutMs),
    ),
  );
  const onError = (error: Error) =>
    fail((proxy && proxyFailed(request, proxy, error)) ?? connectionFailed(request, error));
  socket.on('error', onError);
  socket.on('unexpected-response', async (_, response) => {
    const { statusCode: status = 0, headers } = response;
    const refusedBy = tunnel?.refusal() === undefined ? undefined : proxy;
    if (refusedBy) return fail(proxyRefused(request, refusedBy, status));
    const answer = { status, retryAfter: headers['retry-after'], unixMs: clock.unixMs() };
    // Holds even if the body never comes.
    refusal = handshakeRefused(request, { ...answer, body: '' });
    refusal = handshakeRefused(request, { ...answer, body: await beginningOf(response) });
    fail(refusal);
  });
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('open', () => {
    settled();
    resolve(new SocketTransport(socket, options, redact));
    socket.off('error', onError);
  });
  return promise;
}

function checkRequest(url: string, headers: Readonly<Record<string, string>>): void {
  if (!URL.canParse(url) || !/^wss?:[^#]*$/i.test(url)) {
    throw new VoiceloopError(
      'usage',
      'endpoint-invalid',
      `no WebSocket can be opened to "${redactUrl(url)}"`,
      {
        hint: 'give the endpoint of the resource, as https://NAME.services.ai.azure.com',
      },
    );
  }
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    throw new VoiceloopError(
      'usage',
      'header-invalid',
      `the value for the header ${name} holds a character that no header may hold`,
      {
        where: redactUrl(url),
        hint: 'a key that was read from a file may end in a line break',
      },
    );
  }
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > 4000) break;
    }
  } catch {
    // The status says enough where the body breaks off.
  }
  return text;
}

class SocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #closeTimeoutMs: number;
  readonly #pingIntervalMs: number;
  readonly #gone = Promise.withResolvers<void>();
  /** For the next ping, then for the answer to the close. */
  #timer: Timer;
  #unansweredPings = 0;
  #leaving = false;
  #droppedMessages = 0;
  /** What this end found wrong, where no close frame says why. */
  #failure: TransportClosed = { code: 1006, reason: '' };

  constructor(socket: WebSocket, options: SocketOptions, redact: (text: string) => string) {
    const { clock, events } = options;
    this.#socket = socket;
    this.#clock = clock;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 2_000;
    this.#pingIntervalMs = options.pingIntervalMs ?? 20_000;
    this.#timer = this.#pingLater();
    const signOfLife = () => {
      this.#unansweredPings = 0;
    };
    socket.on('ping', signOfLife);
    socket.on('pong', signOfLife);
    socket.on('message', (data) => {
      signOfLife();
      events.onMessage(data.toString(), clock.now());
    });
    socket.on('error', (error: Error & { code?: string }) => {
      const code = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 1009 : 1006;
      this.#failure = { code, reason: error.message };
    });
    socket.on('close', (code, reason) => {
      this.#leaving = true;
      this.#timer.cancel();
      this.#gone.resolve();
      const closed = code === 1006 ? this.#failure : { code, reason: reason.toString() };
      events.onClose({ code: closed.code, reason: redact(closed.reason) });
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get droppedMessages(): number {
    return this.#droppedMessages;
  }

  send(text: string): void {
    if (this.#leaving || this.#socket.readyState !== WebSocket.OPEN) this.#droppedMessages++;
    else this.#socket.send(text);
  }

  close(code = 1000, reason = ''): Promise<void> {
    if (this.#leaving) return this.#gone.promise;
    this.#leaving = true;
    this.#timer.cancel();
    if (code === 1006) {
      this.#socket.terminate();
    } else {
      this.#socket.close(code, reason);
      this.#timer = this.#clock.at(this.#clock.now() + this.#closeTimeoutMs, () => this.#socket.terminate());
    }
    return this.#gone.promise;
  }

  #pingLater(): Timer {
    return this.#clock.at(this.#clock.now() + this.#pingIntervalMs, () => this.#ping());
  }

  // Pings are counted, not milliseconds: a process that slept for an hour first hears what has arrived meanwhile.
  #ping(): void {
    if (this.#unansweredPings === maxUnansweredPings) {
      this.#failure = { code: 1006, reason: 'the service does not answer any more, not even to pings' };
      this.#socket.terminate();
      return;
    }
    this.#unansweredPings++;
    this.#socket.ping();
    this.#timer = this.#pingLater();
  }
}
