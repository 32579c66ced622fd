/**
 * The mock as a server: who may come in, and a session for each connection.
 *
 * @module
 */
import { SystemClock } from '../../clock.ts';
import { isToxic } from '../faults/faults.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { answerHttp } from './http-views.ts';
import { openListener } from './listener.ts';
import type { MockServerOptions } from './server-options.ts';
import { SessionGate } from './session-gate.ts';
import type { MockSessionView } from './session-log.ts';

/** A server that listens. */
export interface MockServer {
  /** `http://127.0.0.1:PORT`: what a client takes as its endpoint. */
  readonly url: string;
  readonly port: number;
  /** With `tls`: what clients trust it by, PEM. */
  readonly certificate: string | undefined;
  /** With `tls`: the SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string | undefined;
  /** The sessions in the order in which they were opened: all that are open, and the last 64 that have closed. */
  readonly sessions: readonly MockSessionView[];
  /** Says goodbye to every client (code 1001) and settles when the port is free. */
  close(): Promise<void>;
}

const goodbyeMs = 500;

/**
 * Starts a Voice Live server on this machine, which speaks OpenAI's Realtime API as well (at `/v1/realtime`). Over HTTP it
 * answers `/health`, `/sessions` and `/sessions/NAME`.
 *
 * @throws {VoiceloopError} of kind `service`: `port-in-use`, or `mock-cannot-listen`; of kind `input`, what is wrong with a
 *   scenario that is named (see {@link loadScenario})
 * @example
 * ```ts
 * import { startMock } from 'voiceloop';
 *
 * const mock = await startMock({ scenario: 'long-answer' });
 * console.log(mock.url.startsWith('http://127.0.0.1:')); // true: the endpoint for any Voice Live client
 * console.log(mock.sessions.map(({ counters }) => counters.turns)); // []
 * await mock.close();
 * ```
 */
export async function startMock(options: MockServerOptions = {}): Promise<MockServer> {
  const { scenario: chosen, key, host = '127.0.0.1', port = 0, tls = false } = options;
  const scenario = typeof chosen === 'object' ? chosen : await loadScenario(chosen);
  const clock = options.clock ?? new SystemClock();
  const gate = new SessionGate({ ...options, scenario, clock });
  const listener = await openListener({
    clock,
    host,
    port,
    hasTls: tls,
    hasToxics: scenario.faults?.some(isToxic) ?? false,
    onRequest: (request, response) => answerHttp(request, response, { key, sessions: () => gate.sessions }),
    onUpgrade: (upgrade) => gate.knock(upgrade),
  });
  return {
    url: listener.url,
    port: listener.port,
    certificate: listener.certificate,
    fingerprint: listener.fingerprint,
    get sessions() {
      return gate.sessions;
    },
    async close() {
      const timer = clock.at(clock.now() + goodbyeMs, () => {
        gate.terminate();
        listener.terminate();
      });
      await gate.close();
      await listener.close();
      timer.cancel();
    },
  };
}
