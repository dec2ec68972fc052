import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { inputError } from '../kite-error.ts'
import { latest } from '../orders/order.ts'
import { historyRows, orderRow, tradeRow } from '../orders/rows.ts'
import type { Simulator } from '../simulator.ts'
import { signedIn, success } from './plumbing.ts'
import { read } from './read.ts'

const varietySchema = z.object({ variety: z.string() })
const orderSchema = z.object({ orderId: z.string().max(64) })

/** `/orders` and `/trades`: the caller's own of today. */
export function orderRoutes(app: FastifyInstance, sim: Simulator): void {
  const { desk } = sim
  const user = (request: FastifyRequest): string => signedIn(request, sim.sessions).userId

  app.post('/orders/:variety', (request) => {
    const userId = user(request)
    checkVariety(request)
    return success({ order_id: desk.place(userId, request.body, sim.world.second()).id })
  })
  app.put('/orders/:variety/:orderId', (request) => {
    const userId = user(request)
    checkVariety(request)
    const { orderId } = read(orderSchema, request.params)
    desk.modify(userId, orderId, request.body, sim.world.second())
    return success({ order_id: orderId })
  })
  app.delete('/orders/:variety/:orderId', (request) => {
    const userId = user(request)
    checkVariety(request)
    const { orderId } = read(orderSchema, request.params)
    desk.cancel(userId, orderId, sim.world.second())
    return success({ order_id: orderId })
  })
  app.get('/orders', (request) => {
    const { orders } = desk.ledger(user(request))
    return success(Array.from(orders.values(), (order) => orderRow(order, latest(order))))
  })
  app.get('/orders/:orderId', (request) => {
    const userId = user(request)
    const order = desk.order(userId, read(orderSchema, request.params).orderId)
    return success(historyRows(order))
  })
  app.get('/orders/:orderId/trades', (request) => {
    const userId = user(request)
    const order = desk.order(userId, read(orderSchema, request.params).orderId)
    return success(
      desk
        .ledger(userId)
        .trades.filter((trade) => trade.order === order)
        .map(tradeRow),
    )
  })
  app.get('/trades', (request) => success(desk.ledger(user(request)).trades.map(tradeRow)))
}

function checkVariety(request: FastifyRequest): void {
  const { variety } = read(varietySchema, request.params)
  if (variety !== 'regular') throw inputError(`\`variety\` ${variety} is not simulated.`)
}
