import { expect, test } from 'vitest'
import { catalogueAt, replayToken } from './instruments.ts'

const at = (time: string) => catalogueAt(Date.parse(time) / 1000)

test('about sixty instruments have tokens and names of their own, with the segment in the low byte', () => {
  const { all, byToken, byName } = at('2026-11-23T05:00:00Z')
  expect(all).toHaveLength(59)
  expect([byToken.size, byName.size]).toEqual([59, 59])
  const segments = { NSE: 1, 'NFO-FUT': 2, INDICES: 9, SIM: 1 }
  for (const one of all) expect(one.token & 0xff).toBe(segments[one.segment])
})

test('well-known shares carry the tokens they have at the exchange', () => {
  const { byName } = at('2026-11-23T05:00:00Z')
  const tokens = ['NSE:INFY', 'NSE:RELIANCE', 'NSE:HDFCBANK', 'NSE:SBIN', 'NSE:NIFTY 50'].map(
    (name) => byName.get(name)?.token,
  )
  expect(tokens).toEqual([408_065, 738_561, 341_249, 779_521, 256_265])
})

test('the replay has an exchange of its own and trades by one at a hundredth', () => {
  expect(at('2026-11-23T05:00:00Z').byToken.get(replayToken)).toMatchObject({
    exchange: 'SIM',
    symbol: 'SPX500',
    lotSize: 1,
    tickPaise: 1,
  })
})

test('futures of two expiries trade, and an expired one is gone the day after the last Tuesday', () => {
  const futures = (time: string) =>
    at(time)
      .all.filter((one) => one.type === 'FUT')
      .map((one) => [one.symbol, one.expiry, one.lotSize])
  expect(futures('2026-11-24T18:29:59Z')).toEqual([
    ['NIFTY26NOVFUT', '2026-11-24', 75],
    ['BANKNIFTY26NOVFUT', '2026-11-24', 35],
    ['NIFTY26DECFUT', '2026-12-29', 75],
    ['BANKNIFTY26DECFUT', '2026-12-29', 35],
  ])
  expect(futures('2026-11-24T18:30:00Z').map(([symbol]) => symbol)).toEqual([
    'NIFTY26DECFUT',
    'BANKNIFTY26DECFUT',
    'NIFTY27JANFUT',
    'BANKNIFTY27JANFUT',
  ])
})
