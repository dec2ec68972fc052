import { TickEvent } from '@stratdesk/contracts/events'
import { uuidv7 } from '@stratdesk/data/uuid'
import { expect, test } from 'vitest'
import { tickPayloads } from './tick-events.ts'

const at = '2026-03-02T04:00:00.000Z'
const pnl = {
  gross: '-12345.67',
  charges: '12.34',
  realised: '-12358.01',
  unrealised: null,
  net: null,
  asOf: at,
}

function event(runs: number, prices: number): TickEvent {
  return {
    at,
    prices: Array.from({ length: prices }, (_, index) => ({
      instrument: `NSE:SHARE${index}`,
      instrumentToken: index,
      lastPrice: '1234.5',
      marketTime: at,
    })),
    runs: Array.from({ length: runs }, () => ({ runId: uuidv7(), openQuantity: -10, pnl })),
  }
}

test('a small event is one payload', () => {
  const small = event(3, 2)
  expect(tickPayloads(small).map((text) => JSON.parse(text))).toEqual([small])
})

test('an event of many runs is split into valid ones that Postgres takes, nothing lost', () => {
  const large = event(250, 120)
  const payloads = tickPayloads(large)
  const parts = payloads.map((text) => TickEvent.parse(JSON.parse(text)))

  expect(Math.max(...payloads.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(7_500)
  expect(parts.flatMap(({ runs }) => runs)).toEqual(large.runs)
  expect(parts.flatMap(({ prices }) => prices)).toEqual(large.prices)
})
