import assert from 'node:assert/strict'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { createPool } from '@stratdesk/data/pool'
import { createScope } from '@stratdesk/data/scope'
import type pg from 'pg'
import { openUnprotected } from '../peers/named-query.ts'
import { closedLoop, measurePairs } from '../pairs.ts'
import type { Row } from '../row.ts'
import { brokerIds, seedTrades } from '../seed.ts'

const brokers = 20
const poolSize = 10

/** The newest trades of a broker, as a room asks for them. */
function newestTrades(pool: pg.Pool, brokerId: string) {
  return createScope(pool, mintBrokerId(brokerId))
    .read('trades')
    .selectFrom('trades')
    .select(['id', 'run_id', 'instrument', 'side', 'quantity', 'entry_price', 'exit_price'])
    .select(['entry_at', 'exit_at', 'gross', 'charges', 'net', 'entry_reason', 'exit_reason'])
    .orderBy('exit_at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
}

const written = (row: unknown) => JSON.stringify(row)

/** Row 3: a broker's scope with row security on, against the same text as a named statement of a superuser. */
export const tenantQuery: Row = {
  name: '3',
  work: 'tenant query (scope and row security), 50 rows',
  against: 'the same text as a named `pg` query, no row security',
  unit: 'queries/s',
  limitedBy:
    'The reading of fifty rows in Node and Postgres’s own work for them. Setting the broker costs no round trip, and the policy is the same condition as the scope’s.',
  mark: { atLeast: 0.95 },
  async run({ databaseUrl, rounds, seconds }) {
    await seedTrades(databaseUrl, { brokers, trades: 1000 })
    const ids = brokerIds(brokers)
    const pool = createPool({ url: databaseUrl, max: poolSize })
    const peer = openUnprotected(databaseUrl, poolSize, newestTrades(pool, 'UK0001').compile())
    const of = (turn: number) => ids[turn % ids.length] ?? 'UK0001'
    try {
      for (const id of ids) {
        const [ours, theirs] = [await newestTrades(pool, id).execute(), await peer.query(id)]
        assert.equal(ours.length, 50)
        // As an answer has them: our times are Dates that know their text.
        assert.deepEqual(ours.map(written), theirs.map(written))
      }
      const callers = poolSize * 2
      return await measurePairs(
        (time) => closedLoop((turn) => newestTrades(pool, of(turn)).execute(), { callers, seconds: time }),
        (time) => closedLoop((turn) => peer.query(of(turn)), { callers, seconds: time }),
        { rounds, seconds },
      )
    } finally {
      await pool.end()
      await peer.close()
    }
  },
}
