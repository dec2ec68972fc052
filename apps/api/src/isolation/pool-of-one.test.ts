import { afterEach, beforeEach, expect, test } from 'vitest'
import { killedTurns, openPoolOfOne, type PoolOfOne, seenBy, turns } from './pool-of-one.ts'

/** A hole in the wall shows at once, so whoever looks for one need not wait for all of them. */
const alternations = process.env['PROVE_HASTY'] ? 100 : process.env['PROVE_LONG'] ? 10_000 : 1000

let pool: PoolOfOne
beforeEach(async () => {
  pool = await openPoolOfOne()
})
afterEach(() => pool.close())

const endings = [
  ['are committed, thrown out of and broken by a statement', turns, 2],
  ['die with their connection', killedTurns, 0],
] as const

test.for(endings)(
  `S40 on the only connection, ${alternations} transactions that %s leave nothing of one account to another`,
  { timeout: 60_000 + alternations * 100 },
  async ([, ending, committing], { task }) => {
    const ways = Object.entries(ending)
    const entries = { UK9394: 0, UK1234: 0 }
    for (let turn = 0; turn < alternations; turn++) {
      const [acting, waiting] = turn % 2 === 0 ? [pool.one, pool.other] : [pool.other, pool.one]
      const [way, take] = ways[Math.floor(turn / 2) % ways.length] ?? []
      if (!take) continue
      if (await take(acting, pool)) entries[acting.brokerId === 'UK9394' ? 'UK9394' : 'UK1234'] += 1
      // What one account did is in the other's turn to see: the other looks, and a query without any account.
      expect([way, await pool.seenByNobody()]).toEqual([way, []])
      const id = waiting.brokerId === 'UK9394' ? 'UK9394' : 'UK1234'
      const seen = { owners: [id], names: [`Run of ${id}`, id], entries: entries[id] }
      expect([way, await seenBy(waiting)]).toEqual([way, seen])
      expect(pool.totalCount).toBe(1)
    }
    const ofEach = Array.from({ length: alternations / 2 }, (_, turn) => turn % ways.length)
    const committed = ofEach.filter((way) => way < committing).length
    expect(entries).toEqual({ UK9394: committed, UK1234: committed })
    task.meta.cases = alternations
  },
)
