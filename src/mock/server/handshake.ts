/**
 * Whom the mock lets in, decided from the request alone.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestedAgent } from '../mock-session-options.ts';

/** What a client speaks. */
export type DialectName = 'voice-live' | 'openai';

const dialects: Readonly<Record<string, DialectName>> = {
  '/voice-live/realtime': 'voice-live',
  // The one it had before.
  '/voice-agent/realtime': 'voice-live',
  '/v1/realtime': 'openai',
  // Azure's address for the same.
  '/openai/v1/realtime': 'openai',
};

/** The subprotocol by which a browser says its key to OpenAI, which cannot set headers. */
const keyProtocol = 'openai-insecure-api-key.';

/** What a request is measured by. */
export interface AdmissionRules {
  /** The key that a client must show; undefined lets everybody in. */
  readonly key: string | undefined;
  /** No session is free. */
  readonly isFull: boolean;
}

/** A request that is let in. */
export interface Admitted {
  readonly isAdmitted: true;
  readonly dialect: DialectName;
  readonly model: string | undefined;
  /** Answers in place of a model. */
  readonly agent: RequestedAgent | undefined;
  readonly apiVersion: string | undefined;
}

/** A request that is not. */
export interface Refused {
  readonly isAdmitted: false;
  readonly status: number;
  readonly message: string;
}

/**
 * Checks path, key, model and room, in this order. The key is taken as the service takes it: in the header `api-key`, as a
 * bearer token, or either of them in the query; in OpenAI's dialect in a subprotocol, too.
 */
export function admit(url: string, headers: IncomingHttpHeaders, rules: AdmissionRules): Admitted | Refused {
  const [path = '', search] = url.split('?', 2);
  const dialect = dialects[path.replace(/\/$/, '')];
  if (!dialect) return refuse(404, 'Resource not found.');
  const query = queryOf(search);
  if (!hasKey(headers, query, rules.key)) {
    return refuse(401, 'Access denied due to invalid subscription key or wrong API endpoint.');
  }
  const model = query.get('model') || undefined;
  const agentName = query.get('agent-name') || undefined;
  if (!model && !agentName) return refuse(400, 'The query needs a model or an agent-name.');
  if (rules.isFull) return refuse(429, 'Too many sessions are open.');
  const agent = agentName ? { name: agentName, conversationId: query.get('conversation-id') } : undefined;
  return { isAdmitted: true, dialect, model, agent, apiVersion: query.get('api-version') };
}

/** The parameters of a query, by their names in lower case. */
export function queryOf(search: string | undefined): ReadonlyMap<string, string> {
  return new Map([...new URLSearchParams(search)].map(([name, value]) => [name.toLowerCase(), value]));
}

/** Whether a request shows the key; without one to be shown, every request does. */
export function hasKey(
  headers: IncomingHttpHeaders,
  query: ReadonlyMap<string, string>,
  key: string | undefined,
): boolean {
  return key === undefined || shownKeys(headers, query).includes(key);
}

/** Of the subprotocols that a client offers, the one that is spoken; OpenAI's clients in browsers insist on it. */
export function chosenProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has('realtime') ? 'realtime' : false;
}

function refuse(status: number, message: string): Refused {
  return { isAdmitted: false, status, message };
}

function shownKeys(headers: IncomingHttpHeaders, query: ReadonlyMap<string, string>): (string | undefined)[] {
  const bearers = [headers.authorization, query.get('authorization')];
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  return [
    [headers['api-key']].flat()[0],
    query.get('api-key'),
    ...bearers.map((value) => /^Bearer +(.+)$/i.exec(value ?? '')?.[1]),
    ...protocols.filter((each) => each.startsWith(keyProtocol)).map((each) => each.slice(keyProtocol.length)),
  ];
}
