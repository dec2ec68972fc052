import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ShipperSettings } from '../../apps/api/src/log/azure/shipper-thread.ts'
import { startAzurite } from '../../apps/api/src/testing/azurite.ts'
import { startChild } from '../../scripts/child.ts'
import type { Limit } from '../row.ts'
import { lines } from './answer-lines.ts'

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
    'Node, and V8 once more for the thread with the Azure SDK; the space V8 gives the writer’s lines; what waits while Azure is away, eight mebibytes before the disk and as many on their way to it, and the requests under way.',
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
