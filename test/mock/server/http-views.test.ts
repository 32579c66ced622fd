import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { MockServer } from '../../../src/mock/server/server.ts';
import { mockWith, SocketClient } from '../faults/socket-client.ts';
import type { Frame } from '../harness.ts';

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
  readonly body: Frame;
}

function get(mock: MockServer, path: string, { method = 'GET', headers = {} } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(mock.url + path, { method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const { statusCode: status, headers } = response;
      resolve({ status, type: headers['content-type'], text, body: text && JSON.parse(text) });
    })
      .on('error', reject)
      .end();
  });
}

const secret = 'canary-0815';

/** A session that has had one answer. */
async function answered(mock: MockServer): Promise<SocketClient> {
  const client = new SocketClient(mock);
  await client.ask();
  await client.next('response.done');
  return client;
}

describe('/health', () => {
  test('says that the mock is there, and how many sessions are open', async () => {
    const mock = await mockWith([]);
    expect(await get(mock, '/health')).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { schema: 'voiceloop.mock-health/1', status: 'ok', openSessions: 0 },
    });
    const client = new SocketClient(mock);
    await client.next('session.created');
    expect((await get(mock, '/health')).body.openSessions).toBe(1);
    client.socket.close();
    await client.closed;
    while ((await get(mock, '/health')).body.openSessions > 0);
  });

  test('needs no key', async () => {
    expect((await get(await mockWith([], {}, { key: secret }), '/health?x=y')).status).toBe(200);
  });

  test('is there for whoever asks for the head only', async () => {
    expect(await get(await mockWith([]), '/health', { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
    });
  });

  test('can be read only', async () => {
    expect((await get(await mockWith([]), '/health', { method: 'POST' })).status).toBe(404);
  });
});

describe('/sessions', () => {
  test('lists them in their order, with what was counted', async () => {
    const mock = await mockWith([]);
    expect((await get(mock, '/sessions')).body).toEqual({
      schema: 'voiceloop.mock-sessions/1',
      sessions: [],
    });
    const first = await answered(mock);
    first.socket.close(1000);
    await first.closed;
    const second = new SocketClient(mock);
    await second.next('session.created');
    const { sessions } = (await get(mock, '/sessions')).body;
    expect(sessions).toMatchObject([
      {
        name: 'session-1',
        dialect: 'voice-live',
        model: 'gpt-4o',
        apiVersion: '2026-07-15',
        closed: { code: 1000 },
        counters: { framesReceived: 1, responses: 1, turns: 0, cancelled: 0, errors: 0 },
        forgottenFrames: 0,
      },
      { name: 'session-2', closed: null, counters: { framesReceived: 0, framesSent: 1 } },
    ]);
    expect(sessions[0].counters.framesSent).toBe(first.events.length);
    expect(sessions[0].closed.atMs).toBeGreaterThan(sessions[0].openedAtMs);
    expect(sessions[0].frames).toBeUndefined();
  });
});

describe('/sessions/NAME', () => {
  test('shows every frame, audio as its length', async () => {
    const mock = await mockWith([]);
    const client = await answered(mock);
    const { status, body } = await get(mock, '/sessions/session-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({ schema: 'voiceloop.mock-session/1', name: 'session-1', forgottenFrames: 0 });
    const sent = body.frames
      .filter(({ direction }: Frame) => direction === 'sent')
      .map(({ content }: Frame) => content);
    expect(sent.map((event: Frame) => event.event_id)).toEqual(client.events.map(({ event_id: id }) => id));
    const deltas = sent.filter(({ type }: Frame) => type === 'response.audio.delta');
    for (const { delta } of deltas) expect(delta).toMatch(/^\(\d+ characters of base64\)$/);
    const received = body.frames.filter(({ direction }: Frame) => direction === 'received');
    expect(received.map(({ content }: Frame) => content)).toEqual([{ type: 'response.create' }]);
  });

  test('shows the latest where there were more than it keeps', async () => {
    const mock = await mockWith([], {}, { keptFrames: 5 });
    const client = await answered(mock);
    const { body } = await get(mock, '/sessions/session-1');
    expect(body.frames).toHaveLength(5);
    expect(body.frames.at(-1).content.type).toBe('response.done');
    expect(body.forgottenFrames).toBe(client.events.length + 1 - 5);
  });

  test.each(['/sessions/session-2', '/sessions/', '/sessions/session-1/frames', '/sessions/__proto__'])(
    'says of %s that there is none',
    async (path) => {
      const mock = await mockWith([]);
      await new SocketClient(mock).next('session.created');
      expect(await get(mock, path)).toMatchObject({
        status: 404,
        body: { error: { code: '404', message: expect.stringContaining('There is no session') } },
      });
    },
  );
});

describe('a mock with a key', () => {
  const lists = ['/sessions', '/sessions/session-1'];

  test.each(lists)('keeps %s from whoever does not show it', async (path) => {
    const mock = await mockWith([], {}, { key: secret });
    for (const headers of [{}, { 'api-key': 'wrong' }, { authorization: secret }]) {
      const { status, text } = await get(mock, path, { headers });
      expect(status).toBe(401);
      expect(text).not.toContain(secret);
    }
  });

  test('takes it as a header, as a bearer token, and in the query, however that is written', async () => {
    const mock = await mockWith([], {}, { key: secret });
    const bearer = encodeURIComponent(`Bearer ${secret}`);
    for (const [query, headers] of [
      ['', { 'api-key': secret }],
      ['', { authorization: `Bearer ${secret}` }],
      [`?api-key=${secret}`, {}],
      [`?Api-Key=${secret}`, {}],
      [`?Authorization=${bearer}`, {}],
    ] as const) {
      expect((await get(mock, `/sessions${query}`, { headers })).status).toBe(200);
    }
  });
});

test('what is elsewhere says why it cannot be had', async () => {
  const mock = await mockWith([]);
  expect((await get(mock, '/voice-live/realtime?model=m')).status).toBe(426);
  expect((await get(mock, '/voice-live/realtime')).status).toBe(400);
  expect((await get(mock, '/healthy')).body.error.code).toBe('404');
});
