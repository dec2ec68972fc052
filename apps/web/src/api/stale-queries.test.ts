import { expect, test } from 'vitest'
import { staleQueries } from './stale-queries.ts'

const runId = '018f5c00-0000-7000-8000-000000000001'
const names = (event: Parameters<typeof staleQueries>[0]) => staleQueries(event).map(([name]) => name)

test('a closed trade refreshes trades, totals, results, curve and its run, but no device or strategy', () => {
  const trade = {
    type: 'trade',
    payload: {
      id: runId,
      runId,
      instrument: 'SIM:SPX500',
      side: 'long',
      quantity: 10,
      net: '1.00',
      exitAt: '2026-11-23T03:30:00.000Z',
    },
  } as const
  expect(new Set(names(trade))).toEqual(
    new Set([
      'getEquity',
      'getPerformance',
      'getRun',
      'getTradeTotals',
      'listPeriodResults',
      'listRunLogs',
      'listRuns',
      'listTrades',
    ]),
  )
})

test('an order of one run leaves the details of other runs alone', () => {
  const order = { type: 'order', payload: { orderId: runId, runId, status: 'complete' } } as const
  expect(staleQueries(order)).toContainEqual(['getRun', { params: { id: runId } }])
  expect(staleQueries(order)).not.toContainEqual(['getRun'])
})

test('a change of the connection or of a device refreshes the session that shows it, and the record of what was done', () => {
  expect(names({ type: 'connection', payload: { status: 'expired', renewedBy: null } })).toEqual([
    'getConnection',
    'getConnectionKeys',
    'getSession',
    'listAudit',
  ])
  expect(names({ type: 'device', payload: { deviceId: runId, change: 'renamed' } })).toEqual([
    'listDevices',
    'getSession',
    'listAudit',
  ])
})
