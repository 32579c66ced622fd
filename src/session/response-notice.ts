/**
 * What is worth saying about a response that did not end as it should.
 *
 * @module
 */
import type { VoiceLiveResponse } from '../protocol/events.ts';
import type { Notice } from './actions.ts';

/** The notice for a finished response; undefined for one that was completed, or cancelled on purpose. */
export function responseNotice(response: VoiceLiveResponse): Notice | undefined {
  // The service documents the details only loosely: every step is checked.
  const details: { readonly reason?: unknown; readonly error?: unknown } = response.status_details ?? {};
  if (response.status === 'incomplete') {
    const reason = textOr(details.reason, 'no reason given');
    return { level: 'warning', code: 'response-incomplete', message: `the answer was cut short: ${reason}` };
  }
  if (response.status !== 'failed') return undefined;
  const error: { readonly code?: unknown; readonly message?: unknown } =
    typeof details.error === 'object' && details.error !== null ? details.error : {};
  const reason = textOr(error.message, 'no reason given');
  return {
    level: 'error',
    code: textOr(error.code, 'response-failed'),
    message: `the service could not answer: ${reason}`,
  };
}

function textOr(value: unknown, instead: string): string {
  return typeof value === 'string' && value !== '' ? value : instead;
}
