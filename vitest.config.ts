import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The default, child processes, needs more of node:child_process than Bun has.
    pool: 'threads',
    testTimeout: 30_000,
  },
});
