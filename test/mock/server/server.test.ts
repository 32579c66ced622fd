import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { type MockServer, startMock } from '../../../src/mock/server/server.ts';
import type { MockServerOptions } from '../../../src/mock/server/server-options.ts';
import { base64, type Frame, scenario, silence, speech } from '../harness.ts';

const path = '/voice-live/realtime?api-version=2026-07-15&model=gpt-4o';
const secret = 'canary-4711';
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(options: Partial<MockServerOptions> = {}): Promise<MockServer> {
  const mock = await startMock({ scenario: scenario({ profile: 'fast' }), ...options });
  open.push(mock);
  return mock;
}

class Client {
  readonly socket: WebSocket;
  readonly events: Frame[] = [];
  #wake = () => {};
  readonly closed: Promise<number>;
  readonly opened: Promise<void>;

  constructor(
    mock: MockServer,
    { target = path, headers = {}, protocols = [] as string[], options = {} as ClientOptions } = {},
  ) {
    this.socket = new WebSocket(mock.url.replace('http', 'ws') + target, protocols, { headers, ...options });
    this.socket.on('message', (data) => {
      this.events.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.closed = new Promise((resolve) => this.socket.on('close', (code) => resolve(code)));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
    open.push(this.socket);
  }

  async next(type: string): Promise<Frame> {
    for (;;) {
      const found = this.events.find((event) => event.type === type);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }
}

function refusal(mock: MockServer, target = path, headers = {}, protocols: string[] = []) {
  return new Promise<{ status: number; headers: Frame }>((resolve, reject) => {
    const socket = new WebSocket(mock.url.replace('http', 'ws') + target, protocols, { headers });
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
      response.resume();
    });
    socket.on('open', () => reject(new Error('the connection was let in')));
    socket.on('error', () => {});
  });
}

describe('startMock', () => {
  test('listens on this machine only and greets a client', async () => {
    const mock = await start();
    expect(mock.url).toBe(`http://127.0.0.1:${mock.port}`);
    const client = new Client(mock);
    expect((await client.next('session.created')).session.model).toBe('gpt-4o');
    expect(mock.sessions).toHaveLength(1);
  });

  test('on every address says one that can be dialled from here', async () => {
    const mock = await start({ host: '0.0.0.0' });
    expect(mock.url).toBe(`http://127.0.0.1:${mock.port}`);
  });

  test('answers a whole turn over the socket', async () => {
    const client = new Client(await start({ transcript: (turn) => ['Hello?'][turn] }));
    await client.opened;
    for (const audio of [silence(300), speech(800), silence(700)]) {
      client.send({ type: 'input_audio_buffer.append', audio: base64(audio) });
    }
    const transcription = 'conversation.item.input_audio_transcription.completed';
    expect((await client.next(transcription)).transcript).toBe('Hello?');
    expect((await client.next('response.done')).response.status).toBe('completed');
    const audio = client.events.filter(({ type }) => type === 'response.audio.delta');
    const bytes = audio.map(({ delta }) => Buffer.from(delta, 'base64').length).reduce((a, b) => a + b);
    expect(bytes).toBe(96_000);
  });

  test('gives each of its sessions other ids, and the same again with the same seed', async () => {
    const created = async (mock: MockServer) => (await new Client(mock).next('session.created')).event_id;
    const first = await start({ seed: 5 });
    const ids = [await created(first), await created(first)];
    expect(new Set(ids).size).toBe(2);
    const again = await start({ seed: 5 });
    expect([await created(again), await created(again)]).toEqual(ids);
  });

  test('carries the messages over the network of the scenario', async () => {
    const mock = await start({ scenario: scenario({ profile: 'fast', network: 'wifi' }) });
    const client = new Client(mock);
    await client.next('session.created');
    client.send({ type: 'response.create' });
    await client.next('response.done');
    expect(client.events.at(-1).type).toBe('response.done');
  });

  test('compresses for clients that want it', async () => {
    const mock = await start();
    const socket = new WebSocket(mock.url.replace('http', 'ws') + path, { perMessageDeflate: true });
    open.push({ close: () => socket.close() });
    const first = new Promise<Frame>((resolve) => {
      socket.on('message', (data) => resolve(JSON.parse(data.toString())));
    });
    expect((await first).type).toBe('session.created');
    expect(socket.extensions).toContain('permessage-deflate');
    socket.send(JSON.stringify({ type: 'session.update', session: { instructions: 'x'.repeat(100_000) } }));
    const updated = await new Promise<Frame>((resolve) => {
      socket.on('message', (data) => resolve(JSON.parse(data.toString())));
    });
    expect(updated.session.instructions).toHaveLength(100_000);
  });

  test('serves TLS with a certificate of its own', async () => {
    const mock = await start({ tls: true });
    expect(mock.url).toMatch(/^https:/);
    expect(mock.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    const trusting = new Client(mock, { options: { ca: mock.certificate ?? '' } });
    await trusting.next('session.created');
    const wary = new Client(mock);
    await expect(wary.opened).rejects.toThrow();
  });

  test("speaks OpenAI's dialect at its paths, and the subprotocol that its clients want", async () => {
    const mock = await start({ key: secret });
    for (const target of ['/v1/realtime?model=gpt-realtime', '/openai/v1/realtime?model=mine']) {
      const protocols = ['realtime', `openai-insecure-api-key.${secret}`];
      const client = new Client(mock, { target, protocols });
      const { session } = await client.next('session.created');
      expect(session.type).toBe('realtime');
      expect(client.socket.protocol).toBe('realtime');
    }
    expect(mock.sessions.map(({ dialect }) => dialect)).toEqual(['openai', 'openai']);
    const wrong = ['realtime', 'openai-insecure-api-key.wrong'];
    expect((await refusal(mock, '/v1/realtime?model=m', {}, wrong)).status).toBe(401);
  });

  test('tells the agent that the URL asks for', async () => {
    const target = '/voice-live/realtime?agent-name=librarian&agent-project-name=p&conversation-id=thread_7';
    const { session } = await new Client(await start(), { target }).next('session.created');
    expect(session.agent).toMatchObject({ name: 'librarian', thread_id: 'thread_7' });
  });

  test('tells every message to whoever watches, audio and all', async () => {
    const seen: [string, string, number][] = [];
    const mock = await start({
      frame: (session, { direction, content, bytes }) => {
        seen.push([session, `${direction} ${(content as Frame).type}`, bytes]);
      },
    });
    const client = new Client(mock);
    await client.next('session.created');
    client.send({ type: 'input_audio_buffer.append', audio: base64(silence(20)) });
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(seen.map(([session, what]) => `${session} ${what}`)).toEqual([
      'session-1 sent session.created',
      'session-1 received input_audio_buffer.append',
      'session-1 received input_audio_buffer.clear',
      'session-1 sent input_audio_buffer.cleared',
    ]);
    expect(seen[1]?.[2]).toBeGreaterThan(1280);
  });

  describe('lets in', () => {
    test.each([
      ['the old path', path.replace('voice-live', 'voice-agent'), {}],
      ['the key in the header', path, { 'api-key': secret }],
      ['the key as bearer token', path, { authorization: `Bearer ${secret}` }],
      ['the key in the query', `${path}&api-key=${secret}`, {}],
      ['the token in the query', `${path}&Authorization=Bearer%20${secret}`, {}],
      [
        'an agent instead of a model',
        '/voice-live/realtime?agent-name=a&agent-project-name=b',
        { 'api-key': secret },
      ],
    ])('%s', async (name, target, headers) => {
      const mock = await start(name === 'the old path' ? {} : { key: secret });
      await new Client(mock, { target, headers }).next('session.created');
      expect(mock.sessions).toHaveLength(1);
    });
  });

  describe('refuses', () => {
    test.each([
      ['another path', '/voice/realtime?model=m', { 'api-key': secret }, 404],
      ['no key', path, {}, 401],
      ['a wrong key', path, { 'api-key': 'wrong' }, 401],
      ['a wrong token', path, { authorization: 'Bearer wrong' }, 401],
      ['the key without its scheme', path, { authorization: secret }, 401],
      ['neither model nor agent', '/voice-live/realtime?api-version=1', { 'api-key': secret }, 400],
      ['a path that is no URL', '//', { 'api-key': secret }, 404],
    ])('%s', async (_name, target, headers, status) => {
      const mock = await start({ key: secret });
      expect((await refusal(mock, target, headers)).status).toBe(status);
      expect(mock.sessions).toHaveLength(0);
    });

    test('more sessions than it may have, until one is over', async () => {
      const mock = await start({ maxSessions: 1 });
      const client = new Client(mock);
      await client.next('session.created');
      const { status, headers } = await refusal(mock);
      expect(status).toBe(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      client.socket.close(1000);
      expect(await client.closed).toBe(1000);
      await new Client(mock).next('session.created');
    });

    test('plain HTTP, with the status that says why', async () => {
      const mock = await start();
      const status = (target: string) =>
        new Promise<number | undefined>((resolve, reject) => {
          request(mock.url + target, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
            .on('error', reject)
            .end();
        });
      expect(await status(path)).toBe(426);
      expect(await status('/')).toBe(404);
    });
  });

  test('answers pings and finishes the goodbye', async () => {
    const client = new Client(await start());
    await client.opened;
    const pong = new Promise((resolve) => client.socket.on('pong', resolve));
    client.socket.ping();
    await pong;
    client.socket.close(1000, 'bye');
    expect(await client.closed).toBe(1000);
  });

  test('ends a connection whose message is too big', async () => {
    const client = new Client(await start({ maxMessageBytes: 10_000 }));
    await client.opened;
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(20_000) });
    expect([1009, 1006]).toContain(await client.closed);
  });

  test('survives what is not meant for it', async () => {
    const client = new Client(await start());
    await client.opened;
    client.socket.send('not JSON');
    expect((await client.next('error')).error.code).toBe('invalid_json');
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.closed).toBe(1003);
  });

  test('says goodbye to its clients when it closes, and frees the port', async () => {
    const mock = await start();
    const client = new Client(mock);
    await client.next('session.created');
    await mock.close();
    expect(await client.closed).toBe(1001);
    const next = await start({ port: mock.port });
    expect(next.port).toBe(mock.port);
  });

  test('says that a port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => other.close(resolve)) });
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ kind: 'service', code: 'port-in-use' });
  });

  test('logs who comes and goes, and no secret', async () => {
    const lines: string[] = [];
    const mock = await start({ key: secret, log: (line) => lines.push(line) });
    await refusal(mock, `${path}&api-key=${secret}x`);
    const client = new Client(mock, { target: `${path}&api-key=${secret}` });
    await client.next('session.created');
    client.socket.close(1000);
    await client.closed;
    await mock.close();
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toContain(secret);
  });
});
