import { type CompiledQuery, PostgresQueryCompiler, type QueryId, type RootOperationNode } from 'kysely'

/** Stands in a compiled query for a value that is bound when it runs, so that one compiled text serves many runs. */
export class Placeholder {
  readonly key: string

  constructor(key: string) {
    this.key = key
  }
}

/** Stands for the broker of the scope that runs the query. */
export const brokerPlaceholder = new Placeholder('broker_id')

/** Compiles as Kysely does, but numbers each placeholder once: the broker is `$1` wherever it is compared. */
class TenantCompiler extends PostgresQueryCompiler {
  #numbers = new Map<Placeholder, number>()

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#numbers = new Map()
    return super.compileQuery(node, queryId)
  }

  protected override appendValue(parameter: unknown): void {
    if (!(parameter instanceof Placeholder)) return super.appendValue(parameter)
    const number = this.#numbers.get(parameter)
    if (number !== undefined) return this.append(`$${number}`)
    super.appendValue(parameter)
    this.#numbers.set(parameter, this.numParameters)
  }
}

export const compiler = new TenantCompiler()
