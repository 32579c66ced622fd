/**
 * Whether there is something to sign in with.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { VoiceloopError } from '../../errors.ts';
import { authHeaders, type Credential } from '../../session/credentials.ts';
import { type Check, failedCheck } from './check.ts';

/** What came of signing in. */
export interface SignedIn {
  readonly check: Check;
  /** For the handshake; empty where nobody asks for any. */
  readonly headers?: Readonly<Record<string, string>>;
}

const name = 'sign-in';
/** A managed identity that is not there takes its time to say so. */
const longestMs = 60_000;

/** Makes the header that signs in: from the key, or with a token that is asked for now. Neither is told. */
export async function signIn(
  clock: Clock,
  credential: Credential | undefined,
  signal?: AbortSignal,
): Promise<SignedIn> {
  if (!credential) {
    const check: Check = { name, status: 'skipped', text: 'not needed for a server on this machine' };
    return { check, headers: {} };
  }
  const startMs = clock.now();
  try {
    const headers = await within(clock, authHeaders(credential), signal);
    const ms = Math.round(clock.now() - startMs);
    const check: Check =
      credential.kind === 'key'
        ? { name, status: 'ok', text: 'with the key' }
        : { name, status: 'ok', text: 'with an identity: a token was given', ms };
    return { check, headers };
  } catch (error) {
    signal?.throwIfAborted();
    return { check: { ...failedCheck(name, error), ms: Math.round(clock.now() - startMs) } };
  }
}

/** Nothing stops an identity once it is asked; nobody waits for it any longer then. */
async function within<T>(clock: Clock, work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const done = new AbortController();
  const stop = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
  const late = clock.sleep(longestMs, stop).then(() => {
    throw new VoiceloopError('auth', 'sign-in-timeout', `no token within ${longestMs / 1000} s`, {
      hint: 'set AZURE_VOICE_LIVE_API_KEY, or name the one source with AZURE_TOKEN_CREDENTIALS',
    });
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
