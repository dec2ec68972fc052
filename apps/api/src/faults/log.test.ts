import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AzureMood, startFakeAzure } from '../testing/fake-azure.ts'
import { startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
})
afterAll(async () => {
  await sim.close()
  await database.drop()
})

const dataDirs: string[] = []
afterAll(async () => {
  for (const dir of dataDirs) await rm(dir, { recursive: true, force: true })
})

/** A folder for a server's files; `isFull` puts a file where its log would be kept, so that nothing can be written there. */
async function openDataDir({ isFull }: { readonly isFull: boolean }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'stratdesk-faults-'))
  dataDirs.push(dir)
  if (isFull) await writeFile(join(dir, 'log-spill'), '')
  return dir
}

/** Starts a server that ships its log, works with it as two accounts, and stops it; answers what was seen. */
async function serveAndStop(mood: AzureMood, dataDir: string) {
  const azure = await startFakeAzure(mood)
  const server = await startServerProcess(sim, {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    ENGINE: 'off',
    ...azure.settings,
  })
  await vi.waitFor(() => expect(azure.asked).toBeGreaterThan(0), { timeout: 10_000 })
  const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
  const slowest = { ms: 0 }
  for (let count = 0; count < 100; count += 1) {
    const began = performance.now()
    const answer = await server.call(cookies[count % 2] ?? '', 'GET', '/api/runs')
    await answer.text()
    expect(answer.status).toBe(200)
    slowest.ms = Math.max(slowest.ms, performance.now() - began)
  }
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  const began = performance.now()
  const exitCode = await server.stop()
  const stopMs = performance.now() - began
  await azure.close()
  const said = server.output().split('\n').filter(Boolean)
  return { taken: azure.lines, said, exitCode, stopMs, slowestMs: slowest.ms }
}

/** The log lines on disk, each behind the folder that it belongs to. */
async function spilled(dataDir: string): Promise<readonly string[]> {
  const folder = join(dataDir, 'log-spill')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => line.slice(line.indexOf(' ') + 1))
}

/** What the shipper says of itself goes nowhere but to standard output. */
const shipped = (said: readonly string[]) =>
  said.filter((line) => !/Azure does not take the log|log lines were dropped/.test(line))

describe.concurrent.each(['is busy', 'hangs'] as const)('a server whose blob storage %s', (mood) => {
  it('serves as ever, ends in time with exit code 0, and leaves every line on disk', async () => {
    const dataDir = await openDataDir({ isFull: false })
    const seen = await serveAndStop(mood, dataDir)
    expect([seen.exitCode, seen.taken, seen.stopMs < 8000]).toEqual([0, [], true])
    // Not a word about Azure is waited for; a storage call takes ten seconds to be given up.
    expect(seen.slowestMs).toBeLessThan(2500)
    expect((await spilled(dataDir)).toSorted()).toEqual(shipped(seen.said).toSorted())
    expect(seen.said.filter((line) => line.includes('Azure does not take the log'))).toHaveLength(1)
  }, 40_000)

  it('and whose disk takes nothing either serves as ever, ends in time, and says how many lines were dropped', async () => {
    const seen = await serveAndStop(mood, await openDataDir({ isFull: true }))
    expect([seen.exitCode, seen.taken, seen.stopMs < 8000]).toEqual([0, [], true])
    expect(seen.slowestMs).toBeLessThan(2500)
    const dropped = /"dropped":(\d+),"msg":"log lines were dropped/.exec(seen.said.join('\n'))?.[1]
    expect(Number(dropped)).toBe(shipped(seen.said).length)
  }, 40_000)
})
