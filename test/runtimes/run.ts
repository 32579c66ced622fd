/**
 * Checks types and style, then runs the whole test suite under Node, Deno and Bun, then the tests with sound devices where
 * there can be any, and adds up what passed.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingForVirtualAudio } from '../sound/virtual-audio.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const other = (name: string) => join(root, 'test/runtimes/node_modules/.bin', name);

const runtimes: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  node: [process.execPath, vitest],
  deno: [other('deno'), 'run', '-A', 'npm:vitest'],
  bun: [other('bun'), '--bun', vitest],
};

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) console.error(error.message);
  return status === 0;
}

function check(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.log(`\n── ${name}`);
  const passed = run(command, args, env);
  if (!passed) console.log(`${name} failed`);
  return passed;
}

interface Counts {
  passed: number;
  failed: number;
}

/** A suite under one runtime. A run that ends without a report counts as one failure. */
function suite(
  title: string,
  [command, ...args]: readonly [string, ...string[]],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Counts {
  const report = join(folder, `${title.replaceAll(' ', '-')}.json`);
  const arguments_ = [...args, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ok = check(title, command, arguments_, env);
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = Number(numFailedTests) || (ok ? 0 : Math.max(1, Number(numFailedTestSuites)));
    return { passed: Number(numPassedTests), failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'voiceloop-tests-'));
const counts: Counts = { passed: 0, failed: 0 };
const add = ({ passed, failed }: Counts) => {
  counts.passed += passed;
  counts.failed += failed;
};
for (const [name, tool, ...args] of [
  ['types', 'typescript/bin/tsc', '-p', '.'],
  ['style', '@biomejs/biome/bin/biome', 'check', '.'],
] as const) {
  const ok = check(name, process.execPath, [join(root, 'node_modules', tool), ...args]);
  add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
}
for (const [name, command] of Object.entries(runtimes)) add(suite(`tests under ${name}`, command, folder));
const missing = missingForVirtualAudio();
if (missing === undefined) {
  for (const [name, command] of Object.entries(runtimes))
    add(suite(`sound devices under ${name}`, command, folder, { VOICELOOP_TESTS: 'sound' }));
} else console.log(`\nthe tests with sound devices are left out: ${missing}`);
rmSync(folder, { recursive: true });
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
