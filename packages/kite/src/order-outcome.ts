import { KiteError } from './kite-error.ts'

/**
 * What became of an order call. 'accepted' is an id, not an execution. 'unknown' means the call may have taken effect:
 * only the tag and the order book can tell, and sending it again may double the order.
 */
export type OrderOutcome =
  | { readonly outcome: 'accepted'; readonly orderId: string }
  | { readonly outcome: 'rejected'; readonly error: KiteError }
  | { readonly outcome: 'unknown'; readonly error: KiteError }

/** Runs one order call once and tells what became of it; it throws only for faults of our own code. */
export async function outcomeOf(run: () => Promise<{ readonly orderId: string }>): Promise<OrderOutcome> {
  try {
    return { outcome: 'accepted', orderId: (await run()).orderId }
  } catch (error) {
    if (!(error instanceof KiteError)) throw error
    return { outcome: error.isDefinite ? 'rejected' : 'unknown', error }
  }
}
