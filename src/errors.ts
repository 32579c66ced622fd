/**
 * What goes wrong, in words for the person at the terminal: what, where, the cause, and one next step.
 *
 * @module
 */
import leven from 'leven';

/** What a failure is about; every kind has one exit code. */
export type ErrorKind = 'failure' | 'usage' | 'input' | 'auth' | 'service' | 'device' | 'interrupted';

/** The exit code of the command line for each kind of failure. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  failure: 1,
  usage: 2,
  input: 3,
  auth: 4,
  service: 5,
  device: 6,
  interrupted: 130,
};

/** The parts of an error that are shown apart from its sentence. */
export interface ErrorDetails {
  /** Where it happened: a file with its place, an endpoint, a flag. */
  readonly where?: string;
  /** Why, as far as it is known. */
  readonly reason?: string;
  /** One thing to do next. */
  readonly hint?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * An error that is meant for the user. `code` is stable and made of words (`wav-not-found`), `kind` decides the exit code.
 *
 * @example
 * ```ts
 * import { VoiceloopError, exitCodes } from 'voiceloop';
 *
 * const error = new VoiceloopError('input', 'wav-empty', 'the WAV file is empty', { where: 'a.wav' });
 * console.log(error.code, exitCodes[error.kind]); // wav-empty 3
 * ```
 */
export class VoiceloopError extends Error {
  override readonly name = 'VoiceloopError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly where: string | undefined;
  readonly reason: string | undefined;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.code = code;
    this.where = details.where;
    this.reason = details.reason;
    this.hint = details.hint;
  }
}

/** What a thrown thing says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same, with the reason behind it where there is one. */
export function messageWithReason(error: unknown): string {
  const reason = error instanceof VoiceloopError ? error.reason : undefined;
  return reason ? `${messageOf(error)} (${reason})` : messageOf(error);
}

/** The hint for a name that does not exist: the nearest one that does, unless none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, distance: leven(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
    .toSorted((a, b) => a.distance - b.distance);
  return nearest && `did you mean ${nearest.candidate}?`;
}
