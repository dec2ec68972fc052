import { hash } from 'node:crypto'
import type pg from 'pg'
import type { RowShape } from './row-shape.ts'

/** One prepared statement as a connection knows it. */
export interface PreparedStatement {
  readonly name: string
  /** Whether Postgres has it; false before the first run and after an error that may have lost it. */
  isParsed: boolean
  /** Whether Postgres may still hold an earlier statement of this name, to be closed before parsing anew. */
  mayExist: boolean
  /** The columns, once a run has told us. */
  shape: RowShape | undefined
}

/** How many statements a connection keeps prepared; beyond it the longest unused one is closed. */
export const namesPerConnection = 500

/** Statements every tenant query begins with: never evicted. */
const pinned = new Set<string>()

/** Keeps a statement prepared on every connection for as long as it lives. */
export function pin(text: string): string {
  pinned.add(text)
  return text
}

const byConnection = new WeakMap<pg.Connection, StatementNames>()

/** The prepared statements of a connection; they end with it. */
export function statementNames(connection: pg.Connection): StatementNames {
  const known = byConnection.get(connection)
  if (known) return known
  const fresh = new StatementNames(namesPerConnection)
  byConnection.set(connection, fresh)
  return fresh
}

/** A bounded, least-recently-used list of prepared statements by their text. */
export class StatementNames {
  readonly #pinned = new Map<string, PreparedStatement>()
  readonly #recent = new Map<string, PreparedStatement>()
  readonly #max: number
  #hasEvicted = false

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#recent.size
  }

  /** The statement of this text, now the most recently used; `evicted` names one that has to be closed for it. */
  use(text: string): { readonly statement: PreparedStatement; readonly evicted: string | undefined } {
    const isPinned = pinned.has(text)
    const map = isPinned ? this.#pinned : this.#recent
    let statement = map.get(text)
    if (statement) {
      if (!isPinned) {
        map.delete(text)
        map.set(text, statement)
      }
      return { statement, evicted: undefined }
    }
    // What was evicted is still there when an error kept its closing from being run.
    const mayExist = this.#hasEvicted
    statement = { name: statementName(text), isParsed: false, mayExist, shape: undefined }
    map.set(text, statement)
    return { statement, evicted: isPinned ? undefined : this.#evict() }
  }

  #evict(): string | undefined {
    if (this.#recent.size <= this.#max) return undefined
    const oldest = this.#recent.entries().next().value
    if (!oldest) return undefined
    this.#recent.delete(oldest[0])
    this.#hasEvicted = true
    return oldest[1].name
  }
}

/** The name of a statement: 128 bits of its text's hash, so that one text has one name everywhere. */
function statementName(text: string): string {
  return `s${hash('sha256', text, 'hex').slice(0, 32)}`
}
