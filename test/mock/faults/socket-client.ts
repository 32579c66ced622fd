/** A mock that listens on this machine, and clients that know no more of it than any other. */
import { afterAll, afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { parseFault } from '../../../src/mock/faults/faults.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { type MockServer, startMock } from '../../../src/mock/server/server.ts';
import type { MockServerOptions } from '../../../src/mock/server/server-options.ts';
import { answer, type Frame, scenario } from '../harness.ts';

export const target = '/voice-live/realtime?api-version=2026-07-15&model=gpt-4o';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

// All at once: a mock with a client that has fallen silent waits half a second for its goodbye.
const mocks: MockServer[] = [];

afterAll(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
});

/** Closes it when the test is over. */
export function tidy<T extends { close(): unknown }>(each: T): T {
  opened.push(each);
  return each;
}

export async function mockWith(
  faults: readonly string[],
  fields: Partial<Scenario> = {},
  options: Partial<MockServerOptions> = {},
): Promise<MockServer> {
  const answers = [answer('Yes, of course.', 800)];
  const played = scenario({ profile: 'fast', answers, faults: faults.map(parseFault), ...fields });
  const mock = await startMock({ scenario: played, ...options });
  mocks.push(mock);
  return mock;
}

export function socketUrl(mock: MockServer): string {
  return mock.url.replace('http', 'ws') + target;
}

export class SocketClient {
  readonly socket: WebSocket;
  readonly events: Frame[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  isClosed = false;
  #wake = () => {};

  constructor(mock: MockServer) {
    this.socket = new WebSocket(socketUrl(mock), { perMessageDeflate: false });
    this.socket.on('message', (data) => {
      this.events.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) =>
      this.socket.on('close', (code, reason) => {
        this.isClosed = true;
        resolve({ code, reason: reason.toString() });
      }),
    );
    tidy({ close: () => this.socket.terminate() });
  }

  /** The first event of this type, from the `from`th event on. */
  async next(type: string, from = 0): Promise<Frame> {
    for (;;) {
      const found = this.events.slice(from).find((event) => event.type === type);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async deltas(count: number): Promise<void> {
    while (this.of('response.audio.delta').length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  of(type: string): Frame[] {
    return this.events.filter((event) => event.type === type);
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Asks for an answer as soon as it can. */
  async ask(): Promise<void> {
    await this.next('session.created');
    this.send({ type: 'response.create' });
  }
}
