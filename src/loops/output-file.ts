/**
 * Whether a file can be written, asked before anything starts and without touching it.
 *
 * @module
 */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { VoiceloopError } from '../errors.ts';

/** @throws {VoiceloopError} `out-not-writable` */
export function checkWritable(path: string): void {
  const refuse = (reason: string, cause?: unknown) =>
    new VoiceloopError('usage', 'out-not-writable', 'the output cannot be written there', {
      where: path,
      reason,
      hint: 'name a file in a folder that exists and that you may write to',
      cause,
    });
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw refuse('it is a folder');
  try {
    accessSync(found ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
}
