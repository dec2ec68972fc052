import { listOrders } from '@stratdesk/contracts/orders'
import type { RoomDeps } from '../../app-deps.ts'
import { readPage } from '../../http/paging.ts'
import { orderRows } from './queries.ts'

type OrderRow = Awaited<ReturnType<typeof orderRows>>[number]

/** The account's orders. */
export function orderRoutes({ route, cursors }: RoomDeps): void {
  route(listOrders, async ({ query, scope }) => {
    const page = await readPage(
      { name: 'orders', cursors, scope },
      query,
      (request) => orderRows(scope, query, request),
      (row) => ({ at: row.place, id: row.intentId }),
    )
    return {
      ...page,
      items: page.items.map((row) => ({
        ...row,
        filledQuantity: Number(row.filledQuantity ?? 0),
        status: statusOf(row),
      })),
    }
  })
}

/** An order is what the broker made of the intent; before that, what became of the intent. */
function statusOf({ outcome, orderStatus }: Pick<OrderRow, 'outcome' | 'orderStatus'>) {
  switch (outcome) {
    case 'pending':
    case 'rejected':
    case 'unknown':
      return outcome
    case 'accepted':
      return orderStatus === null || orderStatus === 'open' ? 'pending' : orderStatus
  }
}
