/**
 * Whether a file can be written, asked before anything starts and without touching it.
 *
 * @module
 */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf, VoiceloopError } from '../errors.ts';

/** @throws {VoiceloopError} `out-not-writable` */
export function checkWritable(path: string): void {
  const refuse = (reason: string, cause?: unknown) =>
    new VoiceloopError('usage', 'out-not-writable', 'the output cannot be written there', {
      where: path,
      reason,
      hint: 'name a file in a folder that exists and that you may write to',
      cause,
    });
  const found = statsOf(path);
  if (found?.isDirectory() || /[\\/]$/.test(path)) throw refuse('it is a folder');
  const folder = dirname(path);
  if (!found && !statsOf(folder)?.isDirectory()) throw refuse(`there is no folder ${folder}`);
  try {
    accessSync(found ? path : folder, constants.W_OK);
  } catch (error) {
    throw refuse(messageOf(error), error);
  }
}

/** Whether two paths lead to one file, by whatever links. */
export function isSameFile(a: string, b: string): boolean {
  if (resolve(a) === resolve(b)) return true;
  const first = statsOf(a);
  const second = statsOf(b);
  // Without inodes, as on some file systems, every one is 0.
  return !!first?.ino && first.ino === second?.ino && first.dev === second.dev;
}

/** Undefined for whatever cannot be looked at. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
