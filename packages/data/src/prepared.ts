import { type Compilable, type Expression, type OperationNode, ValueNode } from 'kysely'
import { brokerPlaceholder, Placeholder } from './tenant/compiler.ts'
import { TenantExecutor } from './tenant/executor.ts'
import { type Read, type ReadableTable, readThrough } from './tenant/scoped-tables.ts'

/** A value of a prepared query as its builder sees it: to compare with, without knowing what it will be. */
export type Bound<Values> = {
  readonly [Key in keyof Values]:
    | Expression<Exclude<Values[Key], undefined>>
    | Extract<Values[Key], undefined>
}

/** Facts a builder branches on, each from a short closed list and each optional: every combination is compiled once. */
export type Shape = Readonly<Record<string, string | boolean | undefined>>

type ReadAny = <Table extends ReadableTable>(...tables: readonly Table[]) => Read<Table>
type Build<Values, Chosen, Row> = (
  read: ReadAny,
  bound: Bound<Values>,
  shape: Partial<Chosen>,
) => Compilable<Row>

/** A compiled text and where its values come from. */
export interface CompiledShape {
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** A query that is built and compiled once for each shape, and afterwards only has its values bound. */
export interface PreparedQuery<Values extends object, Chosen extends Shape, Row> {
  /** Which compiled text serves these values: the ones that are undefined are left out of it. */
  compiledFor(values: Values, shape: Partial<Chosen>): CompiledShape
  /** Never read: carries the row's type. */
  readonly row?: Row
}

const shapesPerQuery = 256

/**
 * Declares a query outside any request. `build` is called once for every set of present values and every shape; it
 * sees which values are absent (undefined), never what the present ones are. Run it with `scope.run(query, values)`.
 */
export function prepared<Values extends object, Chosen extends Shape, Row>(
  build: Build<Values, Chosen, Row>,
): PreparedQuery<Values, Chosen, Row> {
  const compiled = new Map<string, CompiledShape>()
  return {
    compiledFor(values, shape) {
      const key = shapeKey(values, shape)
      const known = compiled.get(key)
      if (known) return known
      // Shapes are closed lists; should one not be, memory stays bounded all the same.
      if (compiled.size >= shapesPerQuery) compiled.clear()
      const { sql, parameters } = build(compileOnly, boundValues(values), shape).compile()
      const fresh = { text: sql, parameters }
      compiled.set(key, fresh)
      return fresh
    },
  }
}

/** The values of one run, in the order of the text's parameters. */
export function bindShape(shape: CompiledShape, values: object, brokerId: string): readonly unknown[] {
  // Placeholders are made from the keys of exactly these values.
  const byKey = values as Readonly<Record<string, unknown>>
  return shape.parameters.map((parameter) => {
    if (!(parameter instanceof Placeholder)) return parameter
    return parameter === brokerPlaceholder ? brokerId : byKey[parameter.key]
  })
}

function shapeKey(values: object, shape: Shape): string {
  let key = ''
  for (const [name, value] of Object.entries(values)) if (value !== undefined) key += `${name},`
  for (const [name, value] of Object.entries(shape)) if (value !== undefined) key += `|${name}=${value}`
  return key
}

class BoundValue implements Expression<never> {
  readonly #node: OperationNode

  constructor(key: string) {
    this.#node = ValueNode.create(new Placeholder(key))
  }

  get expressionType(): undefined {
    return undefined
  }

  toOperationNode(): OperationNode {
    return this.#node
  }
}

function boundValues<Values extends object>(values: Values): Bound<Values> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  const bound = Object.fromEntries(present.map(([key]) => [key, new BoundValue(key)]))
  // Built key by key from the values themselves, which is what the type says.
  return bound as unknown as Bound<Values>
}

const compileOnly: ReadAny = (...tables) =>
  readThrough(
    new TenantExecutor({
      brokerId: undefined,
      run: () => Promise.reject(new Error('A prepared query runs through a scope: scope.run(query, values)')),
    }),
    tables,
  )
