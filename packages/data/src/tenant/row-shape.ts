import { type ColumnParser, columnParser } from './column-parsers.ts'

export type Row = Record<string, unknown>

/** The columns of a prepared statement: known after its first run, so later runs need not ask Postgres again. */
export class RowShape {
  readonly #names: readonly string[]
  readonly #parsers: readonly ColumnParser[]
  readonly #template: Row

  constructor(fields: readonly { readonly name: string; readonly dataTypeID: number }[]) {
    this.#names = fields.map((field) => field.name)
    this.#parsers = fields.map((field) => columnParser(field.dataTypeID))
    this.#template = Object.fromEntries(this.#names.map((name) => [name, null]))
  }

  /** Builds a row from the texts of its columns. */
  read(texts: readonly (string | null)[]): Row {
    // Every row is a copy of the same literal, so V8 gives all rows of a list one hidden class.
    const row = { ...this.#template }
    const names = this.#names
    for (let index = 0; index < names.length; index++) {
      const text = texts[index]
      const name = names[index]
      const parse = this.#parsers[index]
      if (text !== null && text !== undefined && name !== undefined && parse) row[name] = parse(text)
    }
    return row
  }
}
