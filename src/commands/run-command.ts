/**
 * Running a command: interruption by the user, errors, exit codes.
 *
 * @module
 */
import { exitCodes, VoiceloopError } from '../errors.ts';
import { errorJson, errorText, exitCodeOf } from './error-text.ts';
import { Output } from './output.ts';

/** What a command is given besides its own flags. */
export interface CommandContext {
  readonly output: Output;
  /** Aborted by the first Ctrl+C: leave in order, with whole files. */
  readonly signal: AbortSignal;
}

/** The flags that decide how a failure is shown; read before the flags are checked. */
interface RawFlags {
  readonly json?: unknown;
  readonly quiet?: unknown;
  readonly verbose?: unknown;
  readonly debug?: unknown;
  readonly color?: unknown;
}

/**
 * Runs a command to its end and sets the exit code. The first Ctrl+C aborts the signal, the second one ends the process at
 * once. A reader that closes the pipe is no failure.
 */
export async function runCommand(
  flags: RawFlags,
  command: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const output = new Output({
    json: flags.json === true,
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
    color: flags.color !== false,
  });
  const abort = new AbortController();
  const interrupt = () => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    abort.abort(new VoiceloopError('interrupted', 'interrupted', 'interrupted'));
  };
  const closed = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.stdout.on('error', closed);
  try {
    await command({ output, signal: abort.signal });
  } catch (error) {
    reportFailure(error, output, flags.debug === true);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Shows what went wrong and sets the exit code. */
export function reportFailure(error: unknown, output: Output, debug: boolean): void {
  process.exitCode = exitCodeOf(error);
  if (output.json) output.result(JSON.stringify(errorJson(error)));
  if (process.exitCode !== exitCodes.interrupted || output.verbose) output.error(errorText(error, output));
  if (debug && error instanceof Error) output.error(error.stack ?? '');
}
