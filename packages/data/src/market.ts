import { type Insertable, QueryCreator, type Selectable } from 'kysely'
import type pg from 'pg'
import { type CandleRange, candles, type CandleRow } from './market/candles.ts'
import {
  recordPricesSql,
  removeRenamedSql,
  upsertCandlesSql,
  upsertInstrumentsSql,
} from './market/statements.ts'
import type { GlobalTables } from './schema.ts'
import { TenantExecutor } from './tenant/executor.ts'
import { NobodySession } from './tenant/nobody-session.ts'

export type { CandleRange, CandleRow } from './market/candles.ts'

export type InstrumentRow = Selectable<GlobalTables['instruments']>
export type NewInstrument = Omit<
  Insertable<GlobalTables['instruments']>,
  'last_price' | 'last_price_at' | 'updated_at'
>
export type NewCandle = Insertable<GlobalTables['candles']>
export interface NewPrice {
  readonly instrument_token: number
  readonly last_price: string
  readonly last_price_at: Date
}

/** Market data, which belongs to nobody: instruments and candles only. */
export interface Market {
  readonly read: Pick<QueryCreator<GlobalTables>, 'selectFrom'>
  /** The instrument `EXCHANGE:TRADINGSYMBOL`; undefined when there is none. */
  instrument(id: string): Promise<InstrumentRow | undefined>
  /** Adds and corrects instruments; a symbol that moved to another token moves. Returns how many changed. */
  upsertInstruments(rows: readonly NewInstrument[]): Promise<number>
  /** When the reading of the whole instrument list began that last came to its end; undefined before the first. */
  instrumentsReadAt(): Promise<Date | undefined>
  /** Notes that the list was read to its end, in a reading that began at `at`. */
  noteInstrumentsRead(at: Date): Promise<void>
  /** Keeps last prices; an older one never replaces a newer one. */
  recordPrices(rows: readonly NewPrice[]): Promise<void>
  /** Keeps candles; one that is there is widened to hold both, and takes the later close. */
  upsertCandles(rows: readonly NewCandle[]): Promise<void>
  /** Candles of a range, oldest first; of more than `limit`, the newest. 5m, 15m and 1h are made of 1m ones. */
  candles(range: CandleRange): Promise<CandleRow[]>
  /** Deletes candles of an interval older than `before`. */
  pruneCandles(interval: '5s' | '1m', before: Date): Promise<void>
}

const rowsPerStatement = 2000

/** Market data through the same pool as everything else; broker tables cannot be named. */
export function createMarket(pool: pg.Pool): Market {
  const session = new NobodySession(pool)
  const executor = new TenantExecutor(session)
  const creator = new QueryCreator<GlobalTables>({ executor })
  const inBatches = async (rows: readonly object[], texts: readonly string[]) => {
    let changed = 0
    for (let start = 0; start < rows.length; start += rowsPerStatement) {
      changed += await session.runAll(texts, [JSON.stringify(rows.slice(start, start + rowsPerStatement))])
    }
    return changed
  }
  return {
    read: creator,
    async instrument(id) {
      const colon = id.indexOf(':')
      return await creator
        .selectFrom('instruments')
        .selectAll()
        .where('exchange', '=', id.slice(0, Math.max(colon, 0)))
        .where('tradingsymbol', '=', id.slice(colon + 1))
        .executeTakeFirst()
    },
    upsertInstruments: (rows) => inBatches(rows, [removeRenamedSql, upsertInstrumentsSql]),
    async instrumentsReadAt() {
      return (await creator.selectFrom('instrument_list').select('read_at').executeTakeFirst())?.read_at
    },
    async noteInstrumentsRead(at) {
      await creator
        .insertInto('instrument_list')
        .values({ read_at: at })
        .onConflict((conflict) => conflict.column('only_row').doUpdateSet({ read_at: at }))
        .execute()
    },
    recordPrices: async (rows) => void (await inBatches(rows, [recordPricesSql])),
    upsertCandles: async (rows) => void (await inBatches(rows, [upsertCandlesSql])),
    candles: (range) => candles(session, range),
    async pruneCandles(interval, before) {
      await creator
        .deleteFrom('candles')
        .where('interval', '=', interval)
        .where('time', '<', before)
        .execute()
    },
  }
}
