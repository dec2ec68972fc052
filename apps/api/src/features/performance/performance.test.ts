import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startResultsOfTwo } from '../../testing/results-of-two.ts'
import { seedLot, seedRun } from '../../testing/seed.ts'
import type { TestServer } from '../../testing/server.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
let runId: string

beforeAll(async () => {
  ;({ server, one, two, runId } = await startResultsOfTwo())
})
afterAll(() => server.close())

const performance = async (query: string, browser = one) =>
  (await browser.get(`/api/performance${query}`)).json()

describe('the result of a period', () => {
  it.each([
    ['today', '40.25', 1],
    ['week', '50.25', 2],
    ['month', '29.75', 3],
    ['year', '-0.25', 4],
    ['all', '99.75', 5],
  ])('%s begins at midnight in India', async (period, realised, tradeCount) => {
    expect(await performance(`?period=${period}`)).toMatchObject({
      period,
      realised,
      tradeCount,
      net: realised,
    })
  })

  it('is exact, with rates that are null over nothing', async () => {
    expect(await performance('?period=all')).toEqual({
      period: 'all',
      gross: '104.75',
      charges: '5',
      realised: '99.75',
      unrealised: '0',
      net: '99.75',
      tradeCount: 5,
      winRate: '0.6000',
      expectancy: '19.95',
      largestDrawdown: '-50.5',
      asOf: null,
    })
    const lone = await server.signIn('UK0070')
    expect(await performance('', lone)).toEqual({
      period: 'today',
      gross: '0',
      charges: '0',
      realised: '0',
      unrealised: '0',
      net: '0',
      tradeCount: 0,
      winRate: null,
      expectancy: null,
      largestDrawdown: null,
      asOf: null,
    })
  })

  it('does not hold another account’s trades', async () => {
    expect(await performance('?period=all', two)).toMatchObject({ realised: '-7777', tradeCount: 1 })
  })

  it('refuses a period that is none', async () => {
    expect((await performance('?period=decade')).fields[0].path).toBe('query.period')
  })
})

describe('open lots', () => {
  it('make the result and the position unknown while their price is, never zero', async () => {
    const lone = await server.signIn('UK0071')
    const scope = server.scope('UK0071')
    const run = await seedRun(scope, 'Open run')
    await seedLot(scope, run, 424_242)
    expect(await performance('', lone)).toMatchObject({
      realised: '0',
      unrealised: null,
      net: null,
      asOf: null,
    })
    expect((await lone.get(`/api/runs/${run}`)).json().pnl).toMatchObject({
      unrealised: null,
      net: null,
      asOf: null,
    })
    const { items } = (await lone.get('/api/performance/periods')).json()
    for (const item of items) expect(item).toMatchObject({ unrealised: null, net: null, asOf: null })
    const [position] = (await lone.get('/api/positions')).json().items
    expect(position).toMatchObject({ quantity: 10, averagePrice: '100', lastPrice: null, unrealised: null })
  })

  it('are worth what the last price says, with its age', async () => {
    const instrument = await server.market.instrument('SIM:SPX500')
    const at = new Date('2026-11-18T04:59:58.000Z')
    const token = instrument?.instrument_token ?? 0
    await server.market.recordPrices([{ instrument_token: token, last_price: '101.25', last_price_at: at }])
    const lone = await server.signIn('UK0072')
    const scope = server.scope('UK0072')
    const run = await seedRun(scope, 'Open run')
    await seedLot(scope, run, token)
    const asOf = at.toISOString()
    expect(await performance('', lone)).toMatchObject({ unrealised: '12.50', net: '12.50', asOf })
    expect((await lone.get(`/api/runs/${run}`)).json().pnl).toMatchObject({
      unrealised: '12.50',
      net: '12.50',
      asOf,
    })
    expect((await lone.get('/api/positions')).json().items).toEqual([
      {
        runId: run,
        runName: 'Open run',
        instrument: 'SIM:SPX500',
        instrumentToken: token,
        quantity: 10,
        averagePrice: '100',
        lastPrice: '101.25',
        lastPriceAt: asOf,
        unrealised: '12.50',
        charges: '0.5',
        mode: 'paper',
        source: 'fills',
        openedAt: expect.any(String),
      },
    ])
    expect((await two.get('/api/positions')).json()).toEqual({ items: [] })
  })
})

describe('the equity curve', () => {
  it('adds up trade by trade and says how far below the highest point it is', async () => {
    expect((await one.get('/api/performance/equity?period=year')).json()).toEqual({
      period: 'year',
      items: [
        { time: '2025-12-31T18:30:00.000Z', net: '-30', drawdown: '-30' },
        { time: '2026-11-01T05:00:00.000Z', net: '-50.5', drawdown: '-50.5' },
        { time: '2026-11-15T18:30:00.000Z', net: '-40.5', drawdown: '-40.5' },
        { time: '2026-11-17T18:30:00.000Z', net: '-0.25', drawdown: '-0.25' },
      ],
    })
  })

  it('is thinned to so many points, the last one kept, and can be of one run', async () => {
    const { items } = (await one.get(`/api/performance/equity?points=2&runId=${runId}`)).json()
    expect(items).toHaveLength(2)
    expect(items.at(-1)).toMatchObject({ net: '99.75' })
    expect((await two.get(`/api/performance/equity?runId=${runId}`)).json().items).toEqual([])
    expect((await one.get('/api/performance/equity?points=1')).json().fields[0].path).toBe('query.points')
  })
})

describe('orders', () => {
  it('are the account’s own, newest first, with what became of them', async () => {
    const { items, nextCursor } = (await one.get('/api/orders?limit=3')).json()
    expect(items[0]).toEqual({
      id: expect.any(String),
      runId,
      runName: 'First run',
      instrument: 'SIM:SPX500',
      side: 'sell',
      orderType: 'MARKET',
      quantity: 10,
      filledQuantity: 10,
      averagePrice: '100',
      status: 'complete',
      statusMessage: null,
      tag: expect.any(String),
      reason: 'Crossed above',
      mode: 'paper',
      createdAt: '2026-11-17T18:30:00.000Z',
      marketTime: '2026-11-17T18:30:00.000Z',
    })
    const rest = (await one.get(`/api/orders?limit=200&cursor=${nextCursor}`)).json()
    expect([...items, ...rest.items]).toHaveLength(10)
    expect((await two.get('/api/orders')).json().items).toHaveLength(2)
    expect((await one.get('/api/orders?runId=mine')).json().fields[0].path).toBe('query.runId')
  })

  it('that were refused say why', async () => {
    const scope = server.scope('UK0073')
    const lone = await server.signIn('UK0073')
    const run = await seedRun(scope, 'Refused run')
    await scope
      .insert('order_intents', {
        id: '01a20677-54d3-7444-baea-5f9d901a9b41',
        run_id: run,
        run_seq: 1,
        tag: 'refused1',
        fence: '0',
        instrument_token: 1,
        instrument: 'SIM:SPX500',
        side: 'buy',
        order_type: 'MARKET',
        quantity: 10,
        limit_price: null,
        reason: 'Crossed above',
        market_time: null,
        outcome: 'rejected',
        outcome_message: 'The market is closed',
      })
      .execute()
    expect((await lone.get('/api/orders')).json().items).toMatchObject([
      { status: 'rejected', statusMessage: 'The market is closed', filledQuantity: 0, averagePrice: null },
    ])
  })
})
