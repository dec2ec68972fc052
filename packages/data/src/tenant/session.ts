import pg from 'pg'
import type { BrokerId } from '../broker-id.ts'
import {
  asBroker,
  asBrokerWithKeptPlan,
  beginAsBroker,
  isStalePlan,
  type Prelude,
  Statement,
  type StatementResult,
} from './statement.ts'
import { BindError } from './wire-values.ts'

/** Runs statements, as a broker or as nobody. */
export interface Runner {
  readonly brokerId: BrokerId | undefined
  run(text: string, values: readonly unknown[]): Promise<StatementResult>
}

/** Runs statements as one broker. */
export interface Session extends Runner {
  readonly brokerId: BrokerId
  readonly inTransaction: boolean
  /** Runs a statement whose text is one of few and asked often: its plan is kept where that is possible. */
  runKept(text: string, values: readonly unknown[]): Promise<StatementResult>
  /** Runs statements in order in one round trip, all of them or none, and answers what the last one brought back. */
  runAll(statements: readonly Prelude[]): Promise<StatementResult>
}

/** Runs each statement by itself on any free connection of the pool: one round trip, one implicit transaction. */
export class PoolSession implements Session {
  readonly inTransaction = false
  readonly brokerId: BrokerId
  readonly pool: pg.Pool

  constructor(pool: pg.Pool, brokerId: BrokerId) {
    this.pool = pool
    this.brokerId = brokerId
  }

  run(text: string, values: readonly unknown[]): Promise<StatementResult> {
    return this.#run(text, values, asBroker(this.brokerId))
  }

  runKept(text: string, values: readonly unknown[]): Promise<StatementResult> {
    return this.#run(text, values, asBrokerWithKeptPlan(this.brokerId))
  }

  async runAll(statements: readonly Prelude[]): Promise<StatementResult> {
    const { last, before } = lastOf(statements)
    // Without a Sync in between, Postgres makes them one implicit transaction.
    return await this.#run(last.text, last.values, [...asBroker(this.brokerId), ...before])
  }

  async #run(
    text: string,
    values: readonly unknown[],
    preludes: readonly Prelude[],
  ): Promise<StatementResult> {
    try {
      return await this.#once(text, values, preludes)
    } catch (error) {
      // Postgres refuses a stale plan before running anything, so once more is safe.
      if (error instanceof pg.DatabaseError && isStalePlan(error)) return this.#once(text, values, preludes)
      throw error
    }
  }

  async #once(
    text: string,
    values: readonly unknown[],
    preludes: readonly Prelude[],
  ): Promise<StatementResult> {
    const client = await this.pool.connect()
    let isLost = false
    try {
      return await client.query(new Statement(text, values, preludes)).result
    } catch (error) {
      isLost = connectionIsLost(error)
      throw error
    } finally {
      client.release(isLost)
    }
  }
}

/** Runs statements in one transaction. BEGIN and the broker's setting travel with the first statement. */
class TransactionSession implements Session {
  readonly inTransaction = true
  readonly brokerId: BrokerId
  readonly #client: pg.PoolClient
  #state: 'unopened' | 'open' | 'ended' = 'unopened'
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: pg.PoolClient, brokerId: BrokerId) {
    this.#client = client
    this.brokerId = brokerId
  }

  run(text: string, values: readonly unknown[]): Promise<StatementResult> {
    return this.#next(() => this.#send(text, values))
  }

  runKept(text: string, values: readonly unknown[]): Promise<StatementResult> {
    return this.run(text, values)
  }

  async runAll(statements: readonly Prelude[]): Promise<StatementResult> {
    const { last, before } = lastOf(statements)
    return await this.#next(() => this.#send(last.text, last.values, before))
  }

  #next(send: () => Promise<StatementResult>): Promise<StatementResult> {
    const result = this.#last.then(send)
    this.#last = result.catch(() => undefined)
    return result
  }

  async #send(
    text: string,
    values: readonly unknown[],
    before: readonly Prelude[] = [],
  ): Promise<StatementResult> {
    if (this.#state === 'ended')
      throw new Error('The transaction has ended; its scope cannot be used any more')
    const preludes = this.#state === 'unopened' ? beginAsBroker(this.brokerId) : []
    this.#state = 'open'
    return await this.#client.query(new Statement(text, values, [...preludes, ...before])).result
  }

  /** Commits. Throws when Postgres rolled back instead, because a statement had failed and was not rethrown. */
  async commit(): Promise<void> {
    const { command } = await this.#end('commit')
    if (command === 'ROLLBACK')
      throw new Error('The transaction was rolled back: one of its statements had failed')
  }

  async rollback(): Promise<void> {
    await this.#end('rollback')
  }

  async #end(text: 'commit' | 'rollback'): Promise<{ readonly command: string }> {
    await this.#last
    const wasOpen = this.#state === 'open'
    this.#state = 'ended'
    if (!wasOpen) return { command: '' }
    return await this.#client.query(new Statement(text, [], [])).result
  }
}

/** Runs `work` in one transaction of this broker; its connection is discarded when it cannot be left clean. */
export async function withTransaction<Result>(
  pool: pg.Pool,
  brokerId: BrokerId,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  const session = new TransactionSession(client, brokerId)
  let isClean = true
  try {
    const result = await work(session)
    isClean = false
    await session.commit()
    isClean = true
    return result
  } catch (error) {
    isClean = await session.rollback().then(
      () => isClean,
      () => false,
    )
    throw error
  } finally {
    client.release(!isClean)
  }
}

function lastOf(statements: readonly Prelude[]) {
  const last = statements.at(-1)
  if (last === undefined) throw new Error('There is nothing to run')
  return { last, before: statements.slice(0, -1) }
}

/** Whether an error means that its connection is of no more use: it is not Postgres' own, or Postgres is closing. */
function connectionIsLost(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return !(error instanceof BindError)
  return error.severity === 'FATAL' || error.severity === 'PANIC'
}
