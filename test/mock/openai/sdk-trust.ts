/** Lets the runtime's own WebSocket trust a certificate, which no client can ask it for in a way that all runtimes know. */
import tls from 'node:tls';

declare const Deno: { createHttpClient(options: { caCerts: string[] }): { close(): void } } | undefined;

type Options = { readonly protocols?: string | string[] };

/**
 * From now on, WebSockets trust the certificate.
 *
 * @returns what ends it
 */
export function trust(certificate: string): () => void {
  if (process.versions.bun) return replaceWebSocket({ tls: { ca: certificate } });
  if (typeof Deno !== 'undefined') {
    const client = Deno.createHttpClient({ caCerts: [certificate] });
    const restore = replaceWebSocket({ client });
    return () => {
      restore();
      client.close();
    };
  }
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, certificate]);
  return () => tls.setDefaultCACertificates(before);
}

/** Deno and Bun take these options with each socket, but the package passes none. */
function replaceWebSocket(also: object): () => void {
  const Original = globalThis.WebSocket;
  globalThis.WebSocket = class extends Original {
    constructor(url: string | URL, given: string | string[] | Options = {}) {
      const options = typeof given === 'string' || Array.isArray(given) ? { protocols: given } : given;
      super(url, { ...options, ...also } as unknown as string[]);
    }
  };
  return () => {
    globalThis.WebSocket = Original;
  };
}
