import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SystemClock } from '../../../src/clock.ts';
import { faultNames } from '../../../src/mock/faults/faults.ts';
import type { MockServer } from '../../../src/mock/server/server.ts';
import type { TransportClosed } from '../../../src/pipeline/transport.ts';
import { openSocket } from '../../../src/stages/socket-transport.ts';
import { mockWith, SocketClient, socketUrl, target, tidy } from './socket-client.ts';

const clock = new SystemClock();

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an HTTP client gets to see that asks for a WebSocket. */
function knock(mock: MockServer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(mock.url + target, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    asking.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: response.headers, body: '' });
    });
    asking.on('response', async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** Whether something has happened before the time is up. */
function happens(what: Promise<unknown>, withinMs: number): Promise<boolean> {
  return Promise.race([what.then(() => true), clock.sleep(withinMs).then(() => false)]);
}

/** The transport of this library, and how it ends. */
async function dial(mock: MockServer, options: { connectTimeoutMs?: number; pingIntervalMs?: number } = {}) {
  const closed = Promise.withResolvers<TransportClosed>();
  const created = Promise.withResolvers<void>();
  const transport = await openSocket({
    clock,
    url: socketUrl(mock),
    closeTimeoutMs: 300,
    events: { onMessage: () => created.resolve(), onClose: closed.resolve },
    ...options,
  });
  created.promise.then(() => transport.send('{"type":"response.create"}'));
  tidy({ close: () => transport.close(1006) });
  return { transport, closed: closed.promise };
}

const megabyte = 'x'.repeat(1_000_000);

describe('refuse', () => {
  test.each([400, 401, 403, 404, 408, 429, 500, 502, 503, 504])(
    'answers the handshake with %i',
    async (status) => {
      const { status: given, headers, body } = await knock(await mockWith([`refuse=${status}`]));
      expect(given).toBe(status);
      expect(headers['retry-after']).toBe(status === 429 || status === 503 ? '2' : undefined);
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.parse(body).error.code).toBe(String(status));
    },
  );

  test('strikes as many connections as it is told, and leaves no session behind', async () => {
    const mock = await mockWith(['refuse/2']);
    expect((await knock(mock)).status).toBe(503);
    expect((await knock(mock)).status).toBe(503);
    expect(mock.sessions).toHaveLength(0);
    await new SocketClient(mock).next('session.created');
    expect(mock.sessions).toHaveLength(1);
  });

  test('tells the client of this library how long to wait', async () => {
    const mock = await mockWith(['refuse=429']);
    await expect(dial(mock)).rejects.toMatchObject({
      code: 'handshake-429',
      status: 429,
      retryAfterMs: 2000,
    });
  });
});

describe('slow-handshake', () => {
  test('accepts late, and speaks as always', async () => {
    const client = new SocketClient(await mockWith(['slow-handshake=300']));
    const startMs = clock.now();
    await client.opened;
    expect(clock.now() - startMs).toBeGreaterThan(290);
    await client.ask();
    await client.next('response.done');
  });

  test('takes five seconds if nobody says how long', async () => {
    const client = new SocketClient(await mockWith(['slow-handshake']));
    expect(await happens(client.opened, 300)).toBe(false);
  });

  test('forgets a client that has lost patience', async () => {
    const mock = await mockWith(['slow-handshake=200/1']);
    await expect(dial(mock, { connectTimeoutMs: 50 })).rejects.toMatchObject({ code: 'connect-timeout' });
    await new SocketClient(mock).next('session.created');
    await clock.sleep(250);
    expect(mock.sessions).toHaveLength(1);
  });
});

describe('no-handshake', () => {
  test('leaves the client without an answer, and does not hold up the end of the mock', async () => {
    const mock = await mockWith(['no-handshake']);
    await expect(dial(mock, { connectTimeoutMs: 200 })).rejects.toMatchObject({ code: 'connect-timeout' });
    const client = new SocketClient(mock);
    expect(await happens(client.opened, 200)).toBe(false);
    const startMs = clock.now();
    await mock.close();
    expect(clock.now() - startMs).toBeLessThan(2000);
    await expect(client.opened).rejects.toThrow();
  });
});

describe('accept-then-close', () => {
  test.each([
    ['accept-then-close', 1011],
    ['accept-then-close=1013', 1013],
    ['accept-then-close=1006', 1006],
  ])('%s opens the connection and says nothing but goodbye', async (written, code) => {
    const client = new SocketClient(await mockWith([written]));
    expect((await client.closed).code).toBe(code);
    expect(client.events).toEqual([]);
    await client.opened;
  });
});

describe('close', () => {
  test('in mid-answer, with whatever code', async () => {
    const codes = [1000, 1001, 1006, 1008, 1009, 1011, 4000];
    const clients = await Promise.all(
      codes.map(async (code) => new SocketClient(await mockWith([`close=${code}`]))),
    );
    await Promise.all(clients.map((client) => client.ask()));
    for (const [i, client] of clients.entries()) {
      const code = codes[i];
      expect(await client.closed).toEqual({ code, reason: code === 1006 ? '' : 'as the scenario says' });
      const deltas = client.of('response.audio.delta').length;
      // What was sent before a close frame arrives; where the connection breaks off it may not.
      if (code === 1006) expect(deltas).toBeLessThanOrEqual(3);
      else expect(deltas).toBe(3);
      expect(client.of('response.done')).toEqual([]);
    }
  });

  test('strikes the first connections only, and the next one gets its whole answer', async () => {
    const mock = await mockWith(['close/1']);
    const first = new SocketClient(mock);
    await first.ask();
    expect((await first.closed).code).toBe(1011);
    const second = new SocketClient(mock);
    await second.ask();
    expect((await second.next('response.done')).response.status).toBe('completed');
    expect(mock.sessions.map(({ closed }) => closed?.code)).toEqual([1011, undefined]);
  });

  test('comes later by the time given', async () => {
    const client = new SocketClient(await mockWith(['close=1001@session.created+200']));
    await client.next('session.created');
    const startMs = clock.now();
    expect((await client.closed).code).toBe(1001);
    expect(clock.now() - startMs).toBeGreaterThan(150);
  });

  test('overtakes nothing on a slow network', async () => {
    const client = new SocketClient(await mockWith(['close=1001@response.done'], { network: 'mobile' }));
    await client.ask();
    expect((await client.closed).code).toBe(1001);
    expect(client.events.at(-1).type).toBe('response.done');
  });
});

describe('session-expired', () => {
  test('says so, and closes with 1001', async () => {
    const client = new SocketClient(await mockWith(['session-expired'], { network: 'wifi' }));
    await client.ask();
    expect(await client.closed).toEqual({ code: 1001, reason: 'session expired' });
    expect(client.events.slice(-2).map(({ type }) => type)).toEqual(['response.done', 'error']);
    expect(client.events.at(-1).error.code).toBe('session_expired');
  });
});

describe('reset', () => {
  test('breaks off without a goodbye', async () => {
    const mock = await mockWith(['reset']);
    const client = new SocketClient(mock);
    await client.ask();
    expect((await client.closed).code).toBe(1006);
    expect(client.of('response.done')).toEqual([]);
    const { transport, closed } = await dial(await mockWith(['reset']));
    expect((await closed).code).toBe(1006);
    transport.send('into the void');
    expect(transport.droppedMessages).toBe(1);
  });
});

/** Whether a connection gives any sign of life: audio, an answer to a ping, to an event, to a goodbye. */
async function signsOfLife(client: SocketClient, withinMs: number): Promise<string[]> {
  const signs: string[] = [];
  client.socket.on('message', () => signs.push('message'));
  client.socket.on('pong', () => signs.push('pong'));
  client.socket.on('close', () => signs.push('close'));
  client.socket.ping();
  client.send({ type: 'input_audio_buffer.clear' });
  client.socket.close(1000);
  await clock.sleep(withinMs);
  return signs;
}

describe('half-open', () => {
  test('lets nothing out any more: no data, no pong, no close', async () => {
    const mock = await mockWith(['half-open']);
    const client = new SocketClient(mock);
    await client.ask();
    await client.deltas(2);
    await clock.sleep(50);
    expect(await signsOfLife(client, 300)).toEqual([]);
    expect(client.of('response.audio.delta').length).toBeLessThanOrEqual(3);
    expect(mock.sessions[0]?.closed).toBeUndefined();
    expect(mock.sessions[0]?.counters.framesReceived).toBe(1);
  });

  test('swallows what the client sends', async () => {
    const client = new SocketClient(await mockWith(['half-open@session.created+50']));
    await client.next('session.created');
    await clock.sleep(100);
    for (let i = 0; i < 16; i++) client.socket.send(megabyte);
    await untilSent(client, 3000);
    expect(client.socket.bufferedAmount).toBe(0);
  });

  test('is noticed by the client of this library, which pings', async () => {
    const { closed } = await dial(await mockWith(['half-open']), { pingIntervalMs: 100 });
    expect(await closed).toEqual({ code: 1006, reason: expect.stringContaining('not even to pings') });
  });
});

describe('black-hole', () => {
  test('lets nothing out any more, and takes nothing in: the client has to keep it', async () => {
    const mock = await mockWith(['black-hole']);
    const client = new SocketClient(mock);
    await client.ask();
    await client.deltas(2);
    await clock.sleep(50);
    for (let i = 0; i < 16; i++) client.socket.send(megabyte);
    await untilSent(client, 300);
    expect(client.socket.bufferedAmount).toBeGreaterThan(4_000_000);
    expect(await signsOfLife(client, 300)).toEqual([]);
    expect(client.of('response.audio.delta').length).toBeLessThanOrEqual(3);
    expect(mock.sessions[0]?.counters.framesReceived).toBe(1);
  });
});

async function untilSent(client: SocketClient, withinMs: number): Promise<void> {
  const startMs = clock.now();
  while (client.socket.bufferedAmount > 0 && clock.now() - startMs < withinMs) await clock.sleep(10);
}

describe('stop-reading', () => {
  test('for a time makes the client keep what it sends, and then takes all of it', async () => {
    const mock = await mockWith(['stop-reading=500@session.created'], {}, { maxMessageBytes: 2_000_000 });
    const client = new SocketClient(mock);
    await client.next('session.created');
    for (let i = 0; i < 16; i++) client.socket.send(megabyte);
    await clock.sleep(200);
    expect(client.socket.bufferedAmount).toBeGreaterThan(4_000_000);
    expect(mock.sessions[0]?.counters.framesReceived).toBe(0);
    await untilSent(client, 5000);
    while ((mock.sessions[0]?.counters.framesReceived ?? 0) < 16) await clock.sleep(10);
    expect(client.of('error').length).toBeGreaterThan(0);
  });

  test('goes on for ever if nobody says how long, while the answer is still sent', async () => {
    const client = new SocketClient(await mockWith(['stop-reading@response.created']));
    await client.ask();
    await client.next('response.done');
    const from = client.events.length;
    client.send({ type: 'input_audio_buffer.clear' });
    await clock.sleep(300);
    expect(client.events.slice(from)).toEqual([]);
  });
});

describe('slow-close', () => {
  test('lets the client wait for the end of the connection', async () => {
    const client = new SocketClient(await mockWith(['slow-close=400', 'close=1001@session.created']));
    await client.next('session.created');
    const startMs = clock.now();
    await client.closed;
    expect(clock.now() - startMs).toBeGreaterThan(350);
  });

  test('takes the patience of the client of this library', async () => {
    const mock = await mockWith(['slow-close']);
    const { transport } = await dial(mock);
    const startMs = clock.now();
    await transport.close();
    // Its own limit, which is set to 300 ms here, and not the three seconds of the fault.
    expect(clock.now() - startMs).toBeGreaterThan(250);
    expect(clock.now() - startMs).toBeLessThan(2000);
  });
});

/** The pieces in which bytes arrive at a client, until so many have come. */
function pieces(mock: MockServer, bytes: number): Promise<number[]> {
  const socket = connect(mock.port, '127.0.0.1');
  tidy({ close: () => socket.destroy() });
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: mock\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const sizes: number[] = [];
  let received = 0;
  return new Promise((resolve) => {
    const finish = () => resolve(sizes);
    socket.on('data', ({ length }) => {
      sizes.push(length);
      received += length;
      if (received >= bytes) finish();
    });
    socket.on('close', finish);
    socket.on('error', finish);
  });
}

describe('slicer', () => {
  test('sends in pieces of so many bytes', async () => {
    const large = 'huge-frame=50000@session.created';
    const sliced = await pieces(await mockWith(['slicer=16', large]), 50_000);
    const whole = await pieces(await mockWith([large]), 50_000);
    // Pieces may meet on the way; but there are more of them than without.
    expect(sliced.length).toBeGreaterThan(whole.length + 10);
  });

  test('loses and changes nothing', async () => {
    const client = new SocketClient(await mockWith(['slicer=1000']));
    await client.ask();
    const done = await client.next('response.done');
    expect(done.response.status).toBe('completed');
    const bytes = client.of('response.audio.delta').map(({ delta }) => Buffer.from(delta, 'base64').length);
    expect(bytes.reduce((sum, each) => sum + each)).toBe(38_400);
  });
});

describe('limit', () => {
  test('cuts the connection off after so many bytes, in the middle of a message if need be', async () => {
    const sizes = await pieces(await mockWith(['limit=777']), 100_000);
    expect(sizes.reduce((sum, each) => sum + each)).toBe(777);
  });

  test('shows as a connection that broke off', async () => {
    const client = new SocketClient(await mockWith(['limit=15000']));
    await client.ask();
    expect((await client.closed).code).toBe(1006);
    expect(client.of('response.audio.delta').length).toBeGreaterThan(0);
    expect(client.of('response.done')).toEqual([]);
  });
});

describe('what is between client and session', () => {
  test('holds back for as long as a stall lasts, but answers pings', async () => {
    const client = new SocketClient(await mockWith(['stall=500']));
    await client.ask();
    await client.deltas(3);
    const from = client.events.length;
    const pong = new Promise((resolve) => client.socket.on('pong', resolve));
    client.socket.ping();
    expect(await happens(pong, 2000)).toBe(true);
    await clock.sleep(200);
    expect(client.events).toHaveLength(from);
    await client.next('response.done');
  });

  test('can be faulty in several ways, one connection after the other', async () => {
    const mock = await mockWith(['close=1006@session.created/3', 'accept-then-close=1013/2', 'refuse=429/1']);
    expect((await knock(mock)).status).toBe(429);
    expect((await new SocketClient(mock).closed).code).toBe(1013);
    expect((await new SocketClient(mock).closed).code).toBe(1006);
    const client = new SocketClient(mock);
    await client.ask();
    await client.next('response.done');
  });
});

test("every fault has a test that sees it from a client's side", () => {
  const described = ['./connection-faults.test.ts', './event-faults.test.ts'].flatMap((file) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    return [...text.matchAll(/^describe\('([^']+)', \(\) => \{\n(?=[\s\S]*?\btest[.(])/gm)].flatMap(
      ([, names]) => names?.split(' and ') ?? [],
    );
  });
  expect(faultNames.filter((name) => !described.includes(name))).toEqual([]);
});
