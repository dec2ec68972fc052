import type pg from 'pg'
import { type Row, RowShape } from './row-shape.ts'
import { type PreparedStatement, pin, type StatementNames, statementNames } from './statement-names.ts'
import { BindError, toWire, type WireValue } from './wire-values.ts'

/** What a statement brought back. `command` is Postgres' tag: SELECT, INSERT, COMMIT … */
export interface StatementResult {
  readonly command: string
  readonly rowCount: number
  readonly rows: Row[]
}

/** A command that goes out ahead of a statement in the same Sync group; its rows are dropped. */
export interface Prelude {
  readonly text: string
  readonly values: readonly unknown[]
}

const setBroker = pin("select set_config('app.broker_id', $1, true)")
const setBrokerAndPlan = pin(
  "select set_config('app.broker_id', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)",
)
const begin = pin('begin')
const noColumns = new RowShape([])

/** Sets the broker for exactly the statement behind it. */
export function asBroker(brokerId: string): readonly Prelude[] {
  return [{ text: setBroker, values: [brokerId] }]
}

/** The same, and has Postgres keep one plan for the statement instead of planning it anew for each set of values. */
export function asBrokerWithKeptPlan(brokerId: string): readonly Prelude[] {
  return [{ text: setBrokerAndPlan, values: [brokerId] }]
}

/** Opens a transaction that is this broker's until it ends. */
export function beginAsBroker(brokerId: string): readonly Prelude[] {
  return [{ text: begin, values: [] }, ...asBroker(brokerId)]
}

/**
 * One named statement with what goes ahead of it, written without a Sync in between: Postgres runs everything up to
 * the Sync as one implicit transaction, so the broker's setting dies with it, and when setting it fails the statement
 * is not run. Implements pg's Submittable by itself: pg.Query marks the wrong statement as parsed when several are
 * parsed in one group, and asks for the columns on every run.
 */
export class Statement implements pg.Submittable {
  /** pg's client reads these of any submittable; an empty name keeps its own bookkeeping of names out. */
  readonly name = ''
  readonly text: string
  readonly callback = ignore
  readonly result: Promise<StatementResult>
  readonly #values: readonly unknown[]
  readonly #preludes: readonly Prelude[]
  readonly #resolve: (result: StatementResult) => void
  readonly #reject: (error: Error) => void
  readonly #rows: Row[] = []
  readonly #used: PreparedStatement[] = []
  readonly #parsedHere: PreparedStatement[] = []
  #main: PreparedStatement | undefined
  #shape: RowShape | undefined
  #preludesLeft: number
  #tag = ''
  #rowError: Error | undefined

  constructor(text: string, values: readonly unknown[], preludes: readonly Prelude[]) {
    this.text = text
    this.#values = values
    this.#preludes = preludes
    this.#preludesLeft = preludes.length
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Called by pg when the connection is free. An error returned here means that nothing was sent. */
  submit(connection: pg.Connection): Error | null {
    let values: WireValue[]
    let preludes: { readonly text: string; readonly values: WireValue[] }[]
    try {
      values = this.#values.map(toWire)
      preludes = this.#preludes.map((prelude) => ({ text: prelude.text, values: prelude.values.map(toWire) }))
    } catch (error) {
      return error instanceof BindError
        ? error
        : new BindError('A value could not be bound', { cause: error })
    }
    const names = statementNames(connection)
    connection.stream.cork()
    try {
      for (const prelude of preludes) {
        const statement = this.#prepare(connection, names, prelude.text)
        connection.bind({ statement: statement.name, values: prelude.values }, false)
        connection.execute({}, false)
      }
      this.#main = this.#prepare(connection, names, this.text)
      this.#shape = this.#main.shape
      connection.bind({ statement: this.#main.name, values }, false)
      if (!this.#shape) connection.describe({ type: 'P' }, false)
      connection.execute({}, false)
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
    return null
  }

  #prepare(connection: pg.Connection, names: StatementNames, text: string): PreparedStatement {
    const { statement, evicted } = names.use(text)
    this.#used.push(statement)
    if (evicted) connection.close({ type: 'S', name: evicted }, false)
    if (statement.isParsed) return statement
    if (statement.mayExist) connection.close({ type: 'S', name: statement.name }, false)
    connection.parse({ name: statement.name, text, types: [] }, false)
    statement.isParsed = true
    this.#parsedHere.push(statement)
    return statement
  }

  handleRowDescription(message: { readonly fields: pg.FieldDef[] }): void {
    this.#shape = new RowShape(message.fields)
  }

  handleDataRow(message: { readonly fields: (string | null)[] }): void {
    if (this.#preludesLeft > 0 || !this.#shape || this.#rowError) return
    try {
      this.#rows.push(this.#shape.read(message.fields))
    } catch (error) {
      this.#rowError = new Error('A column could not be read', { cause: error })
    }
  }

  handleCommandComplete(message: { readonly text: string }): void {
    if (this.#preludesLeft > 0) this.#preludesLeft -= 1
    else this.#tag = message.text
  }

  handleReadyForQuery(): void {
    if (this.#main) this.#main.shape = this.#shape ?? noColumns
    if (this.#rowError) return this.#reject(this.#rowError)
    const [command = '', ...counts] = this.#tag.split(' ')
    this.#resolve({ command, rowCount: Number(counts.at(-1) ?? 0), rows: this.#rows })
  }

  /**
   * Called for an error of any command of the group, and when the connection is lost. Which of the group's Parse
   * messages succeeded is not known then, so all of them are closed and parsed anew the next time.
   */
  handleError(error: Error & { readonly code?: string | undefined }): void {
    for (const statement of isStalePlan(error) ? this.#used : this.#parsedHere) {
      statement.isParsed = false
      statement.mayExist = true
      statement.shape = undefined
    }
    this.#reject(error)
  }

  handleEmptyQuery(): void {
    this.#tag = ''
  }

  handlePortalSuspended(): void {
    this.#rowError = new Error('A statement was suspended though no row limit was given')
  }

  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('COPY is not used here')
  }

  handleCopyData(): void {
    this.#rowError = new Error('COPY is not used here')
  }
}

/** Whether a prepared statement has to be parsed anew, because a migration changed its result or it is gone. */
export function isStalePlan(error: { readonly code?: string | undefined }): boolean {
  return error.code === '0A000' || error.code === '26000'
}

function ignore(): void {}
