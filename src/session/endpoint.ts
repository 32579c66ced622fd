/**
 * Where a session is dialled: the endpoint from the settings as the WebSocket's address.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';
import { isLoopback } from '../stages/proxy.ts';

/** What the address of a session is made of. */
export interface RealtimeAddress {
  /** As in the settings, `https://<resource>.services.ai.azure.com`; `http://` for a server on this machine. */
  readonly endpoint: string;
  /** The model that answers. Required unless an agent answers, and left out where one does. */
  readonly model?: string;
  /** The agent that answers in place of a model. */
  readonly agent?: AgentAddress;
  /** Default `2026-07-15`. */
  readonly apiVersion?: string;
  /** What the service is to switch on for this connection, as `client_ec_reference:true`. Default nothing. */
  readonly features?: readonly string[];
}

/** An agent of a Foundry project. */
export interface AgentAddress {
  readonly name: string;
  readonly project: string;
  /** Default the newest. */
  readonly version?: string;
  /** An earlier conversation that goes on. Default a new one. */
  readonly conversationId?: string;
}

/** Of the protocol, where the settings name none. */
export const defaultApiVersion = '2026-07-15';

/** The feature without which the service takes no echo reference from the client. */
export const ECHO_REFERENCE_FEATURE = 'client_ec_reference:true';

/**
 * The WebSocket address of a session (protocol: `/voice-live/realtime`, query `api-version` and either `model` or
 * `agent-name` with `agent-project-name`, then `features`). No credential ever stands in it.
 *
 * @throws {VoiceloopError} `endpoint-invalid` for what is no `https` address (or `http` to this machine),
 *   `model-missing` where neither a model nor an agent is named
 *
 * @example
 * ```ts
 * import { realtimeUrl } from 'voiceloop';
 *
 * const url = realtimeUrl({ endpoint: 'https://contoso.services.ai.azure.com/', model: 'gpt-realtime' });
 * console.log(url.protocol, url.pathname); // wss: /voice-live/realtime
 * ```
 */
export function realtimeUrl(address: RealtimeAddress): URL {
  const { endpoint, model, agent, apiVersion = defaultApiVersion, features = [] } = address;
  const url = endpointUrl(endpoint);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/voice-live/realtime`;
  url.searchParams.set('api-version', apiVersion);
  if (agent) {
    url.searchParams.set('agent-name', agent.name);
    url.searchParams.set('agent-project-name', agent.project);
    if (agent.version !== undefined) url.searchParams.set('agent-version', agent.version);
    if (agent.conversationId !== undefined) url.searchParams.set('conversation-id', agent.conversationId);
  } else if (model) {
    url.searchParams.set('model', model);
  } else {
    throw new VoiceloopError('usage', 'model-missing', 'cannot dial without a model or an agent', {
      hint: 'set VOICE_LIVE_MODEL, or name an agent and its project',
    });
  }
  if (features.length > 0) url.searchParams.set('features', features.join(','));
  return url;
}

function endpointUrl(endpoint: string): URL {
  const value = endpoint.trim();
  if (value === '') {
    throw invalid('there is no endpoint to dial', 'set AZURE_VOICE_LIVE_ENDPOINT');
  }
  if (!URL.canParse(value)) {
    const hint = looksLikeHost(value) ? `write https://${value}` : exampleHint;
    throw invalid(`the endpoint is no address: ${shown(value)}`, hint);
  }
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    // `contoso.example:443` parses as an address whose scheme is the host.
    throw invalid(`the endpoint is no https address: ${shown(value)}`, exampleHint);
  }
  const plain = `${url.protocol}//${url.host}${url.pathname}`;
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(`the endpoint holds more than an address: ${plain}`, `write only ${plain}`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw invalid(
      `the endpoint is not encrypted, and a key would travel in the clear: ${plain}`,
      `write https://${url.host}`,
    );
  }
  return url;
}

const exampleHint = 'write it like https://<resource>.services.ai.azure.com';

function invalid(message: string, hint: string): VoiceloopError {
  return new VoiceloopError('usage', 'endpoint-invalid', message, { hint });
}

/** A key that was put into the endpoint's place by mistake must not be shown; a host name has dots, a key has none. */
function shown(value: string): string {
  return looksLikeHost(value.replace(/^\w+:\/\//, '')) && !/[?@#]/.test(value)
    ? `"${value}"`
    : `a text of ${value.length} characters`;
}

function looksLikeHost(value: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+([:/]|$)/i.test(value);
}
