import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Asked for by .ci/run, which adds up the numbers.
const report = process.env['PLUGTILL_TEST_REPORT_FILE']

export default defineConfig({
  test: {
    include: ['**/*.test.{ts,tsx}'],
    // Modules hold no state and tests mock nothing, so files may share a process: 2.5 s where isolated forks took 7.8 s
    // (18 files, 440 tests, two cores).
    globalSetup: ['tools/test-folder.ts'],
    pool: 'forks',
    isolate: false,
    // Stories wait for other processes half of their time, so there are more workers than cores.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    exclude: ['**/node_modules/**', '**/dist/**'],
    // A guard against hanging, no measure of speed: stories on PostgreSQL run here while other work has the cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
