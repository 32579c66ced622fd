/**
 * Which service a command talks to, from its flags and the settings.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';
import type { ServiceChoice } from '../loops/service.ts';
import { loadScenario } from '../mock/scenario/load-scenario.ts';
import { entraCredential } from '../session/credentials.ts';
import { type AgentAddress, realtimeUrl } from '../session/endpoint.ts';
import type { Settings } from './settings.ts';

/** A service and the model that answers there. */
export interface ChosenService {
  readonly service: ServiceChoice;
  readonly model: string;
}

/** Where the settings name none. */
export const defaultModel = 'gpt-realtime';

/** The embedded mock with a scenario, by its name or the path of its file. */
export async function mockService(scenarioName: string | undefined, model?: string): Promise<ChosenService> {
  const scenario = await loadScenario(scenarioName);
  const usual = scenario.pipeline === 'native' ? 'gpt-realtime' : 'gpt-4o';
  return { service: { kind: 'mock', scenario }, model: model ?? usual };
}

/** Where no seed is given: the scenario's own, or 1. */
export function usualSeed(service: ServiceChoice): number {
  return (service.kind === 'mock' ? service.scenario.seed : undefined) ?? 1;
}

/**
 * The service that the settings name; undefined where they name no endpoint.
 *
 * @throws {VoiceloopError} what the address has wrong; `project-missing` or `agent-missing` where only one of the two is set
 */
export function endpointService(
  settings: Settings,
  features: readonly string[] = [],
): ChosenService | undefined {
  const { endpoint, apiKey, apiVersion, model = defaultModel } = settings;
  if (endpoint === undefined) return undefined;
  const agent = agentOf(settings);
  const address = {
    endpoint,
    ...(apiVersion !== undefined && { apiVersion }),
    ...(agent && { agent }),
    ...(features.length > 0 && { features }),
  };
  // Before the endpoint is shown: what stands there by mistake may be a key.
  realtimeUrl({ ...address, model });
  const credential =
    apiKey === undefined ? entraUnlessLocal(endpoint) : ({ kind: 'key', key: apiKey } as const);
  return { service: { kind: 'endpoint', ...address, credential }, model };
}

function agentOf({ agent, project }: Settings): AgentAddress | undefined {
  if (agent !== undefined && project !== undefined) return { name: agent, project };
  if (agent === undefined && project === undefined) return undefined;
  const [code, message, hint] =
    project === undefined
      ? ['project-missing', 'an agent is found by its project', 'name its Foundry project with --project']
      : ['agent-missing', 'a project has many agents', 'name one with --agent, or leave --project out'];
  throw new VoiceloopError('usage', code, message, { hint });
}

/** A server on this machine is a mock: nobody signs in to it with an identity. */
function entraUnlessLocal(endpoint: string) {
  return /^\s*http:/i.test(endpoint) ? undefined : entraCredential();
}
