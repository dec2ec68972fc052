import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { istDay, istDayStart } from '../ist.ts'
import { fundsOf, openingCash } from '../orders/margins.ts'
import { netQuantity, type Position } from '../orders/positions.ts'
import type { Simulator } from '../simulator.ts'
import { signedIn, success } from './plumbing.ts'
import { read } from './read.ts'

const segmentSchema = z.object({ segment: z.enum(['equity', 'commodity']) })

/** `/portfolio/positions`, `/portfolio/holdings` and `/user/margins`. */
export function portfolioRoutes(app: FastifyInstance, sim: Simulator): void {
  const positionsOf = (userId: string): ReturnType<typeof positionRow>[] => {
    const second = sim.world.second()
    const yesterday = istDayStart(istDay(second)) - 1
    return Array.from(sim.desk.ledger(userId).positions.values(), (position) =>
      positionRow(
        position,
        sim.market.last(position.instrument, second),
        sim.market.last(position.instrument, yesterday),
      ),
    )
  }
  const margins = (userId: string) => ({
    equity: equityMargins(sim, userId, positionsOf(userId)),
    commodity: emptyMargins,
  })
  app.get('/portfolio/positions', (request) => {
    const rows = positionsOf(signedIn(request, sim.sessions).userId)
    // Every day begins flat, so the day's trading is the whole position.
    return success({ net: rows, day: rows })
  })
  app.get('/portfolio/holdings', (request) => {
    signedIn(request, sim.sessions)
    return success([])
  })
  app.get('/user/margins', (request) => success(margins(signedIn(request, sim.sessions).userId)))
  app.get('/user/margins/:segment', (request) => {
    const { userId } = signedIn(request, sim.sessions)
    return success(margins(userId)[read(segmentSchema, request.params).segment])
  })
}

function positionRow(position: Position, last: number, previousClose: number) {
  const { instrument, buyQuantity, buyValue, sellQuantity, sellValue } = position
  const quantity = netQuantity(position)
  const pnl = rupees(sellValue - buyValue + quantity * last)
  const buy = { quantity: buyQuantity, price: average(buyValue, buyQuantity), value: rupees(buyValue) }
  const sell = { quantity: sellQuantity, price: average(sellValue, sellQuantity), value: rupees(sellValue) }
  return {
    tradingsymbol: instrument.symbol,
    exchange: instrument.exchange,
    instrument_token: instrument.token,
    product: position.product,
    quantity,
    overnight_quantity: 0,
    multiplier: 1,
    average_price: average(position.openValue, quantity),
    close_price: rupees(previousClose),
    last_price: rupees(last),
    value: rupees(sellValue - buyValue),
    pnl,
    m2m: pnl,
    // As at Kite: the profit of closed rows is here too.
    unrealised: pnl,
    realised: 0,
    buy_quantity: buy.quantity,
    buy_price: buy.price,
    buy_value: buy.value,
    buy_m2m: buy.value,
    sell_quantity: sell.quantity,
    sell_price: sell.price,
    sell_value: sell.value,
    sell_m2m: sell.value,
    day_buy_quantity: buy.quantity,
    day_buy_price: buy.price,
    day_buy_value: buy.value,
    day_sell_quantity: sell.quantity,
    day_sell_price: sell.price,
    day_sell_value: sell.value,
  }
}

const rupees = (paise: number): number => Math.round(paise) / 100

const average = (value: number, quantity: number): number =>
  quantity === 0 ? 0 : Math.round((value / quantity) * 100) / 10_000

function equityMargins(sim: Simulator, userId: string, rows: readonly { pnl: number }[]) {
  const ledger = sim.desk.ledger(userId)
  const funds = fundsOf(ledger.positions, ledger.open)
  const pnl = rows.reduce((sum, row) => sum + row.pnl, 0)
  return {
    enabled: true,
    net: rupees(funds.available),
    available: { ...emptyMargins.available, ...cash(funds.available) },
    utilised: {
      ...emptyMargins.utilised,
      debits: rupees(funds.usedByPositions + funds.usedByOrders - funds.realised),
      exposure: rupees(funds.usedByOrders),
      span: rupees(funds.usedByPositions),
      m2m_realised: rupees(funds.realised),
      m2m_unrealised: rupees(pnl * 100 - funds.realised),
    },
  }
}

const cash = (available: number) => ({
  cash: rupees(openingCash),
  opening_balance: rupees(openingCash),
  live_balance: rupees(available),
})

const emptyMargins = {
  enabled: false,
  net: 0,
  available: {
    adhoc_margin: 0,
    cash: 0,
    opening_balance: 0,
    live_balance: 0,
    collateral: 0,
    intraday_payin: 0,
  },
  utilised: {
    debits: 0,
    exposure: 0,
    m2m_realised: 0,
    m2m_unrealised: 0,
    option_premium: 0,
    payout: 0,
    span: 0,
    holding_sales: 0,
    turnover: 0,
    liquid_collateral: 0,
    stock_collateral: 0,
    delivery: 0,
  },
}
