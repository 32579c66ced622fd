/**
 * What has to be put back before the process ends, however it ends.
 *
 * @module
 */
import process from 'node:process';
import { exitCodes } from '../errors.ts';

const restores = new Set<() => void>();

/**
 * Runs `restore`, which must be synchronous, when the process exits or goes down with an error that nobody caught, unless the
 * returned function is called before. (Signals that end a process at once are none of its business: see {@link runCommand}.)
 */
export function guardTerminal(restore: () => void): () => void {
  if (restores.size === 0) {
    process.on('exit', restoreAll);
    // Deno does not come to `exit` after such an error, and Bun does not end.
    process.on('uncaughtException', goDown);
    process.on('unhandledRejection', goDown);
  }
  restores.add(restore);
  return () => {
    restores.delete(restore);
    if (restores.size > 0) return;
    process.off('exit', restoreAll);
    process.off('uncaughtException', goDown);
    process.off('unhandledRejection', goDown);
  };
}

function restoreAll(): void {
  for (const restore of [...restores].reverse()) restore();
}

function goDown(error: unknown): void {
  restoreAll();
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(exitCodes.failure);
}
