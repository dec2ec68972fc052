import {
  type CompiledQuery,
  type ConnectionProvider,
  DefaultQueryExecutor,
  PostgresAdapter,
  type QueryResult,
} from 'kysely'
import { brokerPlaceholder, compiler } from './compiler.ts'
import type { Runner } from './session.ts'

/**
 * Runs Kysely's queries through a broker's session, or nobody's. Kysely's own way to a connection (streams, plugins, savepoints)
 * is closed: it would go around the broker.
 */
export class TenantExecutor extends DefaultQueryExecutor {
  readonly #runner: Runner

  constructor(runner: Runner) {
    super(compiler, adapter, closed)
    this.#runner = runner
  }

  override async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { brokerId } = this.#runner
    const { rows, rowCount } = await this.#runner.run(query.sql, bindBroker(query, brokerId))
    // Kysely typed the rows from the query itself; the wire cannot know them.
    return { rows: rows as R[], numAffectedRows: BigInt(rowCount) }
  }
}

/** The values of a compiled query, with the broker in its place. */
export function bindBroker(
  { parameters }: Pick<CompiledQuery, 'parameters'>,
  brokerId: string | undefined,
): readonly unknown[] {
  return parameters.map((value) => (value === brokerPlaceholder ? brokerId : value))
}

const adapter = new PostgresAdapter()

const closed: ConnectionProvider = {
  provideConnection: () => Promise.reject(new Error('Queries of a broker run through its scope only')),
}
