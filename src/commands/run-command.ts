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
 * once.
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
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await command({ output, signal: abort.signal });
  } catch (error) {
    // What goes wrong while leaving is no news to somebody who wanted to leave.
    reportFailure(abort.signal.aborted ? abort.signal.reason : error, output, flags.debug === true);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    output.clearLive();
  }
  // A connection that was just being opened would keep the process until it is there.
  if (abort.signal.aborted) exitWhenWritten();
}

function exitWhenWritten(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(process.exitCode)));
}

/**
 * Ends the process when its result cannot be written any more: well where the reader closed the pipe, as a failure where the
 * disk is full. Recordings and logs are whole at any moment.
 */
export function watchOutputs(): void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`error: the result cannot be written\n  cause  ${error.message}\n`, () =>
      process.exit(exitCodes.failure),
    );
  };
  process.stdout.on('error', onError);
  // Where nobody hears the messages, the result still counts.
  process.stderr.on('error', () => {});
}

/** Shows what went wrong and sets the exit code. */
export function reportFailure(error: unknown, output: Output, debug: boolean): void {
  process.exitCode = exitCodeOf(error);
  if (output.json && !output.hasResult) output.result(JSON.stringify(errorJson(error)));
  if (process.exitCode !== exitCodes.interrupted || output.verbose) output.error(errorText(error, output));
  if (debug && error instanceof Error) output.error(error.stack ?? '');
}
