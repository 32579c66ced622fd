/** A mock on a real socket that remembers every message, audio and all. */
import { loadScenario } from '../../../src/mock/scenario/load-scenario.ts';
import type { Scenario } from '../../../src/mock/scenario/scenario.ts';
import { type MockServer, startMock } from '../../../src/mock/server/server.ts';
import type { MockServerOptions } from '../../../src/mock/server/server-options.ts';
import type { Frame } from '../harness.ts';

export interface WatchedMock {
  readonly server: MockServer;
  readonly scenario: Scenario;
  /** The events that went to the client, as they went over the wire. */
  readonly sent: readonly Frame[];
  /** The events that the client sent. */
  readonly received: readonly Frame[];
}

/** Starts a scenario of the library, with changes to it, and the profile `fast` unless they say otherwise. */
export async function watchedMock(
  name: string,
  changes: Partial<Scenario> = {},
  options: Partial<MockServerOptions> = {},
): Promise<WatchedMock> {
  const scenario: Scenario = { ...(await loadScenario(name)), profile: 'fast', ...changes };
  const sent: Frame[] = [];
  const received: Frame[] = [];
  const server = await startMock({
    scenario,
    frame: (_session, { direction, content }) => (direction === 'sent' ? sent : received).push(content),
    ...options,
  });
  return { server, scenario, sent, received };
}
