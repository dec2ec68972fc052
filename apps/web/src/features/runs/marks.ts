import type { Position } from '@stratdesk/contracts/positions'
import type { Trade } from '@stratdesk/contracts/trades'
import type { Mark } from '../../charts/marks.ts'
import { price, quantity, signedMoney, signOf } from '../../lib/money.ts'

interface Entry {
  readonly side: 'long' | 'short'
  readonly at: string
  readonly price: string
  quantity: number
  readonly reason: string
}

function entryMark({ side, at, price: entryPrice, quantity: size, reason }: Entry): Mark {
  const text = `${side === 'long' ? 'Long' : 'Short'} ${quantity(size)} at ${price(entryPrice)}`
  return {
    kind: side === 'long' ? 'long-entry' : 'short-entry',
    bought: side === 'long',
    at,
    text: reason === '' ? text : `${text}: ${reason}`,
  }
}

function exitMark(trade: Trade): Mark {
  const verb = trade.side === 'long' ? 'Sold' : 'Bought back'
  return {
    kind: signOf(trade.net) > 0 ? 'gain' : 'loss',
    bought: trade.side === 'short',
    at: trade.exitAt,
    text: `${verb} ${quantity(trade.quantity)} at ${price(trade.exitPrice)}, ${signedMoney(trade.net)}: ${trade.exitReason}`,
  }
}

/**
 * What a run did, as marks on its chart: each exit, and each entry once even where several trades came out of it
 * or part of it is still open.
 */
export function runMarks(trades: readonly Trade[], positions: readonly Position[]): Mark[] {
  const entries = new Map<string, Entry>()
  const add = (entry: Entry) => {
    const key = `${entry.at} ${entry.side} ${entry.price}`
    const there = entries.get(key)
    if (there) there.quantity += entry.quantity
    else entries.set(key, entry)
  }
  for (const trade of trades) {
    const { side, entryAt, entryPrice, quantity: size, entryReason } = trade
    add({ side, at: entryAt, price: entryPrice, quantity: size, reason: entryReason })
  }
  for (const { quantity: size, openedAt, averagePrice } of positions) {
    const side = size < 0 ? 'short' : 'long'
    add({ side, at: openedAt, price: averagePrice, quantity: Math.abs(size), reason: '' })
  }
  return [...entries.values()].map(entryMark).concat(trades.map(exitMark))
}
