import { pageSize } from '@stratdesk/contracts/values'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { Cursors } from './cursor.ts'

/** The sort key of a row in a list that is newest first; exact, because the database keeps milliseconds. */
export interface Place {
  readonly time: Date
  readonly id: string
}

/** What a list asks its query for: so many rows, behind a place when there is one. */
export interface PageRequest {
  readonly limit: number
  readonly time?: Date | undefined
  readonly id?: string | undefined
}

/**
 * Answers one page of a list. `rows` is asked for one row more than the page holds, to know whether there is a next
 * page; `place` says where a row stands.
 */
export async function readPage<Row>(
  list: { readonly name: string; readonly cursors: Cursors; readonly scope: BrokerScope },
  query: { readonly limit?: string | undefined; readonly cursor?: string | undefined },
  rows: (page: PageRequest) => Promise<Row[]>,
  place: (row: Row) => Place,
): Promise<{ items: Row[]; nextCursor: string | null }> {
  const { name, cursors, scope } = list
  const limit = pageSize(query.limit)
  const after = query.cursor === undefined ? {} : placeOf(cursors.read(scope.brokerId, name, query.cursor))
  const items = await rows({ limit: limit + 1, ...after })
  if (items.length <= limit) return { items, nextCursor: null }
  items.pop()
  const last = items.at(-1)
  return { items, nextCursor: last ? cursors.write(scope.brokerId, name, keyOf(place(last))) : null }
}

function keyOf({ time, id }: Place): readonly string[] {
  return [String(time.getTime()), id]
}

function placeOf([time = '', id = '']: readonly string[]): Place {
  return { time: new Date(Number(time)), id }
}
