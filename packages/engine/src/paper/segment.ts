/** What an instrument is charged as. */
export type Segment = 'equity' | 'futures' | 'options'

const derivativeExchanges = new Set(['NFO', 'BFO', 'CDS', 'BCD', 'MCX', 'NCO'])

/**
 * What an `EXCHANGE:SYMBOL` is charged as, by the broker's own naming: on the exchanges of derivatives a future's symbol
 * ends in FUT, an option's in CE or PE. Everything else, also what the simulator trades, is charged as equity intraday.
 */
export function segmentOf(instrument: string): Segment {
  const [exchange = '', symbol = ''] = instrument.split(':', 2)
  if (!derivativeExchanges.has(exchange)) return 'equity'
  if (symbol.endsWith('FUT')) return 'futures'
  return /[CP]E$/.test(symbol) ? 'options' : 'equity'
}
