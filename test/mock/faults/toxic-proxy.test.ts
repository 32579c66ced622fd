import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Clock, StalledError, SystemClock, VirtualClock } from '../../../src/clock.ts';
import type { ToxicConnection } from '../../../src/mock/faults/toxic-connection.ts';
import { startToxicProxy, type ToxicProxy } from '../../../src/mock/faults/toxic-proxy.ts';
import { selfMadeCertificate } from '../../../src/mock/server/certificate.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Setup {
  readonly clock?: Clock;
  readonly onConnection?: (connection: ToxicConnection) => void;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({ close: () => server.close() });
  return (server.address() as AddressInfo).port;
}

async function proxyTo(targetPort: number, { clock = new SystemClock(), onConnection }: Setup = {}) {
  const proxy = await startToxicProxy({ clock, host: '127.0.0.1', port: 0, targetPort, onConnection });
  open.push(proxy);
  return proxy;
}

/** One end of a TCP connection, and what has happened to it. */
class End {
  readonly socket: Socket;
  readonly events: string[] = [];
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #wake = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    const note = (event: string) => {
      this.events.push(event);
      this.#wake();
    };
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#wake();
    });
    socket.on('end', () => note('end'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => note(code ?? 'error'));
    socket.on('close', () => note('close'));
    open.push({ close: () => socket.destroy() });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get length(): number {
    return this.#length;
  }

  get sizes(): number[] {
    return this.#chunks.map(({ length }) => length);
  }

  get text(): string {
    return this.bytes.toString();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  gets(length: number): Promise<void> {
    return this.until(() => this.#length >= length);
  }

  sees(event: string): Promise<void> {
    return this.until(() => this.events.includes(event));
  }
}

/** A TCP server behind a proxy, and a client that has reached it. */
async function wire(setup: Pick<Setup, 'clock'> = {}) {
  const accepted = Promise.withResolvers<Socket>();
  const proxied = Promise.withResolvers<ToxicConnection>();
  const target = createServer({ allowHalfOpen: true }, accepted.resolve);
  const proxy = await proxyTo(await listen(target), { ...setup, onConnection: proxied.resolve });
  const client = dial(proxy.port);
  const server = new End(await accepted.promise);
  const toxic = await proxied.promise;
  return { proxy, target, client, server, toxic };
}

function dial(port: number): End {
  return new End(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
}

/** Long enough for whatever could come over a socket of this machine to have come: some round trips over another one. */
async function aWhile(): Promise<void> {
  const target = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  const other = dial(await listen(target));
  for (let i = 1; i <= 20; i++) {
    other.socket.write('.');
    await other.gets(i);
  }
  other.socket.destroy();
}

function pass(clock: VirtualClock, ms: number): Promise<void> {
  return clock.run(() => clock.sleep(ms));
}

async function nothingIsSet(clock: VirtualClock): Promise<void> {
  const startMs = clock.now();
  await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow(StalledError);
  expect(clock.now()).toBe(startMs);
}

/** 16 MB, which is more than the kernel takes from a sender whose receiver does not read. */
const tooMuch = Buffer.alloc(16_000_000, 'voice loop ');

describe('a connection to which nothing is done', () => {
  test('passes bytes both ways', async () => {
    const { client, server } = await wire();
    client.socket.write('question');
    await server.gets(8);
    server.socket.write('answer');
    await client.gets(6);
    expect([server.text, client.text]).toEqual(['question', 'answer']);
  });

  test('goes on one way when the other has been closed', async () => {
    const { client, server } = await wire();
    client.socket.end('last words');
    await server.sees('end');
    expect(server.text).toBe('last words');
    server.socket.end('and the answer');
    await client.sees('close');
    expect(client.text).toBe('and the answer');
    expect(client.events).toEqual(['end', 'close']);
    await server.sees('close');
  });

  test('still takes what the client sends after the server has closed its side', async () => {
    const { client, server } = await wire();
    server.socket.end();
    await client.sees('end');
    client.socket.end('thanks');
    await server.sees('end');
    expect(server.text).toBe('thanks');
  });

  test.each([
    ['client', 'server'],
    ['server', 'client'],
  ] as const)('ends with a reset where the %s resets', async (from, to) => {
    const ends = await wire();
    ends[from].socket.write('x');
    await ends[to].gets(1);
    ends[from].socket.resetAndDestroy();
    await ends[to].sees('close');
    expect([ends[to].text, ends[to].events]).toEqual(['x', ['ECONNRESET', 'close']]);
  });

  test.each([
    ['server', 'client'],
    ['client', 'server'],
  ] as const)('makes the %s wait as long as the other does not read', async (from, to) => {
    const ends = await wire();
    ends[to].socket.pause();
    ends[from].socket.write(tooMuch);
    await aWhile();
    expect(ends[from].socket.writableLength).toBeGreaterThan(0);
    ends[to].socket.resume();
    await ends[to].gets(tooMuch.length);
    expect(ends[to].bytes.equals(tooMuch)).toBe(true);
    ends[from].socket.destroy();
    await ends[to].sees('end');
  });

  // Deno 2.9: a socket that has read the end of the other side can write no more than the kernel takes at once (EPIPE).
  test.skipIf('Deno' in globalThis)(
    'loses nothing when a client is gone before the server has read',
    async () => {
      const { client, server } = await wire();
      server.socket.pause();
      server.socket.end();
      await client.sees('end');
      client.socket.end(tooMuch);
      await aWhile();
      server.socket.resume();
      await server.sees('end');
      expect(server.bytes.equals(tooMuch)).toBe(true);
    },
  );
});

describe('a connection whose server is gone', () => {
  test('ends when the client has closed too, whatever it still sends', async () => {
    const { client, server, toxic } = await wire();
    server.socket.destroy();
    await client.sees('end');
    for (const word of ['are', 'you', 'there?']) {
      client.socket.write(word);
      await aWhile();
    }
    client.socket.end();
    await toxic.closed;
  });
});

describe('reset', () => {
  test('is a connection reset for the client, and the end for the server', async () => {
    const { client, server, toxic } = await wire();
    toxic.reset();
    await client.sees('close');
    await server.sees('end');
    expect(client.events).toEqual(['ECONNRESET', 'close']);
    await toxic.closed;
  });

  test('spares the other connections of the proxy', async () => {
    const { proxy, target, toxic } = await wire();
    const accepted = once(target, 'connection');
    const other = dial(proxy.port);
    const [socket] = await accepted;
    toxic.reset();
    await toxic.closed;
    socket.write('still here');
    await other.gets(10);
  });
});

describe('blackHole', () => {
  test('lets nothing through, closes nothing, and takes everything', async () => {
    const { client, server, toxic } = await wire();
    toxic.blackHole();
    client.socket.write(tooMuch);
    server.socket.write(tooMuch);
    await Promise.all([once(client.socket, 'drain'), once(server.socket, 'drain')]);
    client.socket.end();
    await aWhile();
    for (const end of [client, server]) expect([end.length, end.events]).toEqual([0, []]);
  });

  test('keeps from either side that the other is gone', async () => {
    const { client, server, toxic } = await wire();
    toxic.blackHole();
    server.socket.resetAndDestroy();
    await aWhile();
    expect(client.events).toEqual([]);
    const other = await wire();
    other.toxic.blackHole();
    other.client.socket.resetAndDestroy();
    await aWhile();
    expect(other.server.events).toEqual([]);
  });

  test('swallows what waits for a client that does not read', async () => {
    const { client, server, toxic } = await wire();
    client.socket.pause();
    server.socket.write(tooMuch);
    await aWhile();
    toxic.blackHole();
    await once(server.socket, 'drain');
    client.socket.resume();
    await aWhile();
    expect(client.length).toBeLessThan(tooMuch.length);
    expect(client.events).toEqual([]);
  });

  test('closes after the time it was given', async () => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await wire({ clock });
    toxic.blackHole(30_000);
    await pass(clock, 29_999);
    await aWhile();
    expect(client.events).toEqual([]);
    await pass(clock, 1);
    await Promise.all([client.sees('end'), server.sees('end')]);
  });

  test('sets no timer that outlasts both sides', async () => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await wire({ clock });
    toxic.blackHole(30_000);
    client.socket.resetAndDestroy();
    server.socket.resetAndDestroy();
    await toxic.closed;
    await nothingIsSet(clock);
  });

  test('from the first byte on, the server never hears of the client', async () => {
    const target = createServer();
    const heard: number[] = [];
    target.on('connection', (socket) => socket.on('data', (chunk) => heard.push(chunk.length)));
    const proxy = await proxyTo(await listen(target), { onConnection: (toxic) => toxic.blackHole() });
    const client = dial(proxy.port);
    client.socket.end('GET / HTTP/1.1\r\n\r\n');
    await once(client.socket, 'finish');
    await aWhile();
    expect([client.length, client.events, heard]).toEqual([0, [], []]);
  });

  test('can be left by a reset', async () => {
    const { client, toxic } = await wire();
    toxic.blackHole();
    toxic.reset();
    await client.sees('ECONNRESET');
    await toxic.closed;
  });
});

describe('stopReading', () => {
  test('makes the client wait, not the server, and gives everything later', async () => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await wire({ clock });
    toxic.stopReading(5000);
    client.socket.end(tooMuch);
    server.socket.write('news');
    await client.gets(4);
    await pass(clock, 4999);
    await aWhile();
    expect(server.length).toBe(0);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    await pass(clock, 1);
    await server.sees('end');
    expect(server.bytes.equals(tooMuch)).toBe(true);
  });

  test('without a time lasts until the proxy closes', async () => {
    const clock = new VirtualClock();
    const { proxy, client, server, toxic } = await wire({ clock });
    toxic.stopReading();
    client.socket.write('hello');
    await pass(clock, 1e9);
    await aWhile();
    expect(server.length).toBe(0);
    await proxy.close();
    await server.sees('end');
    expect(server.length).toBe(0);
  });

  test.each([
    ['reset', (socket: Socket): unknown => socket.resetAndDestroy()],
    ['closed', (socket: Socket): unknown => socket.destroy()],
  ] as const)('does not keep a connection that the server has %s', async (_name, leave) => {
    const { client, server, toxic } = await wire();
    toxic.stopReading();
    client.socket.write('hello');
    leave(server.socket);
    await client.until(() => client.events.length > 0);
    client.socket.end();
    await toxic.closed;
  });
});

describe('slowClose', () => {
  test.each([
    ['closes', (socket: Socket): unknown => socket.end('bye'), ['end']],
    ['resets', (socket: Socket): unknown => socket.resetAndDestroy(), ['ECONNRESET', 'close']],
  ] as const)('tells the client later that the server %s', async (_name, close, events) => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await wire({ clock });
    toxic.slowClose(2000);
    close(server.socket);
    await aWhile();
    await pass(clock, 1999);
    await aWhile();
    expect(client.events).toEqual([]);
    await pass(clock, 1);
    await client.sees(events[events.length - 1] ?? '');
    expect(client.events).toEqual(events);
  });
});

describe('slice', () => {
  test('gives the client a piece at a time', async () => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await wire({ clock });
    toxic.slice(4, 10);
    server.socket.end('voiceloop!');
    await client.gets(4);
    await aWhile();
    expect(client.text).toBe('voic');
    await pass(clock, 10);
    await client.gets(8);
    await pass(clock, 10);
    await client.gets(10);
    await pass(clock, 10);
    await client.sees('end');
    expect([client.text, client.sizes]).toEqual(['voiceloop!', [4, 4, 2]]);
  });

  test('loses and changes nothing, however it cuts', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 4 });
    const keepsAll = fc.asyncProperty(sizes, fc.integer({ min: 1, max: 99 }), async (chunks, pieces) => {
      const { client, server, toxic, proxy } = await wire();
      const total = chunks.reduce((a, b) => a + b);
      toxic.slice(Math.ceil(total / pieces));
      let sent = 0;
      for (const size of chunks) {
        server.socket.write(tooMuch.subarray(sent, sent + size));
        sent += size;
      }
      await client.gets(total);
      expect(client.bytes.equals(tooMuch.subarray(0, total))).toBe(true);
      await proxy.close();
    });
    await fc.assert(keepsAll, { numRuns: 15, seed: 7 });
  });
});

describe('limit', () => {
  test.each([1, 999, 1000, 70_000])('cuts the connection off after %i bytes', async (bytes) => {
    const { client, server, toxic } = await wire();
    toxic.limit(bytes);
    server.socket.write(tooMuch);
    client.socket.write('still talking');
    await client.sees('end');
    await server.sees('close');
    expect(client.bytes.equals(tooMuch.subarray(0, bytes))).toBe(true);
    client.socket.end();
    await toxic.closed;
    expect(client.events).toEqual(['end', 'close']);
  });

  test('of 0 cuts it off at once, and lets what was sent arrive', async () => {
    const { client, server, toxic } = await wire();
    server.socket.write('hello');
    await client.gets(5);
    toxic.limit(0);
    await client.sees('end');
    await server.sees('end');
  });

  test('counts from the call on, across slices', async () => {
    const { client, server, toxic } = await wire();
    server.socket.write('0123456789');
    await client.gets(10);
    toxic.slice(3);
    toxic.limit(7);
    server.socket.write('abcdefghij');
    await client.sees('end');
    expect(client.text).toBe('0123456789abcdefg');
  });
});

describe('startToxicProxy', () => {
  test('knows connections by the port that the server sees, from their first byte to their end', async () => {
    const { proxy, client, server, toxic } = await wire();
    client.socket.write('hello');
    await server.gets(5);
    const port = server.socket.remotePort ?? 0;
    expect(proxy.connection(port)).toBe(toxic);
    expect(proxy.connection(proxy.port)).toBeUndefined();
    client.socket.end();
    server.socket.end();
    await toxic.closed;
    expect(proxy.connection(port)).toBeUndefined();
  });

  test('resets a client whose server cannot be reached', async () => {
    const target = createServer();
    const port = await listen(target);
    await new Promise((resolve) => target.close(resolve));
    const client = dial((await proxyTo(port)).port);
    await client.sees('close');
    expect(client.events).toEqual(['ECONNRESET', 'close']);
  });

  test.each([
    ['reset', (toxic: ToxicConnection) => toxic.reset()],
    ['limit', (toxic: ToxicConnection) => toxic.limit(0)],
    ['destroy', (toxic: ToxicConnection) => toxic.destroy()],
  ] as const)('may end a connection before it begins, by %s', async (_name, onConnection) => {
    const proxy = await proxyTo(await listen(createServer()), { onConnection });
    const client = dial(proxy.port);
    client.socket.write('hello');
    await client.until(() => client.events.length > 0);
    expect(client.length).toBe(0);
  });

  test('leaves a connection that is over as it is', async () => {
    const clock = new VirtualClock();
    const { client, toxic } = await wire({ clock });
    toxic.reset();
    await toxic.closed;
    toxic.slice(1);
    toxic.slowClose(10);
    toxic.stopReading(10);
    toxic.limit(10);
    toxic.limit(0);
    toxic.reset();
    toxic.destroy();
    toxic.blackHole(10);
    await aWhile();
    await nothingIsSet(clock);
    expect(client.events).toEqual(['ECONNRESET', 'close']);
  });

  test('says in the words of the system that a port is in use', async () => {
    const port = await listen(createServer());
    const started = startToxicProxy({ clock: new SystemClock(), host: '127.0.0.1', port, targetPort: 1 });
    await expect(started).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('leaves no connection, no timer and no port when it closes', async () => {
    const clock = new VirtualClock();
    const { proxy, client, server, toxic } = await wire({ clock });
    toxic.slice(1, 1000);
    toxic.stopReading(1000);
    toxic.slowClose(1000);
    server.socket.write('hello');
    await client.gets(1);
    await proxy.close();
    await Promise.all([client.sees('end'), server.sees('end'), toxic.closed]);
    await nothingIsSet(clock);
    const again = dial(proxy.port);
    await again.sees('ECONNREFUSED');
    await proxy.close();
  });

  test('closes while connections hang in every toxic', async () => {
    for (const spoil of [
      (toxic: ToxicConnection) => toxic.blackHole(),
      (toxic: ToxicConnection) => toxic.blackHole(60_000),
      (toxic: ToxicConnection) => toxic.stopReading(),
      (toxic: ToxicConnection) => toxic.slowClose(60_000),
      (toxic: ToxicConnection) => toxic.limit(1),
    ]) {
      const { proxy, client, server, toxic } = await wire();
      spoil(toxic);
      server.socket.end('hello');
      client.socket.write(tooMuch);
      await aWhile();
      await proxy.close();
      await toxic.closed;
    }
  });

  test.each([
    ['slice', (toxic: ToxicConnection) => toxic.slice(0)],
    ['slice', (toxic: ToxicConnection) => toxic.slice(1.5)],
    ['slice', (toxic: ToxicConnection) => toxic.slice(10, -1)],
    ['limit', (toxic: ToxicConnection) => toxic.limit(-1)],
    ['slowClose', (toxic: ToxicConnection) => toxic.slowClose(Number.POSITIVE_INFINITY)],
    ['stopReading', (toxic: ToxicConnection) => toxic.stopReading(Number.NaN)],
    ['blackHole', (toxic: ToxicConnection) => toxic.blackHole(-1)],
  ] as const)('refuses %s with a number that makes no sense', async (_name, spoil) => {
    const { toxic } = await wire();
    expect(() => spoil(toxic)).toThrow(RangeError);
  });
});

/** A WebSocket server that sends back what it gets, behind a proxy, and one client of it. */
async function webSocketWire(setup: Setup & { readonly isTls?: boolean } = {}) {
  const made = setup.isTls ? await selfMadeCertificate({ hosts: ['127.0.0.1'] }) : undefined;
  const http = made ? createHttpsServer({ key: made.key, cert: made.certificate }) : createHttpServer();
  const webSockets = new WebSocketServer({ noServer: true });
  const accepted = Promise.withResolvers<{ server: WebSocket; toxic: ToxicConnection | undefined }>();
  http.on('upgrade', (request, socket, head) => {
    const toxic = proxy.connection(request.socket.remotePort ?? 0);
    webSockets.handleUpgrade(request, socket, head, (server) => {
      server.on('message', (data, isBinary) => server.send(data, { binary: isBinary }));
      server.on('error', () => {});
      accepted.resolve({ server, toxic });
    });
  });
  const proxy: ToxicProxy = await proxyTo(await listen(http), setup);
  open.push({ close: () => http.closeAllConnections() });
  const url = `${made ? 'wss' : 'ws'}://127.0.0.1:${proxy.port}/`;
  const client = new WebSocket(url, made ? { ca: made.certificate } : {});
  open.push({ close: () => client.terminate() });
  client.on('error', () => {});
  const [{ server, toxic }] = await Promise.all([accepted.promise, once(client, 'open')]);
  if (!toxic) throw new Error('the proxy does not know the connection');
  return { client, server, toxic, closed: codeOf(client), serverClosed: codeOf(server) };
}

function codeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', (code) => resolve(code)));
}

async function echoed(client: WebSocket, message: string): Promise<boolean> {
  client.send(message);
  const [data] = await once(client, 'message');
  return data.toString() === message;
}

const twoMegabytes = 'voice loop'.repeat(200_000);

describe.each([false, true])('a WebSocket through the proxy, with TLS: %s', (isTls) => {
  test('carries messages of 2 MB both ways', async () => {
    const { client, closed } = await webSocketWire({ isTls });
    expect(await echoed(client, 'hello')).toBe(true);
    expect(await echoed(client, twoMegabytes)).toBe(true);
    client.close(1000);
    expect(await closed).toBe(1000);
  });

  test('carries them in slices', async () => {
    const { client, toxic } = await webSocketWire({ isTls });
    toxic.slice(1499);
    expect(await echoed(client, twoMegabytes)).toBe(true);
  });

  test('is closed by a reset with code 1006, on both sides', async () => {
    const { closed, serverClosed, toxic } = await webSocketWire({ isTls });
    toxic.reset();
    expect([await closed, await serverClosed]).toEqual([1006, 1006]);
  });

  test('is cut off in the middle of a message', async () => {
    const { client, server, closed, serverClosed, toxic } = await webSocketWire({ isTls });
    const got: unknown[] = [];
    client.on('message', (data) => got.push(data));
    toxic.limit(50_000);
    server.send(twoMegabytes);
    expect([await closed, await serverClosed]).toEqual([1006, 1006]);
    expect(got).toEqual([]);
  });

  test('hears no data, no pong and no goodbye out of a black hole', async () => {
    const { client, server, toxic } = await webSocketWire({ isTls });
    const heard: string[] = [];
    for (const event of ['message', 'pong', 'close']) client.on(event, () => heard.push(event));
    toxic.blackHole();
    client.ping();
    client.send('hello?');
    server.send('hello');
    server.terminate();
    await aWhile();
    expect(heard).toEqual([]);
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  test('learns late of a slow close', async () => {
    const clock = new VirtualClock();
    const { client, server, closed, toxic } = await webSocketWire({ isTls, clock });
    const codes: number[] = [];
    client.on('close', (code) => codes.push(code));
    toxic.slowClose(3000);
    server.terminate();
    await aWhile();
    await pass(clock, 2999);
    await aWhile();
    expect(codes).toEqual([]);
    await pass(clock, 1);
    expect(await closed).toBe(1006);
  });

  test('fills the buffer of a client that is no longer read, until it is', async () => {
    const clock = new VirtualClock();
    const { client, server, toxic } = await webSocketWire({ isTls, clock });
    const isComplete = Promise.withResolvers<void>();
    let got = 0;
    server.on('message', (data) => {
      expect(data.toString()).toBe(twoMegabytes);
      if (++got === 8) isComplete.resolve();
    });
    toxic.stopReading(10_000);
    for (let i = 0; i < 8; i++) client.send(twoMegabytes);
    await aWhile();
    expect(client.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(got).toBe(0);
    await pass(clock, 10_000);
    await isComplete.promise;
    expect(client.bufferedAmount).toBe(0);
  });
});
