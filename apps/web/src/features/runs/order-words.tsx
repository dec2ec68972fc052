import { Tooltip } from '@mantine/core'
import type { Order } from '@stratdesk/contracts/orders'
import classes from './run-page.module.css'

/** Buy or sell, by word and by colour. */
export function Side({ side }: { readonly side: Order['side'] }) {
  return (
    <span className={side === 'buy' ? classes.buy : classes.sell}>{side === 'buy' ? 'Buy' : 'Sell'}</span>
  )
}

const words: Readonly<Record<Order['status'], string>> = {
  pending: 'Pending',
  complete: 'Complete',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  unknown: 'Unknown',
}

/** What became of an order; the reason of a refusal on hover. */
export function OrderStatus({ order }: { readonly order: Order }) {
  const isBad = order.status === 'rejected' || order.status === 'unknown'
  return (
    <Tooltip label={order.statusMessage} disabled={order.statusMessage === null} multiline maw={320}>
      <span className={isBad ? classes.bad : undefined}>{words[order.status]}</span>
    </Tooltip>
  )
}
