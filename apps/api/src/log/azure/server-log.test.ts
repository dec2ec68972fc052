import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { startServerProcess } from '../../testing/server-process.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
let database: TestDatabase
let sim: RunningKiteSim
let dataDir: string
beforeAll(async () => {
  ;[azurite, database, sim] = await Promise.all([startAzurite(), createTestDatabase(), startKiteSim()])
  dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-log-'))
})
afterAll(async () => {
  await Promise.all([azurite.close(), sim.close(), database.drop()])
  await rm(dataDir, { recursive: true, force: true })
})

const settings = () => ({
  DATABASE_URL: database.url,
  DATA_DIR: dataDir,
  AZURE_BLOB_ACCOUNT_NAME: azurite.account,
  AZURE_BLOB_CONTAINER_NAME: 'desk-logs',
  AZURE_BLOB_STORAGE_KEY: azurite.key,
  AZURE_BLOB_ENDPOINT: azurite.endpoint,
})

async function blobs(): Promise<Record<string, string>> {
  const container = azurite.container('desk-logs')
  const found: Record<string, string> = {}
  for await (const { name } of container.listBlobsFlat()) {
    found[name] = (await container.getBlobClient(name).downloadToBuffer()).toString()
  }
  return found
}

it('a server’s log is in Azure when it has ended, each account’s lines in its own folder, and nothing secret', async () => {
  const server = await startServerProcess(sim, settings())
  const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
  for (const cookie of cookies) await server.call(cookie, 'DELETE', '/api/session')
  await server.stop()

  const found = await blobs()
  const folders = new Set(Object.keys(found).map((name) => name.split('/')[0]))
  expect(folders).toEqual(new Set(['UK1234', 'UK9394', '_system']))
  const local = server.output().split('\n').filter(Boolean)
  const shipped = Object.values(found).flatMap((text) => text.split('\n').filter(Boolean))
  expect(shipped.toSorted()).toEqual(local.toSorted())
  expect(local.slice(-5).join('\n')).toContain('"msg":"stopping"')
  for (const id of ['UK1234', 'UK9394']) {
    const own = Object.entries(found).find(([name]) => name.startsWith(`${id}/`))?.[1] ?? ''
    expect(own).toContain(`"brokerId":"${id}"`)
    expect(own).not.toContain(id === 'UK1234' ? 'UK9394' : 'UK1234')
  }
  for (const secret of [...cookies.map((cookie) => cookie.split('=')[1]), azurite.key, 'demo-secret']) {
    expect(shipped.join('\n')).not.toContain(secret)
  }
})

it('a server whose key is refused starts and serves, and says what to look at', async () => {
  const wrong = Buffer.from('another key').toString('base64')
  const server = await startServerProcess(sim, { ...settings(), AZURE_BLOB_STORAGE_KEY: wrong })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  const advice = 'check that the key belongs to AZURE_BLOB_ACCOUNT_NAME'
  await vi.waitFor(() => expect(server.output()).toContain(advice), { timeout: 10_000 })
  expect(server.isRunning()).toBe(true)
  await server.stop()
})
