/**
 * Runs a benchmark by its name: `npm run bench -- NAME [ARGUMENTS]`.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** These are started by others. */
const parts = ['run', 'mock-sessions-server'];
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !parts.includes(name));
const [name = 'virtual-speed'] = process.argv.splice(2, 1);
const script = new URL(`${name}.ts`, import.meta.url);
if (names.includes(name) && existsSync(fileURLToPath(script))) {
  try {
    await import(script.href);
  } catch (error) {
    if (!isWrongUse(error)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 2;
  }
} else {
  console.error(`error: there is no benchmark called "${name}"\n  try    one of ${names.join(', ')}`);
  process.exitCode = 2;
}

/** A flag that does not exist, or a file that cannot be read: no benchmark is to blame. */
function isWrongUse(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('ERR_PARSE_ARGS_') || ['ENOENT', 'EISDIR', 'EACCES'].includes(code);
}
