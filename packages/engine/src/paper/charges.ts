import Big from 'big.js'
import type { Segment } from './segment.ts'

/** What Zerodha publishes at https://zerodha.com/charges for NSE, in per cent of turnover (an option's is its premium). */
interface Rates {
  /** Null for a flat brokerage of `brokerageMax`. */
  readonly brokerage: string | null
  /** In rupees. */
  readonly brokerageMax: string
  readonly sttOnSells: string
  readonly exchange: string
  readonly sebi: string
  readonly stampOnBuys: string
}

const common = { brokerageMax: '20', sebi: '0.0001' } as const
const gst = '18'

const ratesOf: Readonly<Record<Segment, Rates>> = {
  equity: { ...common, brokerage: '0.03', sttOnSells: '0.025', exchange: '0.00297', stampOnBuys: '0.003' },
  futures: { ...common, brokerage: '0.03', sttOnSells: '0.02', exchange: '0.00173', stampOnBuys: '0.002' },
  options: { ...common, brokerage: null, sttOnSells: '0.1', exchange: '0.03503', stampOnBuys: '0.003' },
}

/** One execution, priced. */
export interface Execution {
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly price: string
}

/**
 * What an execution costs, in rupees rounded to paise: brokerage (equity intraday and futures 0.03 %, at most ₹20;
 * options ₹20) + STT on sells + exchange + SEBI + stamp duty on buys + 18 % GST on brokerage, exchange and SEBI charges.
 */
export function chargesOf({ side, quantity, price }: Execution, segment: Segment): string {
  const rates = ratesOf[segment]
  const turnover = new Big(price).times(quantity)
  const share = (pct: string) => turnover.times(pct).div(100)
  const brokerage = brokerageOf(turnover, rates)
  const taxed = brokerage.plus(share(rates.exchange)).plus(share(rates.sebi))
  const duty = share(side === 'sell' ? rates.sttOnSells : rates.stampOnBuys)
  return taxed.plus(taxed.times(gst).div(100)).plus(duty).round(2, Big.roundHalfUp).toFixed(2)
}

function brokerageOf(turnover: Big, { brokerage, brokerageMax }: Rates): Big {
  const most = new Big(brokerageMax)
  if (brokerage === null) return most
  const part = turnover.times(brokerage).div(100)
  return part.gt(most) ? most : part
}
