/**
 * Why a connection could not be opened, in words that say what to check, without a credential in them.
 *
 * @module
 */
import { type ErrorDetails, type ErrorKind, VoiceloopError } from '../errors.ts';

/** What was asked for. */
export interface ConnectRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The URL as it may be shown. */
  readonly where: string;
  /** Takes the credentials of this request out of a text. */
  redact(text: string): string;
}

/** What came instead of a WebSocket. */
export interface Refusal {
  readonly status: number;
  /** The beginning of the body. */
  readonly body: string;
  /** The header `Retry-After`: seconds, or a date. */
  readonly retryAfter: string | undefined;
  /** When it came, in milliseconds since 1970. */
  readonly unixMs: number;
}

/**
 * A connection that was not opened. `code` is `handshake-STATUS`, `connect-timeout`, `connection-refused`, `host-not-found`,
 * `tls-failed` or `connection-failed`.
 */
export class ConnectError extends VoiceloopError {
  /** Of the HTTP answer, where there was one. */
  readonly status: number | undefined;
  /** How long the service asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    details: ErrorDetails & { readonly status?: number; readonly retryAfterMs?: number | undefined },
  ) {
    super(kind, code, message, details);
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The service answered the handshake with an HTTP status of its own: RFC 6455, section 4.1. */
export function handshakeRefused(request: ConnectRequest, refusal: Refusal): ConnectError {
  const { status } = refusal;
  const retryAfterMs = readRetryAfter(refusal);
  const [what, hint] = explain(request, status, retryAfterMs);
  const reason = readReason(refusal.body, request);
  const kind = status === 401 || status === 403 ? 'auth' : 'service';
  return new ConnectError(kind, `handshake-${status}`, `${what} (HTTP ${status})`, {
    where: request.where,
    ...(reason && { reason }),
    hint,
    status,
    retryAfterMs,
  });
}

function explain(
  { url, headers }: ConnectRequest,
  status: number,
  retryAfterMs: number | undefined,
): [string, string] {
  const query = new URL(url).searchParams;
  switch (status) {
    case 401:
      return ['the service refused the credentials', credentialHint(headers, query)];
    case 403:
      return [
        'the service does not let this identity in',
        'grant it the role "Cognitive Services User" on the resource (for agents "Foundry User" as well), and check the network rules of the resource',
      ];
    case 404: {
      const target = ['model', 'agent-name', 'api-version']
        .filter((name) => query.has(name))
        .map((name) => `${name} ${query.get(name)}`);
      const named = ['the host', 'the path', ...target].join(', ');
      return [
        'the service does not know what was asked for',
        `check ${named}, and that the resource offers Voice Live`,
      ];
    }
    case 429:
      return [
        'the service takes no more connections for now',
        retryAfterMs === undefined
          ? 'wait a minute: a resource takes 30 new connections a minute'
          : `try again in ${Math.ceil(retryAfterMs / 1000)} s`,
      ];
    default:
      return status >= 500
        ? ['the service failed', 'try again later']
        : ['the service did not open a connection', 'check the endpoint, the model and the api-version'];
  }
}

function credentialHint(headers: ConnectRequest['headers'], query: URLSearchParams): string {
  const sent = [...Object.keys(headers), ...query.keys()].map((name) => name.toLowerCase());
  if (sent.includes('api-key')) return 'check the key: it must be one of this very resource';
  if (sent.includes('authorization')) {
    return 'sign in again, to the tenant of the resource, for the scope https://ai.azure.com/.default';
  }
  return 'neither a key nor a token was sent: set AZURE_VOICE_LIVE_API_KEY, or sign in with "az login"';
}

/** RFC 9110, section 10.2.3. */
function readRetryAfter({ retryAfter, unixMs }: Refusal): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - unixMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What the body says, fit for a line on a terminal. */
function readReason(body: string, request: ConnectRequest): string {
  const printable = request.redact(sentenceIn(body)).replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  return printable.trim().slice(0, 300);
}

/** JSON as Azure writes it, or plain text; markup says nothing to a person. */
function sentenceIn(body: string): string {
  if (!/^\s*[<{]/.test(body)) return body;
  try {
    const { error, message } = JSON.parse(body);
    const said: unknown = error?.message ?? message;
    return typeof said === 'string' ? said : '';
  } catch {
    return '';
  }
}

/** No answer came in time. */
export function connectTimedOut(request: ConnectRequest, afterMs: number): ConnectError {
  return new ConnectError('service', 'connect-timeout', `no connection within ${afterMs / 1000} s`, {
    where: request.where,
    reason: `${new URL(request.url).host} did not answer the handshake`,
    hint: 'check the network, a firewall or proxy in between, and the port',
  });
}

/** The connection failed below HTTP: `error` is the runtime's, told by its `code`. */
export function connectionFailed(request: ConnectRequest, error: Error): ConnectError {
  const { host, hostname } = new URL(request.url);
  // Where a name has several addresses, the failures of all of them come in one error.
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const systemCode = 'code' in first ? String(first.code) : '';
  const [code, message, hint] = below(systemCode, host, hostname);
  const reason = request.redact(first.message);
  return new ConnectError('service', code, message, {
    where: request.where,
    reason,
    hint,
    cause: error,
  });
}

function below(
  systemCode: string,
  host: string,
  hostname: string,
): [code: string, message: string, hint: string] {
  if (systemCode === 'ECONNREFUSED') {
    return [
      'connection-refused',
      `nothing listens at ${host}`,
      'check the port; "voiceloop mock" starts a local server',
    ];
  }
  if (systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN') {
    return [
      'host-not-found',
      `the host ${hostname} is not known`,
      'check the spelling of the endpoint and the network',
    ];
  }
  if (
    /^(EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(systemCode)
  ) {
    return [
      'tls-failed',
      `no secure connection to ${host}`,
      'check its certificate; a server without TLS is reached by http:// or ws://',
    ];
  }
  return [
    'connection-failed',
    `the connection to ${host} failed`,
    'check that the endpoint is a Voice Live service and the network',
  ];
}
