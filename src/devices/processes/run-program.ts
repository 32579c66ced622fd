/**
 * Runs a program to its end, for what it prints.
 *
 * @module
 */
import type { Clock } from '../../clock.ts';
import { ChildProgram } from './child-program.ts';

/** What a program left. */
export interface ProgramOutput {
  readonly isMissing: boolean;
  /** Its exit code; null where it was ended because it took too long. */
  readonly code: number | null;
  readonly stdout: string;
  /** All lines of stderr. */
  readonly stderr: string;
}

/** A sound server that does not answer within this time does not answer. */
const patienceMs = 5000;
const mostBytes = 4_000_000;

/** Never rejects: a program that is missing or fails says so in what is given back. */
export function runProgram(clock: Clock, command: string, args: readonly string[]): Promise<ProgramOutput> {
  const ended = new Promise<ProgramOutput>((resolve) => {
    const decoder = new TextDecoder();
    let stdout = '';
    const lines: string[] = [];
    const finish = (isMissing: boolean, code: number | null) => {
      timer.cancel();
      resolve({ isMissing, code, stdout: stdout + decoder.decode(), stderr: lines.join('\n') });
    };
    const program = new ChildProgram(command, args, {
      onBytes: (bytes) => {
        if (stdout.length < mostBytes) stdout += decoder.decode(bytes, { stream: true });
      },
      onLine: (line) => lines.length < 1000 && lines.push(line) > 0,
      onEnd: ({ isMissing, code, lastWords }) => {
        if (isMissing) lines.push(...lastWords);
        finish(isMissing, code);
      },
    });
    const timer = clock.at(clock.now() + patienceMs, () => {
      program.kill();
      lines.push(`${command} did not answer within ${patienceMs / 1000} s`);
      finish(false, null);
    });
  });
  return clock.standStill(ended);
}
