import { accountCalls, type AccountCalls } from './account-calls.ts'
import { marketCalls, type MarketCalls } from './market-calls.ts'
import { orderCalls, type OrderCalls } from './order-calls.ts'
import { createReader } from './reader.ts'
import type { RetryOptions } from './retry.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** How to reach the broker for one account; `apiUrl` is https://api.kite.trade or the simulator's address. */
export interface KiteClientOptions extends TransportOptions {
  readonly retry?: RetryOptions
}

/** The broker's REST interface for one account. Printing or serialising it shows no secret. */
export interface KiteClient extends AccountCalls, OrderCalls, MarketCalls {}

/**
 * A client for one account and one access token; cheap, so make a new one when the token changes. Without
 * `accessToken` only `exchangeToken` makes sense. Give every client of an account the same governor.
 */
export function createKiteClient(options: KiteClientOptions): KiteClient {
  const reader = createReader(createTransport(options), options.retry ?? {})
  return { ...accountCalls(reader, options.apiKey), ...orderCalls(reader), ...marketCalls(reader) }
}
