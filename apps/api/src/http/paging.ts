import { pageSize } from '@stratdesk/contracts/values'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { Cursors } from './cursor.ts'

/** Where a page begins: behind this moment (exact to the microsecond, as Postgres writes it) and id. */
export interface PagePlace {
  readonly at: string
  readonly id: string
}

/** What a list asks its query for. */
export interface PageRequest {
  readonly limit: number
  readonly after: PagePlace | undefined
}

/**
 * Answers one page of a list that is sorted by time and id. `rows` is asked for one row more than the page holds, to
 * know whether there is a next one; `place` of a row is its exact sort key.
 */
export async function readPage<Row>(
  list: { readonly name: string; readonly cursors: Cursors; readonly scope: BrokerScope },
  query: { readonly limit?: string | undefined; readonly cursor?: string | undefined },
  rows: (page: PageRequest) => Promise<Row[]>,
  place: (row: Row) => PagePlace,
): Promise<{ items: Row[]; nextCursor: string | null }> {
  const { name, cursors, scope } = list
  const limit = pageSize(query.limit)
  const [at = '', id = ''] = query.cursor === undefined ? [] : cursors.read(scope.brokerId, name, query.cursor)
  const items = await rows({ limit: limit + 1, after: query.cursor === undefined ? undefined : { at, id } })
  if (items.length <= limit) return { items, nextCursor: null }
  items.pop()
  const last = items.at(-1)
  const key = last && place(last)
  return { items, nextCursor: key ? cursors.write(scope.brokerId, name, [key.at, key.id]) : null }
}
