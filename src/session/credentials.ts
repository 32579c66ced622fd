/**
 * Who signs in: a key, or an identity of Microsoft Entra that gives a fresh token for each dial.
 *
 * @module
 */
import { VoiceloopError } from '../errors.ts';

/** What proves who is calling. */
export type Credential =
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'entra';
      /** A token that is valid now. */
      getToken(): Promise<string>;
    };

const signInHint = 'set AZURE_VOICE_LIVE_API_KEY or run: az login';

/**
 * The identity that the machine is signed in with: environment variables, workload or managed identity, the Azure CLI and
 * what else `DefaultAzureCredential` of `@azure/identity` tries. That package is loaded at the first token.
 *
 * @param scope what the token is for; default `https://ai.azure.com/.default`
 *
 * @example
 * ```ts
 * import { type Credential, entraCredential } from 'voiceloop';
 *
 * const key = process.env['AZURE_VOICE_LIVE_API_KEY'];
 * const credential: Credential = key ? { kind: 'key', key } : entraCredential();
 * console.log(credential.kind);
 * ```
 */
export function entraCredential(scope = 'https://ai.azure.com/.default'): Credential {
  let identity: Promise<{ getToken(scope: string): Promise<{ token: string } | null> }> | undefined;
  return {
    kind: 'entra',
    async getToken() {
      try {
        identity ??= import('@azure/identity').then((module) => new module.DefaultAzureCredential());
        const token = await (await identity).getToken(scope);
        if (token) return token.token;
      } catch (error) {
        throw signInFailed(error);
      }
      throw signInFailed(undefined);
    },
  };
}

/**
 * The header that carries the credential in the handshake. A credential never goes into the address, where proxies and
 * logs would keep it.
 *
 * @throws {VoiceloopError} `key-invalid` for a key that no header can carry, `sign-in-failed` where no token was given
 */
export async function authHeaders(credential: Credential): Promise<Record<string, string>> {
  if (credential.kind === 'key') {
    checkKey(credential.key);
    return { 'api-key': credential.key };
  }
  return { Authorization: `Bearer ${await credential.getToken()}` };
}

function checkKey(key: string): void {
  const wrongAt = key.search(/[^\x21-\x7e]/);
  if (key !== '' && wrongAt < 0) return;
  const reason =
    key === ''
      ? 'it is empty'
      : `its character ${wrongAt + 1} of ${key.length} is a space, a line break or another that no key has`;
  throw new VoiceloopError('usage', 'key-invalid', 'the key cannot be sent', {
    reason,
    hint: 'copy the key again, without line breaks',
  });
}

function signInFailed(error: unknown): VoiceloopError {
  return new VoiceloopError('auth', 'sign-in-failed', 'cannot sign in without a key', {
    reason: signInReason(error),
    hint: signInHint,
    cause: error,
  });
}

/** What tells the sources apart in the messages of `@azure/identity`, whose error names them nowhere else. */
const sources: readonly (readonly [RegExp, string])[] = [
  [/EnvironmentCredential/, 'environment variables'],
  [/WorkloadIdentityCredential/, 'workload identity'],
  [/ManagedIdentityCredential/, 'managed identity'],
  [/Visual Studio Code/, 'VS Code'],
  [/Azure CLI|'az login'/, 'Azure CLI'],
  [/PowerShell/, 'Azure PowerShell'],
  [/Azure Developer CLI/, 'Azure Developer CLI'],
];

function signInReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no source of a token is set up';
  const lines = error.message.split('\n');
  if (error.name !== 'AggregateAuthenticationError') return (lines[0] ?? '').slice(0, 200);
  const tried = sources.filter(([pattern]) => pattern.test(error.message)).map(([, name]) => name);
  return `no token from ${tried.join(', ') || `any of ${lines.length - 1} sources`}`;
}
