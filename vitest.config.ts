import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// Sound plays in real time, which a busy machine disturbs: its tests run apart from all others.
const isSound = process.env['VOICELOOP_TESTS'] === 'sound';

export default defineConfig({
  test: {
    include: [isSound ? 'test/sound/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(isSound ? [] : ['test/sound/**'])],
    // Child processes need more of node:child_process than Bun has, worker threads more of node:worker_threads than Deno.
    pool: process.versions.bun ? 'threads' : 'forks',
    // More than there are cores on a small machine: many tests wait for sockets, processes and devices.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: isSound ? 60_000 : 30_000,
    // A machine that stands still for a moment loses sound, and no program can help it.
    retry: isSound ? 1 : 0,
  },
});
