import Big from 'big.js'
import { chargesOf } from './charges.ts'
import { segmentOf } from './segment.ts'

/** What the market shows of an instrument; prices are decimal strings, `bid` and `ask` null where there is no depth. */
export interface Quote {
  /** `EXCHANGE:SYMBOL`: what it is decides what an order costs. */
  readonly instrument: string
  readonly lastPrice: string
  readonly bid: string | null
  readonly ask: string | null
}

/** How paper fills differ from the quote, in per cent of the price. */
export interface PaperSettings {
  /** Half the spread, assumed where the quote has no depth. */
  readonly halfSpreadPct: number
  /** Added against us to every fill. */
  readonly slippagePct: number
}

/** What a fill comes to: both decimal strings. */
export interface PaperFill {
  readonly price: string
  readonly charges: string
}

/** Fills orders at the quote they were decided on. */
export interface PaperGateway {
  fill(order: { side: 'buy' | 'sell'; quantity: number }, quote: Quote): PaperFill
}

const noFriction: PaperSettings = { halfSpreadPct: 0, slippagePct: 0 }

/**
 * A gateway that only calculates: a buy fills at the best ask, a sell at the best bid, whatever the quantity. It holds no
 * connection, no key and no token, so that nothing done here can reach a broker.
 */
export function createPaperGateway(settings: PaperSettings = noFriction): PaperGateway {
  return {
    fill({ side, quantity }, quote) {
      const price = fillPrice(side, quote, settings)
      return { price, charges: chargesOf({ side, quantity, price }, segmentOf(quote.instrument)) }
    },
  }
}

function fillPrice(side: 'buy' | 'sell', quote: Quote, settings: PaperSettings): string {
  const shown = side === 'buy' ? quote.ask : quote.bid
  const against = settings.slippagePct + (shown === null ? settings.halfSpreadPct : 0)
  const price = new Big(shown ?? quote.lastPrice)
  if (against === 0) return price.toFixed()
  const moved = price.times(
    new Big(against)
      .div(100)
      .times(side === 'buy' ? 1 : -1)
      .plus(1),
  )
  // Rounded against us, to the paisa: a fill may not be better than what was asked for.
  return moved.round(2, side === 'buy' ? Big.roundUp : Big.roundDown).toFixed()
}
