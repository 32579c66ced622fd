/**
 * An error as the person at the terminal, or the program behind the pipe, sees it.
 *
 * @module
 */
import { type ErrorKind, exitCodes, messageOf, VoiceloopError } from '../errors.ts';
import { type Output, printable } from './output.ts';

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): number {
  return exitCodes[kindOf(error)];
}

/** What, where, the cause, and one next step, the most useful line last. */
export function errorText(error: unknown, output: Output): string {
  const lines = [`${output.style('red', 'error:')} ${printable(messageOf(error))}`];
  if (error instanceof VoiceloopError) {
    if (error.where) lines.push(`  where  ${printable(error.where)}`);
    if (error.reason) lines.push(`  cause  ${printable(error.reason)}`);
    if (error.hint) lines.push(`  try    ${printable(error.hint)}`);
  } else {
    lines.push('  try    the same command with --debug, and report what it prints');
  }
  return lines.join('\n');
}

/** The same as an object, for `--json`. */
export function errorJson(error: unknown): object {
  const details =
    error instanceof VoiceloopError
      ? { code: error.code, where: error.where, reason: error.reason, hint: error.hint }
      : { code: 'unexpected' };
  return { schema: 'voiceloop.error/1', message: messageOf(error), exitCode: exitCodeOf(error), ...details };
}

function kindOf(error: unknown): ErrorKind {
  return error instanceof VoiceloopError ? error.kind : 'failure';
}
