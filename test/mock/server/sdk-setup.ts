/** What every test with the official SDK begins and ends with. */
import type { SessionTarget } from '@azure/ai-voicelive';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import type { MockServerOptions } from '../../../src/mock/server/server-options.ts';
import { type Credential, SdkClient } from './sdk-client.ts';
import { type WatchedMock, watchedMock } from './sdk-mock.ts';

const ending: (() => unknown)[] = [];

/** Call it once in a file: whatever its tests open is closed after each. */
export function closeAfterEach(): void {
  beforeEach(() => {
    // The SDK would look for the mock behind the proxy that the machine may have.
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, '');
      vi.stubEnv(name.toLowerCase(), '');
    }
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    vi.unstubAllEnvs();
  });
}

export async function mockOf(
  name: string,
  changes: Partial<Scenario> = {},
  options: Partial<MockServerOptions> = {},
): Promise<WatchedMock> {
  const mock = await watchedMock(name, changes, options);
  ending.push(() => mock.server.close());
  return mock;
}

export async function connected(
  mock: WatchedMock,
  credential?: Credential,
  target?: SessionTarget,
): Promise<SdkClient> {
  const client = new SdkClient(mock, credential, target);
  ending.push(() => client.session.dispose());
  await client.session.connect();
  return client;
}

/** Every event that the mock sent has come to the handler of its type, in order. */
export async function expectNothingDropped(client: SdkClient): Promise<void> {
  const { sent, delivered, typed, handlers } = await client.account();
  expect(delivered).toEqual(sent);
  expect(typed).toEqual(handlers);
}
