import { configDefaults, defineConfig } from 'vitest/config';

// Sound plays in real time, which a busy machine disturbs: its tests run apart from all others.
const isSound = process.env['VOICELOOP_TESTS'] === 'sound';

export default defineConfig({
  test: {
    include: [isSound ? 'test/sound/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(isSound ? [] : ['test/sound/**'])],
    // Child processes need more of node:child_process than Bun has, worker threads more of node:worker_threads than Deno.
    ...(isSound && { maxWorkers: 3 }),
    pool: process.versions.bun ? 'threads' : 'forks',
    testTimeout: isSound ? 60_000 : 30_000,
  },
});
