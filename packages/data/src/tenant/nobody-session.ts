import type pg from 'pg'
import type { Runner } from './session.ts'
import { pin } from './statement-names.ts'
import { type Prelude, Statement, type StatementResult } from './statement.ts'

/** A search of all instruments reads them all. */
const asPlanned: readonly Prelude[] = [
  { text: pin("select set_config('enable_seqscan', 'on', true)"), values: [] },
]

/** Runs statements without a broker, as those about market data: row security shows it nothing of any account. */
export class NobodySession implements Runner {
  readonly brokerId = undefined
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  async run(text: string, values: readonly unknown[]): Promise<StatementResult> {
    const client = await this.#pool.connect()
    let isLost = true
    try {
      const result = await client.query(new Statement(text, values, asPlanned)).result
      isLost = false
      return result
    } finally {
      client.release(isLost)
    }
  }

  /** Runs statements in one transaction, all with the same values; returns the last one's row count. */
  async runAll(texts: readonly string[], values: readonly unknown[]): Promise<number> {
    const client = await this.#pool.connect()
    let isLost = true
    try {
      await client.query('begin')
      let rowCount = 0
      for (const text of texts)
        rowCount = (await client.query(new Statement(text, values, [])).result).rowCount
      await client.query('commit')
      isLost = false
      return rowCount
    } finally {
      // After an error the connection goes, and its transaction with it.
      client.release(isLost)
    }
  }
}
