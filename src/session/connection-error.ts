/**
 * Why a connection is gone, for the person at the terminal.
 *
 * @module
 */
import { type ErrorKind, VoiceloopError } from '../errors.ts';
import type { TransportClosed } from '../pipeline/transport.ts';

type Words = readonly [kind: ErrorKind, code: string, message: string, hint: string];

const ended: Words = ['service', 'session-ended', 'the service ended the session', 'start a new one'];
const failed: Words = [
  'service',
  'service-failed',
  'the service closed the connection for a failure of its own',
  'try again later',
];

/** By close code: RFC 6455, section 7.4.1, as the service uses it. */
const words: Readonly<Record<number, Words>> = {
  1000: ended,
  1001: ended,
  1006: ['service', 'connection-lost', 'the connection broke off', 'check the network, then try again'],
  1008: [
    'auth',
    'connection-refused',
    'the service refused the connection',
    'check the key or role, the model and the api-version',
  ],
  1009: ['service', 'message-too-big', 'a message was too big for the service', 'send shorter frames'],
  1011: failed,
  1012: failed,
  1013: failed,
};

const others: Words = ['service', 'connection-closed', 'the service closed the connection', 'try again'];

/** The error for a close that nobody here asked for. */
export function connectionError({ code, reason }: TransportClosed): VoiceloopError {
  const [kind, errorCode, message, hint] = words[code] ?? others;
  return new VoiceloopError(kind, errorCode, `${message} (${code})`, { ...(reason && { reason }), hint });
}
