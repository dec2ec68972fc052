import type { BrokerScope } from '@stratdesk/data/scope'
import type { Batch } from './batch.ts'

/** Tells the account's devices of orders and their fills. */
export async function emitOrders(tx: BrokerScope, filled: Batch['filled']): Promise<void> {
  for (const order of filled) {
    const { orderId, fillId, instrument, side, quantity, price } = order
    const runId = order.run.id
    await tx.emit('order', { orderId, runId, status: 'complete' })
    const marketTime = order.marketTime.toISOString()
    await tx.emit('fill', { fillId, orderId, runId, instrument, side, quantity, price, marketTime })
  }
}

/** Tells the account's devices of closed round trips. */
export async function emitTrips(tx: BrokerScope, trips: Batch['trips']): Promise<void> {
  for (const { id, run, instrument, side, quantity, net, exitAt } of trips) {
    await tx.emit('trade', {
      id,
      runId: run.id,
      instrument,
      side,
      quantity,
      net,
      exitAt: exitAt.toISOString(),
    })
  }
}
