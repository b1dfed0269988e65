import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/lab/global-setup.ts'],
    // Real containers under emulation: slow machines need patience, and nothing asserts on time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The engine is the bottleneck: more files at once only make each slower.
    maxWorkers: 2,
    ...(process.env.CI ? { reporters: ['default', 'json'], outputFile: { json: 'reports/tests.json' } } : {}),
  },
})
