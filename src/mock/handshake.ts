/**
 * Whom the mock lets in, decided from the request alone.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Voice Live's path, and the one it had before. */
const paths = new Set(['/voice-live/realtime', '/voice-agent/realtime']);

/** What a request is measured by. */
export interface AdmissionRules {
  /** The key that a client must show; undefined lets everybody in. */
  readonly key: string | undefined;
  /** No session is free. */
  readonly isFull: boolean;
}

/** The answer to a request for a connection. */
export type Admission =
  | { readonly isAdmitted: true; readonly model: string | undefined }
  | { readonly isAdmitted: false; readonly status: 400 | 401 | 404 | 429; readonly message: string };

/**
 * Checks path, key, model and room, in this order. The key is taken as the service takes it: in the header `api-key`, as a
 * bearer token, or either of them in the query.
 */
export function admit(url: string, headers: IncomingHttpHeaders, rules: AdmissionRules): Admission {
  const [path = '', search] = url.split('?', 2);
  if (!paths.has(path.replace(/\/$/, ''))) return refuse(404, 'Resource not found.');
  const parameters = [...new URLSearchParams(search)];
  const query = new Map(parameters.map(([name, value]) => [name.toLowerCase(), value]));
  if (rules.key !== undefined && !shownKeys(headers, query).includes(rules.key)) {
    return refuse(401, 'Access denied due to invalid subscription key or wrong API endpoint.');
  }
  const model = query.get('model') || undefined;
  if (!model && !query.get('agent-name')) return refuse(400, 'The query needs a model or an agent-name.');
  if (rules.isFull) return refuse(429, 'Too many sessions are open.');
  return { isAdmitted: true, model };
}

function refuse(status: 400 | 401 | 404 | 429, message: string): Admission {
  return { isAdmitted: false, status, message };
}

function shownKeys(headers: IncomingHttpHeaders, query: ReadonlyMap<string, string>): (string | undefined)[] {
  const bearers = [headers.authorization, query.get('authorization')];
  return [
    [headers['api-key']].flat()[0],
    query.get('api-key'),
    ...bearers.map((value) => /^Bearer +(.+)$/i.exec(value ?? '')?.[1]),
  ];
}
