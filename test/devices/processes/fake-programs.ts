/**
 * Programs for tests: shell scripts in a folder of their own.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A script named `name` that is there until the test ends; gives back its path. */
export function fakeProgram(name: string, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'voiceloop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nhere='${folder}'\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** What a script wrote to `$here/NAME`; empty if nothing yet. */
export function fileBeside(program: string, name: string): string {
  try {
    return readFileSync(join(program, '..', name), 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process runs; one that is dead and not yet fetched by its parent does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

/** A `pactl` that knows one loudspeaker and one microphone. */
export const pactlScript = `
case "$*" in
  *info) echo '{"server_name":"fake","server_version":"1","default_sink_name":"speaker","default_source_name":"mic"}' ;;
  *sinks) echo '[{"name":"speaker","description":"Speaker","sample_specification":"s16le 2ch 48000Hz"}]' ;;
  *sources) echo '[{"name":"mic","description":"Mic","sample_specification":"s16le 1ch 16000Hz"}]' ;;
esac`;

/** A program that answers `--version` and then does as the script says. */
export function answering(script: string): string {
  return `[ "$1" = --version ] && exit 0\necho $$ >>"$here/pids"\n${script}`;
}
