import type { AccountEvent, AccountEventPayload, AccountEventType } from '@stratdesk/contracts/events'
import { QueryCreator } from 'kysely'
import type pg from 'pg'
import type { BrokerId } from './broker-id.ts'
import { bindShape, type PreparedQuery, type Shape } from './prepared.ts'
import { announce, wakeStreams } from './tenant/announcements.ts'
import { brokerPlaceholder } from './tenant/compiler.ts'
import { bindBroker, TenantExecutor } from './tenant/executor.ts'
import {
  type BrokerTable,
  type Delete,
  type Insert,
  type NewRow,
  type Read,
  type ReadableTable,
  type RowOf,
  type ScopedDatabase,
  readThrough,
  type Update,
  type Write,
} from './tenant/scoped-tables.ts'
import { PoolSession, type Session, withTransaction } from './tenant/session.ts'
import { WriteExecutor } from './tenant/write-executor.ts'

export type { BrokerTable, NewRow, Read, ReadableTable, RowOf, Write } from './tenant/scoped-tables.ts'

/** Broker tables whose rows are named by a UUID. */
type TableWithId = { [T in BrokerTable]: 'id' extends keyof ScopedDatabase[T] ? T : never }[BrokerTable]

/** The Postgres channels an account's rooms and actors speak on; each payload begins with the broker_id. */
export type AccountChannel = 'account_wanted' | 'account_ticks' | 'account_access' | 'sessions_ended'

/** One broker's rows, and nothing else: what rooms and actors hold instead of a pool. Costs nothing to make. */
export interface BrokerScope {
  readonly brokerId: BrokerId
  /** Reads from the named tables; another broker's rows do not exist in them, however the query joins. */
  read<Table extends ReadableTable>(...tables: readonly Table[]): Read<Table>
  /** Runs a prepared query; the way for what is asked often, because nothing is built or compiled again. */
  run<Values extends object, Chosen extends Shape, Row>(
    query: PreparedQuery<Values, Chosen, Row>,
    values: Values,
    shape?: Chosen,
  ): Promise<Row[]>
  /** Inserts rows of this broker; `.onConflict` and `.returning` chain. */
  insert<Table extends BrokerTable>(
    table: Table,
    rows: NewRow<Table> | readonly NewRow<Table>[],
  ): Insert<Table>
  /** Updates rows of this broker. */
  update<Table extends BrokerTable>(table: Table): Update<Table>
  /** Deletes rows of this broker. */
  delete<Table extends BrokerTable>(table: Table): Delete<Table>
  /** Locks one row until the transaction ends and returns it; undefined when this broker has none of that id. */
  lock<Table extends TableWithId>(table: Table, id: string): Promise<RowOf<Table> | undefined>
  /** Locks the account's own row until the transaction ends. */
  lockAccount(): Promise<RowOf<'broker_accounts'> | undefined>
  /** Appends an event to the account's log and wakes its streams at commit; returns the event's sequence number. */
  emit<Type extends AccountEventType>(type: Type, payload: AccountEventPayload<Type>): Promise<string>
  /**
   * Carries out what belongs together, all of it or none, in one round trip. Streams are woken for the events at commit or,
   * when this is no part of a transaction, right behind it: a process that is killed in between leaves that to the account's
   * next actor.
   */
  writeAll(all: Together): Promise<void>
  /**
   * Notifies a channel at commit; outside of a transaction at once, prices within 20 ms. The payload is `BROKER` or `BROKER text`, at
   * most 7,900 bytes; a longer one is a RangeError.
   */
  notify(channel: AccountChannel, text?: string): Promise<void>
  /** Has all streams of the account look for events; while Postgres cannot be reached, again and again. Never throws. */
  wakeStreams(): void
  /** Runs `work` in one transaction; called within one, joins it. Keep it short: nothing inside waits on the network. */
  transaction<Result>(work: (scope: BrokerScope) => Promise<Result>): Promise<Result>
  /** Yields the rows of a long list in bounded batches, each its own query; see BatchOf. */
  stream<Row>(next: BatchOf<Row>, batch?: number): AsyncGenerator<Row, void, undefined>
}

/** What is written in one transaction without waiting in between: the writes in order, then the events. */
export interface Together {
  /** Holds the account while all is written; with a stale one nothing is, and Postgres' error has the code SD001. */
  readonly fence: string
  readonly writes: readonly Write[]
  readonly events: readonly AccountEvent[]
}

/**
 * Builds the query of the next batch: ordered, and beginning behind `last` (undefined for the first). A slow reader
 * holds no connection between batches.
 */
export type BatchOf<Row> = (last: Row | undefined) => {
  limit(rows: number): { execute(): Promise<Row[]> }
}

/** The scope of one broker. */
export function createScope(pool: pg.Pool, brokerId: BrokerId): BrokerScope {
  return new Scope(pool, new PoolSession(pool, brokerId))
}

const notify = 'select pg_notify($1, $2)'
const payloadBytesMax = 7900

/** Numbered in the order of the list. */
const logEvents = 'select log_events($1::jsonb) as latest'
const logAndTellEvents = "select pg_notify('account_events', concat($2::text, ' ', log_events($1::jsonb)))"

class Scope implements BrokerScope {
  readonly brokerId: BrokerId
  readonly #pool: pg.Pool
  readonly #session: Session
  readonly #executor: TenantExecutor

  constructor(pool: pg.Pool, session: Session) {
    this.brokerId = session.brokerId
    this.#pool = pool
    this.#session = session
    this.#executor = new TenantExecutor(session)
  }

  read<Table extends ReadableTable>(...tables: readonly Table[]): Read<Table> {
    return readThrough<Table>(this.#executor, tables)
  }

  async run<Values extends object, Chosen extends Shape, Row>(
    query: PreparedQuery<Values, Chosen, Row>,
    values: Values,
    shape?: Chosen,
  ): Promise<Row[]> {
    const compiled = query.compiledFor(values, shape ?? {})
    const { rows } = await this.#session.runKept(compiled.text, bindShape(compiled, values, this.brokerId))
    // The query's own type says what its text selects.
    return rows as Row[]
  }

  insert<Table extends BrokerTable>(
    table: Table,
    rows: NewRow<Table> | readonly NewRow<Table>[],
  ): Insert<Table> {
    const list: readonly object[] = Array.isArray(rows) ? rows : [rows]
    const withBroker = list.map((row) => ({ ...row, broker_id: brokerPlaceholder }))
    const creator = new QueryCreator<Pick<ScopedDatabase, Table>>({ executor: this.#executor })
    // The types refuse broker_id from everybody; this is the one place that writes it.
    return creator.insertInto(table).values(withBroker as never)
  }

  update<Table extends BrokerTable>(table: Table): Update<Table> {
    const creator = readThrough<'runs'>(new WriteExecutor(this.#session, table), [table])
    // Kysely cannot follow a generic table name; `runs` stands for it.
    return creator.updateTable(table as 'runs') as never
  }

  delete<Table extends BrokerTable>(table: Table): Delete<Table> {
    const creator = readThrough<'runs'>(new WriteExecutor(this.#session, table), [table])
    return creator.deleteFrom(table as 'runs') as never
  }

  async lock<Table extends TableWithId>(table: Table, id: string): Promise<RowOf<Table> | undefined> {
    const builder = this.#unshadowed(table).where('id', '=', id)
    return (await builder.executeTakeFirst()) as RowOf<Table> | undefined
  }

  async lockAccount(): Promise<RowOf<'broker_accounts'> | undefined> {
    return (await this.#unshadowed('broker_accounts').executeTakeFirst()) as
      | RowOf<'broker_accounts'>
      | undefined
  }

  async emit<Type extends AccountEventType>(type: Type, payload: AccountEventPayload<Type>): Promise<string> {
    const { rows } = await this.#session.run('select append_event($1, $2) as seq', [
      type,
      JSON.stringify(payload),
    ])
    return String(rows[0]?.['seq'])
  }

  async writeAll({ fence, writes, events }: Together): Promise<void> {
    const compiled = writes.map((write) => {
      const query = write.compile()
      return { text: query.sql, values: bindBroker(query, this.brokerId) }
    })
    const { rows } = await this.#session.runAll([
      { text: 'select hold_account($1)', values: [fence] },
      ...compiled,
      ...(events.length > 0 ? [this.#eventsStatement(events)] : []),
    ])
    const latest = rows[0]?.['latest']
    if (typeof latest === 'string') wakeStreams(this.#pool, this.brokerId, latest)
  }

  /** Within a transaction they are told of at its commit; by itself behind it, which lets many commit at once. */
  #eventsStatement(events: readonly AccountEvent[]) {
    const json = JSON.stringify(events)
    if (this.#session.inTransaction) return { text: logAndTellEvents, values: [json, this.brokerId] }
    return { text: logEvents, values: [json] }
  }

  async notify(channel: AccountChannel, text?: string): Promise<void> {
    const payload = text === undefined ? this.brokerId : `${this.brokerId} ${text}`
    // Postgres would refuse it, and with it what other accounts have to say.
    if (Buffer.byteLength(payload) > payloadBytesMax) throw new RangeError('A notification is too long')
    if (this.#session.inTransaction) await this.#session.run(notify, [channel, payload])
    else await announce(this.#pool, channel, payload, channel === 'account_ticks')
  }

  wakeStreams(): void {
    wakeStreams(this.#pool, this.brokerId)
  }

  async transaction<Result>(work: (scope: BrokerScope) => Promise<Result>): Promise<Result> {
    if (this.#session.inTransaction) return await work(this)
    return await withTransaction(this.#pool, this.brokerId, (session) => work(new Scope(this.#pool, session)))
  }

  async *stream<Row>(next: BatchOf<Row>, batch = 1000): AsyncGenerator<Row, void, undefined> {
    let last: Row | undefined
    let rows: Row[]
    do {
      rows = await next(last).limit(batch).execute()
      yield* rows
      last = rows.at(-1)
    } while (rows.length === batch)
  }

  /**
   * Locks inside: `for update` around a shadowing `with` silently locks nothing. No key is ever changed, and a lock on
   * the key would make every transaction that has inserted a row of this one's wait, then deadlock on its event.
   */
  #unshadowed(table: BrokerTable) {
    if (!this.#session.inTransaction) throw new Error('A row can be locked in a transaction only')
    // Kysely cannot see through the generic table; `runs` has every column named here.
    const creator = new QueryCreator<ScopedDatabase>({ executor: this.#executor })
    return creator
      .selectFrom(table as 'runs')
      .selectAll()
      .where('broker_id', '=', brokerPlaceholder as never)
      .forNoKeyUpdate()
  }
}
