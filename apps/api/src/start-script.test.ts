import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { freePorts } from '../../../scripts/ports.ts'
import { buildTinyWeb } from './isolation/tiny-web.ts'

const script = fileURLToPath(new URL('../../../scripts/start.js', import.meta.url))

let database: TestDatabase
let web: Awaited<ReturnType<typeof buildTinyWeb>>
/** Where the server is started, so that its files are of the test's own. */
let folder: string
beforeAll(async () => {
  ;[database, web] = await Promise.all([createTestDatabase(), buildTinyWeb()])
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-start-'))
})
afterAll(async () => {
  await Promise.all([database.drop(), web.remove()])
  await rm(folder, { recursive: true, force: true })
})

it('pnpm start runs production with a database and a secret alone, and ends with 0 on SIGTERM', async () => {
  const [port = 0] = await freePorts(1)
  // As an operator's service manager starts it: without a channel to a parent, and without NODE_ENV.
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      SESSION_SECRET: randomBytes(32).toString('hex'),
      PORT: String(port),
      WEB_DIR: web.dir,
    },
  })
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (output += String(text)))
  const ended = once(child, 'close')
  try {
    await vi.waitFor(() => expect(output).toContain('"msg":"ready"'), { timeout: 15_000 })
    const ready = await fetch(`http://localhost:${port}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })])
    const page = await fetch(`http://localhost:${port}`)
    expect(await page.text()).toContain('Stratdesk')
    // Only said in production.
    expect(output).toContain('ALLOWED_BROKER_IDS is empty: everybody')
  } finally {
    child.kill('SIGTERM')
  }
  expect(await ended).toEqual([0, null])
  expect(output).toContain('"signal":"SIGTERM","msg":"stopping"')
  expect(output).not.toMatch(/"level":(50|60)/)
}, 40_000)
