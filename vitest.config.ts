import { defineConfig } from 'vitest/config'

const tests = (...folders: readonly string[]) => folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`)

/** Two projects, so that a test of a pure package does not wait for Postgres. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          include: tests(
            'packages/contracts/src',
            'packages/strategies/src',
            'packages/kite/src',
            'apps/kite-sim/src',
            'apps/web/src',
            'scripts',
          ),
        },
      },
      {
        extends: true,
        test: {
          name: 'database',
          include: tests('packages/data/src', 'packages/engine/src', 'apps/api/src', 'bench'),
          globalSetup: ['packages/data/src/testing/global-setup.ts'],
        },
      },
    ],
  },
})
