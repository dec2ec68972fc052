import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('a server that cannot start says so by its exit code, and keeps its log on disk, also when Azure is away', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-failed-'))
  // Without the channel to a parent that `fork` makes, which would keep the process alive.
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: dataDir,
      SESSION_SECRET: 'fedcba9876543210'.repeat(2),
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
      AZURE_BLOB_ACCOUNT_NAME: 'desk1',
      AZURE_BLOB_CONTAINER_NAME: 'logs',
      AZURE_BLOB_STORAGE_KEY: 'a2V5',
      AZURE_BLOB_ENDPOINT: 'http://127.0.0.1:9/desk1',
    },
  })
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output).toContain('could not start')
  expect(await readdir(join(dataDir, 'log-spill'))).toHaveLength(1)
  await rm(dataDir, { recursive: true, force: true })
})
