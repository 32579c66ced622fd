/**
 * Runs the modules named as arguments, one after the other, and notes in a file what each prints and whether it fails.
 *
 * @module
 */
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const [results = '', ...files] = process.argv.slice(2);
for (const file of files) {
  const printed: string[] = [];
  console.log = (...values: unknown[]) => {
    printed.push(...format(...values).split('\n'));
  };
  const error = await import(pathToFileURL(file).href).then(
    () => undefined,
    (thrown) => (thrown instanceof Error ? thrown.stack : String(thrown)),
  );
  appendFileSync(results, `${JSON.stringify({ printed, error })}\n`);
}
process.exit();
