import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { filesUnder, importsOf, read } from '../support/source-tree.ts';

const deno = fileURLToPath(new URL('../runtimes/node_modules/.bin/deno', import.meta.url));

test('the kernels need nothing but JavaScript and WebAssembly, so that they load in a browser as well', () => {
  const madeWithNode = /^wasm\/(build|design-filters)\.ts$/;
  const files = filesUnder('wasm').filter((path) => /\.ts$/.test(path) && !/\/assembly\//.test(path));
  const foreign = files
    .filter((path) => !madeWithNode.test(path))
    .flatMap((path) => importsOf(path, read(path)))
    .filter(({ to }) => !to.startsWith('wasm/'));
  expect(files.length).toBeGreaterThan(15);
  expect(foreign).toEqual([]);
  const loader = read('wasm/loader/kernel-module.ts');
  expect(loader).not.toMatch(/\b(Buffer|process)\.|\b(require|fetch)\(/);
});

test.skipIf(!existsSync(deno))('they load in Deno without any permission', async () => {
  const openConverter = new URL('../../wasm/open-converter.ts', import.meta.url).href;
  const script = `
    import { openConverter } from ${JSON.stringify(openConverter)};
    console.log(openConverter(48_000, 24_000, 1, 'std').convert(new Float32Array(960), 0, 960).length);
  `;
  const running = promisify(execFile)(deno, ['run', '--no-prompt', '--no-config', '-']);
  running.child.stdin?.end(script);
  expect((await running).stdout.trim()).toBe('480');
});
