/**
 * `voiceloop mock`: a voice service on this machine.
 *
 * @module
 */
import { once } from 'node:events';
import * as v from 'valibot';
import { describeFault, parseFault } from '../mock/faults/faults.ts';
import { profileNames } from '../mock/scenario/latency-profile.ts';
import { loadScenario } from '../mock/scenario/load-scenario.ts';
import type { Scenario } from '../mock/scenario/scenario.ts';
import { type MockServer, startMock } from '../mock/server/server.ts';
import { networkNames } from '../protocol/network-link.ts';
import { commonFlagSchemas, integer, oneOf, parseFlags, text, texts, yes } from './flags.ts';
import type { Output } from './output.ts';
import { runCommand } from './run-command.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  host: v.optional(text(), '127.0.0.1'),
  port: v.optional(integer(0, 65_535), 8765),
  profile: v.optional(oneOf(profileNames)),
  network: v.optional(oneOf(networkNames)),
  fault: v.optional(texts(), []),
  tls: v.optional(yes(), false),
  maxSessions: v.optional(integer(1, 100_000)),
};

/** Serves until it is interrupted, which is how it ends well. */
export function mockCommand(
  scenarioName: string | undefined,
  rawFlags: Readonly<Record<string, unknown>>,
): Promise<void> {
  return runCommand(rawFlags, async ({ output, signal }) => {
    const flags = parseFlags(flagSchemas, rawFlags);
    const scenario = await chosenScenario(scenarioName, flags);
    const seed = flags.seed ?? scenario.seed ?? 1;
    const mock = await startMock({
      scenario,
      seed,
      host: flags.host,
      port: flags.port,
      tls: flags.tls,
      maxSessions: flags.maxSessions,
      key: process.env['VOICELOOP_MOCK_KEY'] || undefined,
      log: (line) => output.info(line),
    });
    if (output.json) output.result(JSON.stringify(listeningDocument(mock, scenario, seed)));
    else showListening(mock, scenario, output);
    if (!signal.aborted) await once(signal, 'abort');
    await mock.close();
  });
}

/** What stands on the command line goes before what the scenario says; faults come on top of its own. */
async function chosenScenario(
  name: string | undefined,
  { profile, network, fault }: v.InferOutput<ReturnType<typeof v.object<typeof flagSchemas>>>,
): Promise<Scenario> {
  const faults = fault.map(parseFault);
  const scenario = await loadScenario(name);
  return {
    ...scenario,
    ...(profile && { profile }),
    ...(network && { network }),
    faults: [...(scenario.faults ?? []), ...faults],
  };
}

/** What `--json` prints. */
function listeningDocument(mock: MockServer, scenario: Scenario, seed: number): object {
  const { name, pipeline, profile, network, faults = [] } = scenario;
  return {
    schema: 'voiceloop.mock/1',
    url: mock.url,
    port: mock.port,
    seed,
    scenario: { name, pipeline, profile, network, faults: faults.map(describeFault) },
    ...(mock.certificate && { certificate: mock.certificate, fingerprint: mock.fingerprint }),
  };
}

function showListening({ url, fingerprint }: MockServer, scenario: Scenario, output: Output): void {
  output.result(`listening on ${url} (scenario ${scenario.name}, ${scenario.profile} latency)`);
  for (const fault of scenario.faults ?? []) output.info(`fault: ${describeFault(fault)}`);
  if (fingerprint) {
    output.info(`certificate: SHA-256 ${fingerprint} (--json prints the whole of it)`);
    return;
  }
  output.info(`try: voiceloop replay fixtures/opening-hours.wav --endpoint ${url}`);
}
