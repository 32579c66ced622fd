/**
 * Keeps credentials out of everything that is shown, logged or recorded.
 *
 * @module
 */

const hidden = '***';

/** Where a credential stands, in a header or in the query; the last is the older name of `api-key` in Azure. */
const secretNames = ['api-key', 'authorization', 'agent-access-token', 'ocp-apim-subscription-key'];

/** A secret's name in running text, the sign behind it, and its value with or without a scheme or quotes. */
const namedSecret = new RegExp(
  `(${secretNames.map((name) => name.replaceAll('-', '[-_]')).join('|')})(["']?\\s*[=:]\\s*["']?)(?:bearer(?:\\s|%20|\\+)+)?[^\\s"',;&#}]+`,
  'gi',
);

/** Long enough to be a token, so that a sentence about "a bearer token" is left as it is. */
const bearerToken = /(bearer(?:\s|%20|\+)+)[\w.~+/=-]{16,}/gi;

/** Whether a header or a query parameter of this name holds a credential; case does not matter. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('_', '-');
  // A browser cannot set headers, so the service's SDK puts them into the query, with `h-` in front.
  return secretNames.includes(plain.startsWith('h-') ? plain.slice(2) : plain);
}

/**
 * The URL with every credential in it replaced, fit to be shown: the parameters `api-key`, `authorization` and
 * `agent-access-token` in any case, and a user name with its password. Text that is no URL is treated alike.
 *
 * @example
 * ```ts
 * import { redactUrl } from 'voiceloop';
 *
 * console.log(redactUrl('wss://example.com/voice-live/realtime?model=gpt-4o&Api-Key=s3cret'));
 * // wss://example.com/voice-live/realtime?model=gpt-4o&Api-Key=***
 * ```
 */
export function redactUrl(url: string): string {
  return url
    .replace(/(\/\/)[^/?#]*@/, `$1${hidden}@`)
    .replace(/([?&])([^=&#]*)=[^&#]*/g, (parameter, separator: string, name: string) =>
      isSecretName(decoded(name)) ? `${separator}${name}=${hidden}` : parameter,
    );
}

/**
 * The text with every credential in it replaced: the given ones, plain or as they look in a URL, and whatever follows the
 * name of a credential or `Bearer`.
 *
 * @param secrets what must not be shown, as from {@link secretsOf}
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  const spellings = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter((spelling) => spelling !== '')
    // A secret that begins another one must not leave the other's end behind.
    .sort((a, b) => b.length - a.length);
  const known = spellings.reduce((shown, spelling) => shown.replaceAll(spelling, hidden), text);
  return known.replace(namedSecret, `$1$2${hidden}`).replace(bearerToken, `$1${hidden}`);
}

/** Every credential that a URL and headers hold, for {@link redactText}; of `Bearer TOKEN` also the token alone. */
export function secretsOf(url: string, headers: Readonly<Record<string, string>> = {}): string[] {
  const inQuery = [...url.matchAll(/[?&]([^=&#]*)=([^&#]*)/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const values = [...inQuery, ...Object.entries(headers)]
    .filter(([name = '']) => isSecretName(decoded(name)))
    .flatMap(([, value = '']) => [value, decoded(value)]);
  const password = /\/\/[^/?#:]*:([^/?#]*)@/.exec(url)?.[1] ?? '';
  return [...values, ...values.map((value) => value.replace(/^\w+\s+/, '')), password, decoded(password)];
}

/** Percent-encoding taken off; text that is not so encoded stays. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
