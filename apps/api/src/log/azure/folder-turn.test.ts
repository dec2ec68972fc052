import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { Batches } from './batch.ts'
import { turnOf, turns } from './folder-turn.ts'
import { LogShipper } from './log-shipper.ts'

test.each([
  ['with numbers in a row', (index: number) => `UK${1000 + index}`],
  [
    'with letters before them',
    (index: number) => `${String.fromCharCode(65 + (index % 26))}B${9000 + index}`,
  ],
])('accounts %s share the turns of a day about evenly', (_, brokerId) => {
  const counts = Array.from({ length: turns }, () => 0)
  for (let index = 0; index < 1000; index += 1) {
    const turn = turnOf(`${brokerId(index)}/2026-11-29`)
    counts[turn] = (counts[turn] ?? 0) + 1
  }
  expect(counts).toHaveLength(turns)
  expect(Math.min(...counts)).toBeGreaterThan(60)
  expect(Math.max(...counts)).toBeLessThan(140)
})

test('every account’s lines are sent once in a period, and never those of all at the same time', async () => {
  const azurite = await startAzurite()
  onTestFinished(() => azurite.close())
  const spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-turns-'))
  onTestFinished(() => rm(spillDir, { recursive: true }))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const taken: string[][] = []
  const { take } = Batches.prototype
  const watched = vi.spyOn(Batches.prototype, 'take').mockImplementation(function (this: Batches, isWanted) {
    const batches = take.call(this, isWanted)
    taken.push(batches.map(({ folder }) => folder.slice(0, 6)))
    return batches
  })
  onTestFinished(() => {
    vi.useRealTimers()
    watched.mockRestore()
  })
  const [container, everyMs] = [azurite.container('turns'), 2000]
  const shipper = new LogShipper({ container, writer: 'log', spillDir, everyMs, tell: () => {} })
  const brokers = Array.from({ length: 20 }, (_, index) => `UK${1000 + index}`)

  /** Whose lines are taken in each turn of a period, before which each account has written one. */
  const period = () => {
    for (const brokerId of brokers) shipper.write(`${JSON.stringify({ brokerId })}\n`)
    vi.advanceTimersByTime(everyMs)
    return taken.splice(0)
  }
  const first = period()
  expect(first).toHaveLength(turns)
  expect(first.flat().toSorted()).toEqual(brokers)
  expect(Math.max(...first.map((folders) => folders.length))).toBeLessThanOrEqual(4)
  expect(period()).toEqual(first)
  await shipper.close()
  expect(shipper.counts.sent).toBe(40)
})
