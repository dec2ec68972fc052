import { type ColumnParser, columnParser } from './column-parsers.ts'

export type Row = Record<string, unknown>

/** Columns as Postgres describes them. */
type Columns = readonly { readonly name: string; readonly dataTypeID: number }[]

type ReadRow = (texts: readonly (string | null)[]) => Row

/** The columns of a prepared statement: known after its first run, so later runs need not ask Postgres again. */
export class RowShape {
  /** Builds a row from the texts of its columns. */
  readonly read: ReadRow

  constructor(columns: Columns) {
    this.read = readerOf(columns)
  }
}

/**
 * A function for these very columns, made as fast-json-stringify makes its serialisers. One that is the same for all statements
 * takes three times as long: V8 cannot remember where in a row a name is once it has seen rows of many kinds. The names in
 * its text are quoted, and in brackets, so that none of them is anything but a name.
 */
function readerOf(columns: Columns): ReadRow {
  const parsers = columns.map(({ dataTypeID }) => columnParser(dataTypeID))
  const fields = columns.map(
    ({ name }, at) => `[${JSON.stringify(name)}]: texts[${at}] === null ? null : parse${at}(texts[${at}])`,
  )
  const names = parsers.map((_, at) => `parse${at}`)
  // oxlint-disable-next-line typescript/no-implied-eval -- nothing in the text comes from outside but quoted names
  const make: (...parsers: readonly ColumnParser[]) => ReadRow = Function(
    ...names,
    `return (texts) => ({ ${fields.join(', ')} })`,
  ) as never
  return make(...parsers)
}
