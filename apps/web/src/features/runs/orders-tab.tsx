import { Button } from '@mantine/core'
import { listOrders, type Order } from '@stratdesk/contracts/orders'
import type { Run } from '@stratdesk/contracts/runs'
import { useInfiniteQuery } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { pages } from '../../api/pages.ts'
import { quantity } from '../../lib/money.ts'
import { CardRow } from '../../ui/card-row.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Price, Time } from '../../ui/numbers.tsx'
import { isActive } from '../../ui/run-status.tsx'
import { OrderStatus, Side } from './order-words.tsx'
import classes from './run-page.module.css'

const noFill = 'Nothing of this order has been filled.'

const columns: readonly Column<Order>[] = [
  { id: 'time', header: 'Time', cell: (order) => <Time at={order.marketTime ?? order.createdAt} /> },
  { id: 'side', header: 'Side', cell: (order) => <Side side={order.side} /> },
  { id: 'instrument', header: 'Instrument', cell: (order) => order.instrument },
  {
    id: 'quantity',
    header: 'Filled',
    align: 'right',
    cell: (order) => `${quantity(order.filledQuantity)} of ${quantity(order.quantity)}`,
  },
  {
    id: 'price',
    header: 'Average price',
    align: 'right',
    cell: (order) => <Price value={order.averagePrice} why={noFill} />,
  },
  { id: 'status', header: 'Status', cell: (order) => <OrderStatus order={order} /> },
  { id: 'reason', header: 'Reason', cell: (order) => <span className={classes.text}>{order.reason}</span> },
]

function runOrders(runId: string) {
  return pages(listOrders.name, { query: { runId } }, (cursor, signal) =>
    call(listOrders, { query: { runId, ...(cursor === undefined ? {} : { cursor }) } }, { signal }),
  )
}

/** Every order the run decided on, newest first, with what became of it and why it was placed. */
export function OrdersTab({ run }: { readonly run: Run }) {
  const orders = useInfiniteQuery(runOrders(run.id))
  return (
    <div className={classes.panel}>
      <QueryFace query={orders} loading={<LoadingRows rows={8} />} failed="The orders could not be loaded.">
        {(items) =>
          items.length === 0 ? (
            <Empty title="No orders yet">
              {isActive(run)
                ? 'The log says why the run has not traded yet.'
                : 'The run ended without an order; its log says why.'}
            </Empty>
          ) : (
            <DataTable
              label="Orders of this run"
              columns={columns}
              rows={items}
              rowKey={(order) => order.id}
              card={(order) => <OrderCard order={order} />}
            />
          )
        }
      </QueryFace>
      {orders.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            size="xs"
            loading={orders.isFetchingNextPage}
            onClick={() => void orders.fetchNextPage()}
          >
            Show older orders
          </Button>
        </div>
      )}
    </div>
  )
}

function OrderCard({ order }: { readonly order: Order }) {
  return (
    <>
      <CardRow
        left={
          <>
            <Side side={order.side} /> {quantity(order.filledQuantity)} of {quantity(order.quantity)}
          </>
        }
        right={<Price value={order.averagePrice} why={noFill} />}
      />
      <CardRow
        left={<OrderStatus order={order} />}
        right={<Time at={order.marketTime ?? order.createdAt} />}
      />
      <CardRow quiet left={order.reason} />
    </>
  )
}
