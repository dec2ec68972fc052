import { expect, test } from 'vitest'
import { createPaperGateway } from './paper-gateway.ts'

const quote = { instrument: 'NSE:X', lastPrice: '100.05', bid: '100', ask: '100.1' }

test('a buy pays the ask and a sell gets the bid', () => {
  const gateway = createPaperGateway()
  expect(gateway.fill({ side: 'buy', quantity: 10 }, quote).price).toBe('100.1')
  expect(gateway.fill({ side: 'sell', quantity: 10 }, quote).price).toBe('100')
})

test('without depth half a spread is paid around the last price', () => {
  const gateway = createPaperGateway({ halfSpreadPct: 0.1, slippagePct: 0 })
  const index = { instrument: 'NSE:I', lastPrice: '1000.07', bid: null, ask: null }
  expect(gateway.fill({ side: 'buy', quantity: 1 }, index).price).toBe('1001.08')
  expect(gateway.fill({ side: 'sell', quantity: 1 }, index).price).toBe('999.06')
})

test('slippage goes against us on both sides', () => {
  const gateway = createPaperGateway({ halfSpreadPct: 0, slippagePct: 1 })
  expect(gateway.fill({ side: 'buy', quantity: 1 }, quote).price).toBe('101.11')
  expect(gateway.fill({ side: 'sell', quantity: 1 }, quote).price).toBe('99')
})

test('charges are those of what is traded', () => {
  const option = { ...quote, instrument: 'NFO:NIFTY26NOV24000CE', bid: '100' }
  expect(createPaperGateway().fill({ side: 'sell', quantity: 75 }, option).charges).toBe('34.21')
})

test('charges belong to the price of the fill', () => {
  expect(createPaperGateway().fill({ side: 'buy', quantity: 100 }, { ...quote, ask: '100' }).charges).toBe(
    '4.20',
  )
})
