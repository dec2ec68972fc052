import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShipperSettings } from '../../apps/api/src/log/azure/shipper-thread.ts'
import { startAzurite } from '../../apps/api/src/testing/azurite.ts'
import { startChild } from '../../scripts/child.ts'
import type { Limit } from '../row.ts'

export const lines = 1_000_000

/** A million lines of a hundred accounts through the shipper into Azurite, which is away for a while in the middle. */
export const logLines: Limit = {
  name: 'log-lines',
  work: 'a million log lines of 100 accounts, 25,000 a second, to Azurite, which is stopped in the middle and started at the end, until it has them all: none lost, none doubled',
  unit: 'ms',
  mark: { atMost: 90_000 },
  limitedBy:
    'Azurite, which shares the machine’s cores: it takes the half that was written while it was away, from the disk, as fast as it can.',
  run: async () => [(await shipMillion()).ms],
}

/** The same: what the process that writes them takes of the memory. */
export const logLinesMemory: Limit = {
  name: 'log-lines-memory',
  work: 'the same: the most memory that the process took which wrote and sent them, the program itself included',
  unit: 'MiB',
  mark: { atMost: 256 },
  limitedBy:
    'What waits in memory while Azure is away, eight mebibytes before and as many after the disk, and what V8 leaves uncollected of so many lines.',
  run: async () => [(await shipMillion()).peakMib],
}

interface Shipped {
  readonly ms: number
  readonly peakMib: number
}

async function shipMillion(): Promise<Shipped> {
  const spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-log-'))
  const azurite = await startAzurite()
  const { account: accountName, key: storageKey, endpoint } = azurite
  const azure = { accountName, storageKey, endpoint, containerName: 'logs' }
  const settings: ShipperSettings = { azure, writer: 'bench', spillDir }
  const begun = performance.now()
  const half = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const counted = Promise.withResolvers<string>()
  const writer = startChild({
    name: 'log-writer',
    file: fileURLToPath(new URL('log-writer.ts', import.meta.url)),
    args: [JSON.stringify(settings)],
    onLine: (line) => {
      if (line === 'half') half.resolve()
      if (line === 'written') written.resolve()
      if (line.startsWith('{')) counted.resolve(line)
    },
  })
  writer.ready.catch((error: unknown) => [half, written, counted].forEach(({ reject }) => reject(error)))
  try {
    await half.promise
    await azurite.stop()
    await written.promise
    await azurite.start()
    const { sent, dropped, peakKib } = JSON.parse(await counted.promise)
    const ms = performance.now() - begun
    assert.deepEqual({ sent, dropped }, { sent: lines, dropped: 0 })
    assert.equal(await countStored(azurite.container('logs')), lines)
    return { ms, peakMib: peakKib / 1024 }
  } finally {
    await writer.stop()
    await azurite.close()
    await rm(spillDir, { recursive: true, force: true })
  }
}

/** As long as the line of an answer, of one of a hundred accounts. */
export function lineOf(n: number): string {
  const brokerId = `UK${String(n % 100).padStart(4, '0')}`
  return `${JSON.stringify({ level: 30, time: 1_795_000_000_000 + n, n, brokerId, route: '/api/trades', status: 200, ms: 3, msg: 'answered' })}\n`
}

/** How many different lines there are; throws when one is there twice. */
async function countStored(container: ReturnType<Awaited<ReturnType<typeof startAzurite>>['container']>) {
  const seen = new Uint8Array(lines)
  let count = 0
  for await (const { name } of container.listBlobsFlat()) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString()
    for (const line of text.split('\n')) {
      if (line === '') continue
      const { n } = JSON.parse(line) as { n: number }
      assert.equal(seen[n], 0, `line ${n} is there twice`)
      seen[n] = 1
      count += 1
    }
  }
  return count
}
