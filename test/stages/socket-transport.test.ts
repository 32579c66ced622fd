import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, SystemClock, VirtualClock } from '../../src/clock.ts';
import type { VoiceloopError } from '../../src/errors.ts';
import type { TransportClosed } from '../../src/pipeline/transport.ts';
import type { ConnectError } from '../../src/stages/connect-error.ts';
import { openSocket, type SocketOptions } from '../../src/stages/socket-transport.ts';

const canary = 'cAnArY0123456789abcdef';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A WebSocket server; `onConnection` runs in the tick of the handshake. */
async function wsServer(onConnection: (socket: WebSocket) => void = () => {}, autoPong = true) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong });
  const requests: { url: string | undefined; headers: Record<string, unknown> }[] = [];
  server.on('connection', (socket, { url, headers }) => {
    requests.push({ url, headers });
    onConnection(socket);
  });
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/realtime`, requests };
}

/** A TCP server, for what no WebSocket server would do. */
async function tcpServer(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers the request for an upgrade with this text. */
function answering(text: string, onAnswered: (socket: Socket) => void = (socket) => socket.end()) {
  return tcpServer((socket) => {
    socket.once('data', () => {
      socket.write(text);
      onAnswered(socket);
    });
  });
}

/** A server that shakes hands and then leaves the socket to `then`. */
function rawWebSocket(then: (socket: Socket) => void) {
  return tcpServer((socket) => {
    socket.once('data', (request) => {
      const key = /sec-websocket-key: (\S+)/i.exec(request.toString())?.[1];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      then(socket);
    });
  });
}

/** Opens a socket and keeps what its owner is told. */
async function connect(url: string, options: Partial<SocketOptions> = {}) {
  const clock: Clock = options.clock ?? new SystemClock();
  const messages: string[] = [];
  const times: number[] = [];
  const closes: TransportClosed[] = [];
  const wake: (() => void)[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<TransportClosed>();
  const transport = await openSocket({
    clock,
    url,
    events: {
      onMessage: (text, atMs) => {
        messages.push(text);
        times.push(atMs);
        for (const look of wake) look();
      },
      onClose: (end) => {
        closes.push(end);
        resolve(end);
      },
    },
    ...options,
  });
  cleanups.push(() => void transport.close(1006));
  const heard = (count: number) =>
    new Promise<void>((done) => {
      wake.push(() => messages.length >= count && done());
      for (const look of wake) look();
    });
  return { transport, messages, times, closes, closed, heard };
}

async function failure(url: string, options: Partial<SocketOptions> = {}): Promise<ConnectError> {
  const error = await connect(url, options).then(
    () => expect.unreachable('the connection was opened'),
    (error: ConnectError) => error,
  );
  // In all that a person or a log may see of it, whatever went wrong.
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('cAnArY');
  expect(JSON.stringify(error) + error.stack + error.message).not.toContain('cAnArY');
  return error;
}

const credentials = { headers: { 'api-key': canary } };
const query = `?model=gpt-4o&api-version=2026-07-15&api-key=${canary}`;

describe('openSocket', () => {
  test('carries text both ways, and the headers and the query of the handshake', async () => {
    const { url, requests } = await wsServer((socket) => {
      socket.send('welcome');
      socket.on('message', (data) => socket.send(`echo ${data}`));
    });
    const { transport, messages, times, heard } = await connect(`${url}?model=m`, credentials);
    transport.send('hällo');
    await heard(2);
    expect(messages).toEqual(['welcome', 'echo hällo']);
    expect(times.every((time, i) => time >= (times[i - 1] ?? 0))).toBe(true);
    expect(requests).toMatchObject([{ url: '/realtime?model=m', headers: { 'api-key': canary } }]);
    expect(requests[0]?.headers).not.toHaveProperty('sec-websocket-extensions');
  });

  test('stamps a message with the time of its clock', async () => {
    const { url } = await wsServer((socket) => socket.on('message', (data) => socket.send(data)));
    const clock = new VirtualClock();
    const { times } = await clock.run(async () => {
      const connection = await clock.standStill(connect(url, { clock }));
      await clock.sleep(1234);
      connection.transport.send('now');
      await clock.standStill(connection.heard(1));
      return connection;
    });
    expect(times).toEqual([1234]);
  });

  test('reads a binary message as text', async () => {
    const { url } = await wsServer((socket) => socket.send(Buffer.from('{"type":"ö"}'), { binary: true }));
    const { messages, heard } = await connect(url);
    await heard(1);
    expect(messages).toEqual(['{"type":"ö"}']);
  });
});

describe('a handshake that the service refuses', () => {
  const status = (line: string, headers = '', body = '') =>
    answering(`HTTP/1.1 ${line}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

  test.each([
    ['401 Unauthorized', 'auth', 'handshake-401', 'key', { 'api-key': canary }],
    [
      '401 Unauthorized',
      'auth',
      'handshake-401',
      'https://ai.azure.com/.default',
      { Authorization: `Bearer ${canary}` },
    ],
    ['401 Unauthorized', 'auth', 'handshake-401', 'az login', {}],
    ['403 Forbidden', 'auth', 'handshake-403', 'Cognitive Services User', credentials.headers],
    [
      '404 Not Found',
      'service',
      'handshake-404',
      'the path, model gpt-4o, api-version 2026-07-15',
      credentials.headers,
    ],
    ['429 Too Many Requests', 'service', 'handshake-429', '30 new connections a minute', credentials.headers],
    ['400 Bad Request', 'service', 'handshake-400', 'api-version', credentials.headers],
    ['302 Found', 'service', 'handshake-302', 'endpoint', credentials.headers],
    ['503 Service Unavailable', 'service', 'handshake-503', 'later', credentials.headers],
  ] as const)('%s is of kind %s, code %s, and says: %s', async (line, kind, code, hint, headers) => {
    const host = await status(line);
    const shown = `ws://${host}/realtime?model=gpt-4o&api-version=2026-07-15`;
    const error = await failure(shown, { headers });
    expect(error).toMatchObject({ kind, code, where: shown, status: Number.parseInt(line, 10) });
    expect(error.message).toContain(`(HTTP ${Number.parseInt(line, 10)})`);
    expect(error.hint).toContain(hint);
  });

  test('shows the URL without its credentials', async () => {
    const host = await status('401 Unauthorized');
    const error = await failure(`ws://${host}/realtime${query}`);
    expect(error.where).toBe(`ws://${host}/realtime?model=gpt-4o&api-version=2026-07-15&api-key=***`);
    expect(error.hint).toContain('check the key');
  });

  test.each([
    ['7', 7_000, 'in 7 s'],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90_000, 'in 90 s'],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0, 'in 0 s'],
    ['soon', undefined, 'wait a minute'],
  ])('reads Retry-After: %s', async (value, retryAfterMs, hint) => {
    const host = await status('429 Too Many Requests', `Retry-After: ${value}\r\n`);
    const clock = new VirtualClock();
    const error = await clock.run(() => clock.standStill(failure(`ws://${host}/`, { clock })));
    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(error.hint).toContain(hint);
  });

  test.each([
    [
      `{"error":{"code":"401","message":"Access denied for ${canary}\\u001b[2J."}}`,
      /^Access denied for \*\*\*/,
    ],
    ['no voice\r\n\u001b[2Jtoday', /^no voice \[2Jtoday$/],
    ['x'.repeat(100_000), /^x{300}$/],
  ])('gives the reason that the body gives, fit for a terminal', async (body, reason) => {
    const host = await status('401 Unauthorized', '', body);
    const error = await failure(`ws://${host}/realtime${query}`, credentials);
    expect(error.reason).toMatch(reason);
    expect(error.reason).not.toContain('\u001b');
  });

  test.each(['<html><title>401</title></html>', '{"nothing":"known"}', ''])(
    'gives no reason for %j',
    async (body) => {
      const host = await status('401 Unauthorized', '', body);
      expect((await failure(`ws://${host}/`)).reason).toBeUndefined();
    },
  );

  test('is told apart from a timeout though its body never comes', async () => {
    const host = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\n', () => {});
    const error = await failure(`ws://${host}/`, { connectTimeoutMs: 200 });
    expect(error.code).toBe('handshake-403');
  });

  test('leaves no socket behind', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const host = await answering('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', (socket) => {
      socket.on('end', resolve).on('close', () => resolve());
      socket.resume();
    });
    await failure(`ws://${host}/`);
    await gone;
  });
});

describe('a connection that fails below HTTP', () => {
  test('nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const error = await failure(`ws://127.0.0.1:${port}/realtime${query}`, credentials);
    expect(error).toMatchObject({ kind: 'service', code: 'connection-refused', status: undefined });
    expect(error.message).toBe(`nothing listens at 127.0.0.1:${port}`);
    expect(error.hint).toContain('voiceloop mock');
  });

  test('the other side hangs up', async () => {
    const host = await answering('', (socket) => socket.destroy());
    const error = await failure(`ws://${host}/${query}`, credentials);
    expect(error).toMatchObject({ kind: 'service', code: 'connection-failed' });
  });

  test('the other side speaks something else', async () => {
    const host = await answering('SSH-2.0-OpenSSH_9.6\r\n');
    const error = await failure(`ws://${host}/${query}`, credentials);
    expect(error).toMatchObject({ kind: 'service', code: 'connection-failed' });
  });

  test('there is no TLS', async () => {
    const host = await answering('HTTP/1.1 400 Bad Request\r\n\r\n');
    const error = await failure(`wss://${host}/${query}`, credentials);
    expect(error).toMatchObject({ kind: 'service', code: 'tls-failed' });
    expect(error.hint).toContain('ws://');
  });

  test('its caller gives up meanwhile, or did before', async () => {
    const hungUp = Promise.withResolvers<void>();
    const host = await tcpServer((socket) => {
      for (const event of ['end', 'close']) socket.on(event, () => hungUp.resolve());
      socket.resume();
      abort.abort(new Error('enough'));
    });
    const abort = new AbortController();
    const { signal } = abort;
    expect(await failure(`ws://${host}/${query}`, { ...credentials, signal })).toBe(signal.reason);
    await hungUp.promise;
    expect(await failure(`ws://${host}/${query}`, { ...credentials, signal })).toBe(signal.reason);
  });

  test('the handshake is never answered', async () => {
    const host = await tcpServer(() => {});
    const clock = new VirtualClock();
    const error = await clock.run(() => failure(`ws://${host}/${query}`, { ...credentials, clock }));
    expect(clock.now()).toBe(10_000);
    expect(error).toMatchObject({ kind: 'service', code: 'connect-timeout' });
    expect(error.message).toBe('no connection within 10 s');
  });

  test.each(['', 'nonsense', 'https://host/', 'ws://', `ws://host/?api-key=${canary}#part`])(
    'the URL %j is refused before anything is tried',
    async (url) => {
      const error: VoiceloopError = await failure(url);
      expect(error).toMatchObject({ kind: 'usage', code: 'endpoint-invalid' });
    },
  );

  test('a key with a line break is refused before anything is tried', async () => {
    const error: VoiceloopError = await failure('ws://127.0.0.1:1/', {
      headers: { 'api-key': `${canary}\n` },
    });
    expect(error).toMatchObject({ kind: 'usage', code: 'header-invalid' });
    expect(error.message).toContain('api-key');
  });
});

describe('the end of a connection', () => {
  test('a close is answered, told once, and settles', async () => {
    const { promise: end, resolve } = Promise.withResolvers<string>();
    const { url } = await wsServer((socket) =>
      socket.on('close', (code, reason) => resolve(`${code} ${reason}`)),
    );
    const { transport, closes } = await connect(url);
    await Promise.all([transport.close(1000, 'enough'), transport.close(1011)]);
    await transport.close();
    expect(closes).toEqual([{ code: 1000, reason: 'enough' }]);
    expect(await end).toBe('1000 enough');
  });

  test('the service may close, with its code and reason', async () => {
    const { url } = await wsServer((socket) => socket.close(1011, 'session_expired'));
    const { transport, closed } = await connect(url);
    expect(await closed).toEqual({ code: 1011, reason: 'session_expired' });
    await transport.close();
  });

  test('a connection that breaks ends with 1006', async () => {
    const { url } = await wsServer((socket) => socket.terminate());
    const { closed } = await connect(url);
    expect(await closed).toMatchObject({ code: 1006 });
  });

  test('a message that is too long ends it with 1009', async () => {
    const { url } = await wsServer((socket) => socket.send('x'.repeat(2000)));
    const { messages, closed } = await connect(url, { maxMessageBytes: 1000 });
    expect((await closed).code).toBe(1009);
    expect(messages).toEqual([]);
  });

  test('what is sent after the end is dropped and counted', async () => {
    const received: string[] = [];
    const { url } = await wsServer((socket) => socket.on('message', (data) => received.push(String(data))));
    const { transport } = await connect(url);
    transport.send('in time');
    const gone = transport.close();
    transport.send('late');
    await gone;
    transport.send('later');
    expect(transport.droppedMessages).toBe(2);
    expect(received).toEqual(['in time']);
  });

  test('a service that does not answer the close is left after two seconds', async () => {
    const host = await rawWebSocket((socket) => socket.pause());
    const clock = new VirtualClock();
    const closed = await clock.run(async () => {
      const connection = await clock.standStill(connect(`ws://${host}/`, { clock }));
      await connection.transport.close();
      expect(clock.now()).toBe(2_000);
      return connection.closed;
    });
    expect(closed.code).toBe(1006);
  });

  test('a service that closes and then does not hang up is left as well', async () => {
    const goodbye = Buffer.from([0x88, 2, 1001 >> 8, 1001 & 0xff]);
    const host = await rawWebSocket((socket) => socket.write(goodbye));
    const { closed } = await connect(`ws://${host}/`, { closeTimeoutMs: 50 });
    expect((await closed).code).toBe(1001);
  });

  test('1006 breaks off without a goodbye', async () => {
    const { promise: end, resolve } = Promise.withResolvers<number>();
    const { url } = await wsServer((socket) => socket.on('close', resolve));
    const { transport, closed } = await connect(url);
    await transport.close(1006);
    expect((await closed).code).toBe(1006);
    expect(await end).toBe(1006);
  });

  test('shows what the network has not taken', async () => {
    const host = await rawWebSocket((socket) => socket.pause());
    const { transport } = await connect(`ws://${host}/`);
    expect(transport.bufferedBytes).toBe(0);
    for (let i = 0; i < 32; i++) transport.send('x'.repeat(1_000_000));
    expect(transport.bufferedBytes).toBeGreaterThan(1_000_000);
  });
});

describe('a connection on which nothing arrives any more', () => {
  test('is pinged twice and then given up', async () => {
    const pings: number[] = [];
    const host = await rawWebSocket((socket) => {
      socket.on('data', (frame) => pings.push(frame[0] ?? 0));
    });
    const clock = new VirtualClock();
    const closed = await clock.run(async () => {
      const connection = await clock.standStill(connect(`ws://${host}/`, { clock }));
      await clock.sleep(59_999);
      expect(connection.closes).toEqual([]);
      await clock.sleep(1);
      return clock.standStill(connection.closed);
    });
    expect(closed).toEqual({ code: 1006, reason: 'the service does not answer any more, not even to pings' });
    expect(pings.every((opcode) => opcode === 0x89)).toBe(true);
  });

  test.each(['pong', 'ping', 'message'] as const)('a %s is a sign of life', async (sign) => {
    const { promise: ready, resolve } = Promise.withResolvers<WebSocket>();
    const { url } = await wsServer(resolve, sign === 'pong');
    const clock = new VirtualClock();
    await clock.run(async () => {
      const connection = await clock.standStill(connect(url, { clock }));
      const server = await clock.standStill(ready);
      for (let i = 0; i < 6; i++) {
        const pinged = once(server, 'ping');
        await clock.sleep(20_000);
        await clock.standStill(pinged);
        if (sign === 'ping') server.ping();
        if (sign === 'message') server.send('here');
        await clock.standStill(new SystemClock().sleep(5));
      }
      expect(connection.closes).toEqual([]);
    });
  });
});
