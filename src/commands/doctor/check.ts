/**
 * One line of what the doctor finds.
 *
 * @module
 */
import { type ErrorKind, exitCodes, messageOf, VoiceloopError } from '../../errors.ts';

/** `skipped` where there was nothing to check. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** What was checked, and what came of it. */
export interface Check {
  /** A word or two, the same on every run. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly text: string;
  /** How long it took, where that says something. */
  readonly ms?: number;
  /** What else there is to know, a sentence each. */
  readonly notes?: readonly string[];
  /** Why, as far as it is known. */
  readonly reason?: string;
  /** One thing to do next. */
  readonly hint?: string;
  /** As of a {@link VoiceloopError}. */
  readonly code?: string;
  /** What a failure is about; decides the exit code. */
  readonly kind?: ErrorKind;
}

/** The check that failed with what was thrown. An error that is not meant for the user is a failure like any other here. */
export function failedCheck(name: string, error: unknown): Check {
  if (!(error instanceof VoiceloopError)) {
    const text = messageOf(error);
    return { name, status: 'failed', text, code: 'unexpected', kind: 'failure' };
  }
  const { message, where, reason, hint, code, kind } = error;
  return {
    name,
    status: 'failed',
    text: where === undefined ? message : `${message} (${where})`,
    code,
    kind,
    ...(reason !== undefined && { reason }),
    ...(hint !== undefined && { hint }),
  };
}

/** 0, or what the first failure stands for. */
export function exitCodeOfChecks(checks: readonly Check[]): number {
  const first = checks.find(({ status }) => status === 'failed');
  return first ? exitCodes[first.kind ?? 'failure'] : 0;
}
