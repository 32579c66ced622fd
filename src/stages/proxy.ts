/**
 * The HTTP proxy between this machine and the service, as the environment names it.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { Agent } from 'node:http';
import { getProxyForUrl } from 'proxy-from-env';
import { VoiceloopError } from '../errors.ts';

/** A proxy that a connection goes through. */
export interface HttpProxy {
  readonly url: URL;
  /** Its address without the credentials, for the person at the terminal. */
  readonly where: string;
  /** The variable that is meant for connections like this one. */
  readonly variable: 'HTTPS_PROXY' | 'HTTP_PROXY';
  /** Everything that must not be shown. */
  readonly secrets: readonly string[];
}

/** A tunnel through a proxy, for one connection. */
export interface Tunnel {
  readonly agent: Agent;
  /** What the proxy answered to `CONNECT`, where it was not 200; undefined as long as it has not answered. Not on Bun. */
  readonly refusal: () => number | undefined;
  /** Hangs up, at whatever stage. */
  readonly abandon: () => void;
}

/**
 * The proxy for a WebSocket's address: `HTTPS_PROXY` for `wss:`, `HTTP_PROXY` for `ws:`, else `ALL_PROXY`, in capitals or not,
 * unless `NO_PROXY` lists the host. What is on this machine is always reached directly. A proxy without a scheme is taken as
 * `http://`, as curl takes it.
 *
 * @throws {VoiceloopError} `proxy-invalid` for a proxy that is no address, or none of HTTP
 */
export function proxyFor(url: string): HttpProxy | undefined {
  const target = new URL(url);
  if (isLoopback(target.hostname)) return undefined;
  const scheme = target.protocol === 'wss:' ? 'https' : 'http';
  const found = getProxyForUrl(url.replace(/^wss?:/i, `${scheme}:`));
  if (found === '') return undefined;
  const variable = scheme === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const address = isGivenWithScheme(found, variable) ? found : found.replace(/^https?:/, 'http:');
  return readProxy(address, variable);
}

/** `proxy-from-env` puts the scheme of the target before a proxy that has none. */
function isGivenWithScheme(found: string, variable: string): boolean {
  const { env } = process;
  return [variable, variable.toLowerCase(), 'ALL_PROXY', 'all_proxy'].some((name) => env[name] === found);
}

function readProxy(address: string, variable: HttpProxy['variable']): HttpProxy {
  if (!URL.canParse(address)) throw invalid(variable, 'what it holds is no address');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(variable, `${url.protocol}// is not supported, only http:// and https://`);
  }
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    return {
      url,
      where: `${url.protocol}//${url.host}`,
      variable,
      secrets: user || password ? [password, url.password, basic, `${user}:${password}`] : [],
    };
  } catch {
    throw invalid(
      variable,
      'in its user name or password, a % is not followed by two digits: write it as %25',
    );
  }
}

function invalid(variable: string, reason: string): VoiceloopError {
  return new VoiceloopError('usage', 'proxy-invalid', 'the proxy of the environment cannot be used', {
    where: `${variable} or ALL_PROXY`,
    reason,
    hint: `write ${variable}=http://HOST:PORT, or unset it`,
  });
}

/** Makes ready for `CONNECT`. The package that does it is loaded only here: most machines have no proxy. */
export async function openTunnel({ url }: HttpProxy): Promise<Tunnel> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const abort = new AbortController();
  // Goes to `net.connect` as well: without it, a proxy that never answers would keep the process alive.
  const agent = new HttpsProxyAgent(url, { signal: abort.signal } as object);
  let status: number | undefined;
  agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    status = statusCode;
  });
  return {
    agent,
    refusal: () => (status === 200 ? undefined : status),
    abandon: () => abort.abort(),
  };
}

/** Whether a host name of a URL stands for this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}
