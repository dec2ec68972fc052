import { expect, test } from 'vitest'
import { accountPnl, positionPnl } from './pnl.ts'

const open = { buyValue: '70647.5', sellValue: '0', quantity: 50, lastPrice: '1413.1', multiplier: 1 }
const closed = { buyValue: '1000.1', sellValue: '1000.4', quantity: 0, lastPrice: '9999', multiplier: 1 }
const shortFuture = {
  buyValue: '0',
  sellValue: '4171375',
  quantity: -50,
  lastPrice: '83.4275',
  multiplier: 1000,
}

test('profit is what was sold less what was bought plus what is held at the last price', () => {
  expect(positionPnl(open)).toBe('7.5')
  expect(positionPnl(shortFuture)).toBe('0')
})

test('a closed row still counts, to the last paisa', () => {
  expect(positionPnl(closed)).toBe('0.3')
  expect(accountPnl([open, closed])).toBe('7.8')
})

test('an account without positions has made nothing', () => {
  expect(accountPnl([])).toBe('0')
})
