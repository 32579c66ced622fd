/**
 * Why a connection did not get past the proxy, in words that say what to check.
 *
 * @module
 */
import { ConnectError, type ConnectRequest } from './connect-error.ts';
import type { HttpProxy } from './proxy.ts';

/**
 * The proxy answered `CONNECT` with another status than 200: RFC 9110, section 9.3.6. The code is `proxy-refused`, the kind
 * `auth` for 407.
 */
export function proxyRefused(request: ConnectRequest, proxy: HttpProxy, status: number): ConnectError {
  const { hostname } = new URL(request.url);
  const [what, hint] = explain(proxy, hostname, status);
  const kind = status === 407 ? 'auth' : 'service';
  return new ConnectError(kind, 'proxy-refused', `the proxy ${proxy.where} ${what} (HTTP ${status})`, {
    where: request.where,
    hint,
    status,
  });
}

function explain(
  { url, variable }: HttpProxy,
  hostname: string,
  status: number,
): readonly [what: string, hint: string] {
  if (status === 407) {
    const hint =
      url.username === '' && url.password === ''
        ? `write ${variable}=${url.protocol}//USER:PASSWORD@${url.host}`
        : `check the user name and the password in ${variable}`;
    return ['wants to know who is calling', hint];
  }
  if (status === 403 || status === 405) {
    return [
      `lets nobody through to ${hostname}`,
      `have the proxy allow ${hostname}, or list it in NO_PROXY if it can be reached directly`,
    ];
  }
  return [`cannot reach ${hostname}`, 'check the spelling of the endpoint, then ask who runs the proxy'];
}

/** What every runtime calls a connection that was never made; a timeout of our own has words of its own. */
const unreachable =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|FailedToOpenSocket)$/;

/**
 * The connection failed at the proxy, or behind it where nothing says more. The code is `proxy-unreachable` or
 * `proxy-failed`; undefined where the failure is about the service's own certificate.
 */
export function proxyFailed(
  request: ConnectRequest,
  proxy: HttpProxy,
  error: Error,
): ConnectError | undefined {
  // Bun tells of a refusal in a sentence only.
  const status = /\bproxy\b.*: (\d{3}) /i.exec(error.message)?.[1];
  if (status) return proxyRefused(request, proxy, Number(status));
  // Where a name has several addresses, the failures of all of them come in one error.
  const first: { readonly code?: unknown } = error instanceof AggregateError ? error.errors[0] : error;
  const code = String(first.code ?? '');
  if (/^(EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/.test(code))
    return undefined;
  const isUnreachable = unreachable.test(code);
  const [errorCode, message] = isUnreachable
    ? (['proxy-unreachable', `the proxy ${proxy.where} cannot be reached`] as const)
    : (['proxy-failed', `the connection through the proxy ${proxy.where} failed`] as const);
  return new ConnectError('service', errorCode, message, {
    where: request.where,
    reason: request.redact(error.message || code),
    hint: hintFor(request, proxy),
    cause: error,
  });
}

/** The proxy took the connection and never answered, or the service behind it did not. */
export function proxyTimedOut(request: ConnectRequest, proxy: HttpProxy, afterMs: number): ConnectError {
  const { host } = new URL(request.url);
  return new ConnectError('service', 'connect-timeout', `no connection within ${afterMs / 1000} s`, {
    where: request.where,
    reason: `${host} did not answer through the proxy ${proxy.where}`,
    hint: hintFor(request, proxy),
  });
}

function hintFor({ url }: ConnectRequest, { variable }: HttpProxy): string {
  return `check ${variable}, or list ${new URL(url).hostname} in NO_PROXY if it can be reached directly`;
}
