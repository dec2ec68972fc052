import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LogShipper } from '../../apps/api/src/log/azure/log-shipper.ts'
import { startAzurite } from '../../apps/api/src/testing/azurite.ts'
import type { Limit } from '../row.ts'

const lines = 1_000_000
const burst = 10_000

/** A million lines of a hundred accounts through the shipper into Azurite, which is away for a while in the middle. */
export const logLines: Limit = {
  name: 'log-lines',
  work: 'a million log lines to Azurite, stopped and started again in the middle: none lost, none doubled',
  unit: 'ms',
  limitedBy: 'Azurite, which writes each block to the disk and shares the cores with the shipper.',
  mark: { atMost: 120_000 },
  async run() {
    const spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-log-'))
    const azurite = await startAzurite()
    const container = azurite.container('logs')
    const shipper = new LogShipper({ container, writer: 'bench', spillDir, pauseMaxMs: 2000, tell: () => {} })
    try {
      const start = performance.now()
      for (let from = 0; from < lines; from += burst) {
        if (from === lines / 2) await azurite.stop()
        for (let n = from; n < from + burst; n += 1) shipper.write(lineOf(n))
        await delay(5)
      }
      await azurite.start()
      while (shipper.counts.sent < lines) {
        assert.equal(shipper.counts.dropped, 0)
        await delay(50)
      }
      const took = performance.now() - start
      assert.equal(await countStored(container), lines)
      return [took]
    } finally {
      await shipper.close(100)
      await azurite.close()
      await rm(spillDir, { recursive: true, force: true })
    }
  },
}

function lineOf(n: number): string {
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
