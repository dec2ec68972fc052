import type { AccountEvent } from '@stratdesk/contracts/events'
import type { Batch } from './batch.ts'

/** What the account's devices hear of orders and their fills. */
export function orderEvents(filled: Batch['filled']): AccountEvent[] {
  return filled.flatMap(({ run, orderId, fillId, instrument, side, quantity, price, marketTime }) => {
    const fill = { fillId, orderId, runId: run.id, instrument, side, quantity, price }
    return [
      { type: 'order', payload: { orderId, runId: run.id, status: 'complete' } },
      { type: 'fill', payload: { ...fill, marketTime: marketTime.toISOString() } },
    ]
  })
}

/** What they hear of closed round trips. */
export function tripEvents(trips: Batch['trips']): AccountEvent[] {
  return trips.map(({ id, run, instrument, side, quantity, net, exitAt }) => {
    const what = { instrument, side, quantity, net, exitAt: exitAt.toISOString() }
    return { type: 'trade', payload: { id, runId: run.id, ...what } }
  })
}
