import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildKernels } from '../../wasm/build.ts';

test('the kernels in the repository are what their sources compile to', async () => {
  const kept = await readFile(new URL('../../wasm/kernels.ts', import.meta.url), 'utf8');
  expect(await buildKernels()).toBe(kept);
});
