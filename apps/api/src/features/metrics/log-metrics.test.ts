import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@stratdesk/data/testing'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { ShipperThread } from '../../log/azure/shipper-thread.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { startAzurite } from '../../testing/azurite.ts'
import { startTestServer } from '../../testing/server.ts'
import { startServerProcess } from '../../testing/server-process.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
let dataDir: string
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-log-metrics-'))
})
afterEach(async () => {
  azurite.resume()
  await rm(dataDir, { recursive: true, force: true })
})

/** What `/metrics` says of the log, by the names behind `stratdesk_log_`. */
const logNumbers = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/^stratdesk_log_(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  )
/** What the shipper says of itself goes nowhere but to standard output. */
const isShipped = (line: string) => line !== '' && !/Azure does not take|Azure takes|were dropped/.test(line)

it('a server whose Azure hangs tells how much log waits, and when it answers again that all of it was sent', async () => {
  const [database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  azurite.pause()
  const server = await startServerProcess(sim, {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ENGINE: 'off',
    AZURE_BLOB_ACCOUNT_NAME: azurite.account,
    AZURE_BLOB_CONTAINER_NAME: 'desk-logs',
    AZURE_BLOB_STORAGE_KEY: azurite.key,
    AZURE_BLOB_ENDPOINT: azurite.endpoint,
  })
  const read = async () => logNumbers(await (await fetch(`${server.url}/metrics`)).text())
  const shipped = () => server.output().split('\n').filter(isShipped)
  try {
    for (const id of ['UK9394', 'UK1234']) {
      expect((await server.call(await server.signIn(id), 'POST', '/api/runs', {})).status).toBe(400)
      await vi.waitFor(() => expect(server.output()).toContain(`"brokerId":"${id}"`))
    }
    const none = { dropped_lines_total: 0, thread_restarts_total: 0 }
    const isToldAs = (queued_bytes: number, sent_lines_total: number) =>
      vi.waitFor(async () => expect(await read()).toEqual({ ...none, queued_bytes, sent_lines_total }), {
        timeout: 30_000,
        interval: 100,
      })
    await isToldAs(Buffer.byteLength(`${shipped().join('\n')}\n`), 0)
    azurite.resume()
    await isToldAs(0, shipped().length)
  } finally {
    await server.stop()
    await sim.close()
    await database.drop()
  }
}, 60_000)

it('lines that neither Azure nor the disk takes are counted as dropped, and stay so when Azure answers again', async () => {
  azurite.pause()
  // A file where the folder would be, so that nothing can be kept on disk.
  const spillDir = join(dataDir, 'log-spill')
  await writeFile(spillDir, '')
  const { account: accountName, key: storageKey, endpoint } = azurite
  const azure = { accountName, storageKey, endpoint, containerName: 'dropped-logs' }
  const shipper = new ShipperThread({ azure, writer: 'desk-1', spillDir }, () => {})
  const metrics = new Metrics()
  metrics.watchLog(shipper)
  const server = await startTestServer({ metrics })
  const read = async () => logNumbers((await server.app.inject('/metrics')).body)
  try {
    // More than the memory for it has room for.
    const lines = 12_000
    for (let n = 0; n < lines; n += 1) {
      shipper.write(
        `${JSON.stringify({ level: 30, brokerId: n % 2 ? 'UK9394' : 'UK1234', msg: 'x'.repeat(1000) })}\n`,
      )
    }
    await vi.waitFor(async () => expect((await read())['dropped_lines_total']).toBeGreaterThan(0), 20_000)
    expect(await read()).toMatchObject({ queued_bytes: expect.any(Number), sent_lines_total: 0 })
    expect((await read())['queued_bytes']).toBeGreaterThan(1_000_000)
    azurite.resume()
    await vi.waitFor(async () => expect((await read())['queued_bytes']).toBe(0), 30_000)
    const { dropped_lines_total: dropped = 0, sent_lines_total: sent = 0 } = await read()
    expect([dropped > 0, sent > 0, dropped + sent]).toEqual([true, true, lines])
  } finally {
    azurite.resume()
    await shipper.close()
    await server.close()
  }
}, 60_000)
