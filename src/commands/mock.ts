/**
 * `voiceloop mock`: a voice service on this machine.
 *
 * @module
 */
import { once } from 'node:events';
import * as v from 'valibot';
import { profileNames } from '../mock/latency-profile.ts';
import { loadScenario } from '../mock/scenario.ts';
import { startMock } from '../mock/server.ts';
import { networkNames } from '../protocol/network-link.ts';
import { commonFlagSchemas, integer, oneOf, parseFlags, text } from './flags.ts';
import { runCommand } from './run-command.ts';

const flagSchemas = {
  ...commonFlagSchemas,
  host: v.optional(text(), '127.0.0.1'),
  port: v.optional(integer(0, 65_535), 8765),
  profile: v.optional(oneOf(profileNames)),
  network: v.optional(oneOf(networkNames)),
};

/** Serves until it is interrupted, which is how it ends well. */
export function mockCommand(
  scenarioName: string | undefined,
  rawFlags: Readonly<Record<string, unknown>>,
): Promise<void> {
  return runCommand(rawFlags, async ({ output, signal }) => {
    const { host, port, seed, profile, network } = parseFlags(flagSchemas, rawFlags);
    const loaded = await loadScenario(scenarioName);
    const scenario = { ...loaded, ...(profile && { profile }), ...(network && { network }) };
    const key = process.env['VOICELOOP_MOCK_KEY'];
    const mock = await startMock({
      scenario,
      host,
      port,
      seed,
      key: key || undefined,
      log: (line) => output.info(line),
    });
    if (output.json) {
      const { name, pipeline } = scenario;
      const described = { name, pipeline, profile: scenario.profile, network: scenario.network };
      output.result(
        JSON.stringify({
          schema: 'voiceloop.mock/1',
          url: mock.url,
          port: mock.port,
          seed,
          scenario: described,
        }),
      );
    } else {
      output.result(`listening on ${mock.url} (scenario ${scenario.name}, ${scenario.profile} latency)`);
      output.info(`try: voiceloop replay fixtures/opening-hours.wav --endpoint ${mock.url}`);
    }
    if (!signal.aborted) await once(signal, 'abort');
    await mock.close();
  });
}
