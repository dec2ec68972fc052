import { listOrders } from '@stratdesk/contracts/orders'
import type { RoomDeps } from '../../app-deps.ts'
import { readPage } from '../../http/paging.ts'
import { latestOrders } from './queries.ts'

/** The account's orders. */
export function orderRoutes({ route, cursors }: RoomDeps): void {
  route(listOrders, async ({ query, scope }) => {
    const page = await readPage(
      { name: 'orders', cursors, scope },
      query,
      (request) => scope.run(latestOrders, { ...request, runId: query.runId }),
      (row) => ({ time: row.createdAt, id: row.intentId }),
    )
    return {
      ...page,
      items: page.items.map((row) => ({
        ...row,
        filledQuantity: Number(row.filledQuantity ?? 0),
        status: statusOf(row.outcome, row.orderStatus),
      })),
    }
  })
}

/** An order is what the broker made of the intent; before that, what became of the intent. */
function statusOf(
  outcome: 'pending' | 'accepted' | 'rejected' | 'unknown',
  order: 'open' | 'complete' | 'rejected' | 'cancelled' | null,
) {
  switch (outcome) {
    case 'pending':
    case 'rejected':
    case 'unknown':
      return outcome
    case 'accepted':
      return order === null || order === 'open' ? 'pending' : order
  }
}
