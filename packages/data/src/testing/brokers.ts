import type pg from 'pg'
import { mintBrokerId } from '../broker-id.ts'
import { createPool } from '../pool.ts'
import { type BrokerScope, createScope } from '../scope.ts'
import { createTestDatabase } from '../testing.ts'

/** A fresh database with two brokers' accounts: no test of data has fewer. */
export interface TwoBrokers {
  readonly url: string
  readonly pool: pg.Pool
  /** UK9394. */
  readonly anna: BrokerScope
  /** UK1234. */
  readonly ben: BrokerScope
  close(): Promise<void>
}

/** Opens two brokers on a database of their own; `connections` bounds the pool they share. */
export async function openTwoBrokers(connections = 3): Promise<TwoBrokers> {
  const database = await createTestDatabase()
  const pool = createPool({ url: database.url, max: connections, connectionTimeoutMs: 5000 })
  const anna = createScope(pool, mintBrokerId('UK9394'))
  const ben = createScope(pool, mintBrokerId('UK1234'))
  await anna.insert('broker_accounts', { name: 'Anna' }).execute()
  await ben.insert('broker_accounts', { name: 'Ben' }).execute()
  const close = async () => {
    await pool.end()
    await database.drop()
  }
  return { url: database.url, pool, anna, ben, close }
}
