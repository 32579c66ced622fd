import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SystemClock } from '../../src/clock.ts';
import type { VoiceloopError } from '../../src/errors.ts';
import { startMock } from '../../src/mock/server/server.ts';
import type { ConnectError } from '../../src/stages/connect-error.ts';
import { isLoopback, proxyFor } from '../../src/stages/proxy.ts';
import { openSocket, type SocketOptions } from '../../src/stages/socket-transport.ts';

const canary = 'cAnArYp@ss';
const service = 'ws://voice.example:8080/voice-live/realtime?api-version=2026-07-15&model=gpt-4o';

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const environment = new Map(names.map((name) => [name, process.env[name]]));
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  for (const name of names) delete process.env[name];
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  for (const [name, value] of environment) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  return once(server, 'listening').then(() => `127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A proxy that joins every tunnel to one port of this machine, or answers `CONNECT` with a line of its own. */
async function startProxy(answer: number | string) {
  const requests: IncomingMessage[] = [];
  const server = createServer();
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    requests.push(request);
    client.on('error', () => {});
    if (typeof answer === 'string') {
      client.end(`HTTP/1.1 ${answer}\r\nContent-Length: 6\r\n\r\nno way`);
      return;
    }
    const behind = connect(answer, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.write(head);
      behind.pipe(client).pipe(behind);
    });
    behind.on('error', () => {});
  });
  return { host: await listening(server), requests };
}

function open(url: string, options: Partial<SocketOptions> = {}) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const events = { onMessage: resolve, onClose: () => {} };
  const opened = openSocket({ clock: new SystemClock(), url, events, ...options });
  return opened.then((transport) => {
    cleanups.push(() => transport.close(1006));
    return promise;
  });
}

async function failure(url: string, options: Partial<SocketOptions> = {}): Promise<ConnectError> {
  const error = await open(url, options).then(
    () => expect.unreachable('the connection was opened'),
    (error: ConnectError) => error,
  );
  const seen = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + error.stack;
  for (const secret of [canary, encodeURIComponent(canary), btoa(`me:${canary}`)]) {
    expect(seen).not.toContain(secret);
  }
  return error;
}

const credentials = `me:${encodeURIComponent(canary)}`;

describe('a connection through the proxy of the environment', () => {
  test('reaches the service, and shows the proxy its own credentials and not the service’s', async () => {
    const mock = await startMock({ scenario: 'library', key: 'k' });
    cleanups.push(() => mock.close());
    const { host, requests } = await startProxy(Number(new URL(mock.url).port));
    process.env['http_proxy'] = `http://${credentials}@${host}`;
    const first = JSON.parse(await open(service, { headers: { 'api-key': 'k' } }));
    expect(first.type).toBe('session.created');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'CONNECT', url: 'voice.example:8080' });
    expect(requests[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa(`me:${canary}`)}`);
    expect(requests[0]?.headers).not.toHaveProperty('api-key');
  });

  test('is not made to this machine', async () => {
    const mock = await startMock({ scenario: 'library' });
    cleanups.push(() => mock.close());
    const { host, requests } = await startProxy('502 Bad Gateway');
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']) process.env[name] = `http://${host}`;
    const url = `${mock.url.replace('http', 'ws')}/voice-live/realtime?model=gpt-4o`;
    expect(JSON.parse(await open(url)).type).toBe('session.created');
    expect(requests).toEqual([]);
  });
});

describe('a proxy that does not let the connection through', () => {
  test.each([
    ['407 Proxy Authentication Required', 'auth', 'check the user name and the password in HTTP_PROXY'],
    ['403 Forbidden', 'service', 'have the proxy allow voice.example'],
    ['502 Bad Gateway', 'service', 'check the spelling of the endpoint'],
    ['504 Gateway Timeout', 'service', 'check the spelling of the endpoint'],
  ])('%s is told as the proxy’s, without its credentials', async (line, kind, hint) => {
    const { host } = await startProxy(line);
    process.env['HTTP_PROXY'] = `http://${credentials}@${host}`;
    const error = await failure(service, { headers: { 'api-key': 'k' } });
    const status = Number.parseInt(line, 10);
    expect(error).toMatchObject({ kind, code: 'proxy-refused', status, where: service });
    expect(error.message).toContain(`the proxy http://${host} `);
    expect(error.hint).toContain(hint);
  });

  test('407 without credentials says where they are written', async () => {
    const { host } = await startProxy('407 Proxy Authentication Required');
    process.env['HTTP_PROXY'] = `http://${host}`;
    expect((await failure(service)).hint).toBe(`write HTTP_PROXY=http://USER:PASSWORD@${host}`);
  });

  test('where nobody listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    process.env['HTTP_PROXY'] = `http://${credentials}@127.0.0.1:${port}`;
    const error = await failure(service);
    expect(error).toMatchObject({ kind: 'service', code: 'proxy-unreachable' });
    expect(error.message).toBe(`the proxy http://127.0.0.1:${port} cannot be reached`);
    expect(error.hint).toBe(
      'check HTTP_PROXY, or list voice.example in NO_PROXY if it can be reached directly',
    );
  });

  test('that hangs up', async () => {
    const host = await listening(createTcpServer((socket) => socket.destroy()));
    process.env['HTTP_PROXY'] = `http://${credentials}@${host}`;
    expect(await failure(service)).toMatchObject({ code: 'proxy-failed' });
  });

  test('that never answers, and is hung up on', async () => {
    const left = Promise.withResolvers<void>();
    const host = await listening(
      createTcpServer((socket) => {
        socket.on('error', () => {}).on('close', () => left.resolve());
        socket.resume();
      }),
    );
    process.env['HTTP_PROXY'] = `http://${credentials}@${host}`;
    const error = await failure(service, { connectTimeoutMs: 200 });
    expect(error).toMatchObject({ code: 'connect-timeout' });
    expect(error.reason).toBe(`voice.example:8080 did not answer through the proxy http://${host}`);
    await left.promise;
  });

  test('leaves what the service itself refuses to the service, and hides itself in it', async () => {
    const behind = createServer().on('upgrade', (_, socket) =>
      socket.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: 14\r\n\r\nnot ${canary}`),
    );
    const { host } = await startProxy(Number((await listening(behind)).split(':')[1]));
    process.env['HTTP_PROXY'] = `http://${credentials}@${host}`;
    expect(await failure(service)).toMatchObject({ code: 'handshake-401', status: 401, reason: 'not ***' });
  });
});

describe('which proxy', () => {
  const chosen = (url: string, variables: Readonly<Record<string, string>>) => {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, variables);
    return proxyFor(url)?.url.href;
  };

  test.each([
    ['wss://a.example/', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['wss://a.example/', { https_proxy: 'http://p:1' }, 'http://p:1/'],
    ['wss://a.example/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['ws://a.example/', { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1/'],
    ['wss://a.example/', { ALL_PROXY: 'https://p:1' }, 'https://p:1/'],
    ['wss://a.example/', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['wss://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b.example,.example' }, undefined],
    ['wss://a.example/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.example:443' }, undefined],
    ['wss://a.example/', { HTTPS_PROXY: 'http://p:1', no_proxy: 'b.example' }, 'http://p:1/'],
    ['wss://localhost/', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['ws://[::1]:80/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['wss://a.example/', {}, undefined],
  ] as const)('%s with %j: %s', (url, variables, expected) => {
    expect(chosen(url, variables)).toBe(expected);
  });

  test.each([`socks5://me:${canary}@p:1`, `http://me:${canary}%@p:1`, `http://${canary}:x:y`])(
    'one that cannot be used is refused without being shown: %#',
    async (value) => {
      process.env['HTTPS_PROXY'] = value;
      const error: VoiceloopError = await failure('wss://voice.example/');
      expect(error).toMatchObject({ kind: 'usage', code: 'proxy-invalid' });
      expect(error.hint).toContain('HTTPS_PROXY');
    },
  );
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['[::1]', true],
  ['a.localhost', true],
  ['127.0.0.1.example', false],
  ['localhost.example', false],
])('%s is this machine: %s', (hostname, isThis) => {
  expect(isLoopback(hostname)).toBe(isThis);
});
