import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakeAzure } from '../../testing/fake-azure.ts'
import { startServerProcess } from '../../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
let folder: string
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-container-'))
})
afterAll(async () => {
  await sim.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const nameAdvice = 'check AZURE_BLOB_CONTAINER_NAME.'

describe.concurrent('a server whose container', () => {
  it.each([
    ['has a name that Azure refuses', { status: 400, code: 'InvalidResourceName' }, nameAdvice],
    ['is neither there nor can be made', { status: 404, code: 'ResourceNotFound' }, nameAdvice],
    ['is being deleted', { status: 409, code: 'ContainerBeingDeleted' }, 'locked or being deleted.'],
  ])(
    '%s starts and serves two accounts, says what to look at while it runs, and keeps its log on disk',
    { timeout: 60_000 },
    async (_, refusal, advice) => {
      const dataDir = join(folder, String(refusal.status))
      const azure = await startFakeAzure(refusal)
      const server = await startServerProcess(sim, {
        DATABASE_URL: database.url,
        DATA_DIR: dataDir,
        ENGINE: 'off',
        ...azure.settings,
      })
      try {
        expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
        const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
        // It may be one folder's fault only, for as long as a few tries take.
        const said = /"msg":"Azure does not take the log; it is kept and sent later\. (.+)"/
        await vi.waitFor(() => expect(said.exec(server.output())?.[1]).toContain(advice), {
          timeout: 45_000,
          interval: 100,
        })
        for (const cookie of cookies) {
          expect((await server.call(cookie, 'GET', '/api/session')).status).toBe(200)
        }
        expect(server.isRunning()).toBe(true)
      } finally {
        expect(await server.stop()).toBe(0)
        await azure.close()
      }
      expect(azure.lines).toEqual([])
      expect(await readdir(join(dataDir, 'log-spill'))).toHaveLength(1)
      expect(server.output()).not.toContain(azure.settings.AZURE_BLOB_STORAGE_KEY)
    },
  )
})
