import Big from 'big.js'

/** Rates in per cent of turnover, and the cap of the brokerage in rupees: NSE equity intraday at Zerodha. */
const rates = {
  brokerage: '0.03',
  brokerageMax: '20',
  sttOnSells: '0.025',
  exchange: '0.00297',
  sebi: '0.0001',
  stampOnBuys: '0.003',
  gst: '18',
} as const

/** One execution, priced. */
export interface Execution {
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly price: string
}

/**
 * What an execution costs, in rupees rounded to paise (https://zerodha.com/charges, equity intraday):
 * min(0.03 %, ₹20) brokerage + 0.025 % STT on sells + 0.00297 % exchange + 0.0001 % SEBI + 0.003 % stamp duty on buys
 * + 18 % GST on brokerage, exchange and SEBI charges.
 */
export function chargesOf({ side, quantity, price }: Execution): string {
  const turnover = new Big(price).times(quantity)
  const share = (pct: string) => turnover.times(pct).div(100)
  const brokerage = share(rates.brokerage)
  const capped = brokerage.gt(rates.brokerageMax) ? new Big(rates.brokerageMax) : brokerage
  const taxed = capped.plus(share(rates.exchange)).plus(share(rates.sebi))
  const gst = taxed.times(rates.gst).div(100)
  const duty = share(side === 'sell' ? rates.sttOnSells : rates.stampOnBuys)
  return taxed.plus(gst).plus(duty).round(2, Big.roundHalfUp).toFixed(2)
}
