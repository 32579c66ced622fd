import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Child processes need more of node:child_process than Bun has, worker threads more of node:worker_threads than Deno.
    pool: process.versions.bun ? 'threads' : 'forks',
    testTimeout: 30_000,
  },
});
