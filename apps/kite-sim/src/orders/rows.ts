import { istText } from '../ist.ts'
import { type Order, type OrderState, pending, type Trade } from './order.ts'

/** An order in Kite's shape, as it was at one of its states. */
export function orderRow(order: Order, state: OrderState) {
  const { terms } = order
  const path = order.states.slice(0, order.states.indexOf(state) + 1).map(({ status }) => status)
  const isAtExchange = path.includes('OPEN')
  const exchangeTime = isAtExchange ? istText(state.second) : null
  return {
    account_id: order.userId,
    placed_by: order.userId,
    order_id: order.id,
    exchange_order_id: isAtExchange ? `1${order.id}` : null,
    parent_order_id: null,
    status: state.status,
    status_message: state.message,
    status_message_raw: state.message,
    order_timestamp: istText(order.placedAt),
    exchange_update_timestamp: exchangeTime,
    exchange_timestamp: exchangeTime,
    variety: 'regular',
    modified: path.includes('MODIFIED'),
    exchange: terms.instrument.exchange,
    tradingsymbol: terms.instrument.symbol,
    instrument_token: terms.instrument.token,
    order_type: terms.type,
    transaction_type: terms.side,
    validity: terms.validity,
    validity_ttl: 0,
    product: terms.product,
    quantity: state.quantity,
    disclosed_quantity: terms.disclosedQuantity,
    price: state.price / 100,
    trigger_price: 0,
    average_price: averagePrice(state),
    filled_quantity: state.filled,
    pending_quantity: state.status === 'REJECTED' ? 0 : pending(state),
    cancelled_quantity: state.cancelled,
    market_protection: terms.marketProtection,
    meta: {},
    tag: terms.tag,
    tags: terms.tag === null ? [] : [terms.tag],
    guid: `sim-${order.id}`,
  }
}

/** Every state an order has been in, oldest first, each at its own time. */
export const historyRows = (order: Order) =>
  order.states.map((state) => ({ ...orderRow(order, state), order_timestamp: istText(state.second) }))

/** An order as the ticker tells of it. A partial fill and a modification are called UPDATE there, as at Kite. */
export function orderUpdate(order: Order, state: OrderState, event: string) {
  return {
    ...orderRow(order, state),
    status: event,
    user_id: order.userId,
    app_id: 0,
    checksum: '',
    unfilled_quantity: pending(state),
  }
}

/** An execution in Kite's shape. */
export function tradeRow(trade: Trade) {
  const { order } = trade
  const time = istText(trade.second)
  return {
    trade_id: trade.id,
    order_id: order.id,
    exchange_order_id: `1${order.id}`,
    exchange: order.terms.instrument.exchange,
    tradingsymbol: order.terms.instrument.symbol,
    instrument_token: order.terms.instrument.token,
    product: order.terms.product,
    transaction_type: order.terms.side,
    average_price: trade.price / 100,
    quantity: trade.quantity,
    fill_timestamp: time,
    order_timestamp: istText(order.placedAt).slice(11),
    exchange_timestamp: time,
  }
}

const averagePrice = (state: OrderState): number =>
  state.filled === 0 ? 0 : Math.round((state.value / state.filled) * 100) / 10_000
