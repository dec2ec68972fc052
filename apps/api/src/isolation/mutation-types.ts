import type { Edit } from './mutation.ts'

/** Holes in the types alone, which a type check of the type law has to notice. */
export const typeHoles: readonly { readonly hole: string; readonly edit: Edit }[] = [
  {
    hole: 'a query may name any table',
    edit: {
      file: 'packages/data/src/tenant/scoped-tables.ts',
      from: "Pick<QueryCreator<Pick<ScopedDatabase, Table>>, 'selectFrom'>",
      to: "Pick<QueryCreator<ScopedDatabase>, 'selectFrom'>",
    },
  },
  {
    hole: 'broker_id may be written',
    edit: {
      file: 'packages/data/src/tenant/scoped-tables.ts',
      from: 'ColumnType<string, never, never>',
      to: 'ColumnType<string, string | undefined, string>',
    },
  },
  {
    hole: 'any text is a broker id',
    edit: {
      file: 'packages/data/src/broker-id.ts',
      from: 'string & { readonly [minted]: true }',
      to: 'string & { readonly [minted]?: true }',
    },
  },
]
