import type { Position } from '@stratdesk/contracts/positions'
import type { Trade } from '@stratdesk/contracts/trades'
import { expect, test } from 'vitest'
import { runMarks } from './marks.ts'

const id = '0193a8e0-7c2f-7b3a-9d3e-1f2a3b4c5d6e'
const trade: Trade = {
  id,
  runId: id,
  runName: 'Run',
  strategyId: 'ema-crossover',
  instrument: 'SIM:SPX500',
  side: 'long',
  quantity: 10,
  entryPrice: '4100.5',
  exitPrice: '4110',
  entryAt: '2026-11-22T08:35:01.000Z',
  exitAt: '2026-11-22T08:36:01.000Z',
  gross: '95',
  charges: '5',
  net: '90',
  entryReason: 'crossed above',
  exitReason: 'crossed below',
  mode: 'paper',
}
const position: Position = {
  runId: id,
  runName: 'Run',
  instrument: 'SIM:SPX500',
  instrumentToken: 1,
  quantity: -5,
  averagePrice: '4110',
  lastPrice: null,
  lastPriceAt: null,
  unrealised: null,
  charges: '0',
  mode: 'paper',
  source: 'fills',
  openedAt: '2026-11-22T08:37:00.000Z',
}

test('marks a round trip at its entry and its exit, with prices, result and reasons', () => {
  expect(runMarks([trade], [])).toEqual([
    {
      kind: 'long-entry',
      bought: true,
      at: trade.entryAt,
      text: 'Long 10 at 4,100.50: crossed above',
    },
    { kind: 'gain', bought: false, at: trade.exitAt, text: 'Sold 10 at 4,110.00, +₹90.00: crossed below' },
  ])
})

test('marks the exit of a losing short as bought back at a loss', () => {
  const [, exit] = runMarks([{ ...trade, side: 'short', net: '-12.5' }], [])
  expect(exit).toMatchObject({ kind: 'loss', bought: true })
  expect(exit?.text).toContain('Bought back 10 at 4,110.00, −₹12.50')
})

test('marks an entry once when it was closed in parts', () => {
  const marks = runMarks(
    [
      { ...trade, quantity: 4 },
      { ...trade, quantity: 6, exitAt: position.openedAt },
    ],
    [],
  )
  expect(marks.filter((mark) => mark.kind === 'long-entry').map((mark) => mark.text)).toEqual([
    'Long 10 at 4,100.50: crossed above',
  ])
  expect(marks).toHaveLength(3)
})

test('marks the entry of an open position', () => {
  expect(runMarks([], [position])).toEqual([
    { kind: 'short-entry', bought: false, at: position.openedAt, text: 'Short 5 at 4,110.00' },
  ])
})
