import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { mutate } from './mutation-plugin.ts'

/** Runs proofs on sources with a hole: MUTATION holds the edits, as JSON. */
export default defineConfig({
  root: fileURLToPath(new URL('../../../..', import.meta.url)),
  plugins: [mutate(JSON.parse(process.env['MUTATION'] ?? '[]'))],
  test: {
    include: ['{packages/data,apps/api}/src/**/*.test.ts'],
    globalSetup: ['packages/data/src/testing/global-setup.ts'],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
