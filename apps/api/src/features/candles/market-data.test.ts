import { Candle } from '@stratdesk/contracts/candles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
beforeAll(async () => {
  server = await startTestServer()
  one = await server.signIn('UK9394')
  two = await server.signIn('UK1234')
})
afterAll(() => server.close())

describe('the catalogue', () => {
  it('describes each strategy’s parameters so that a form can be made from them', async () => {
    const { items } = (await one.get('/api/strategies')).json()
    expect(items[0]).toMatchObject({
      id: 'ema-crossover',
      defaults: { instrument: 'SIM:SPX500', fastLength: 3, slowLength: 8, direction: 'both' },
      paramsSchema: {
        type: 'object',
        additionalProperties: false,
        properties: {
          fastLength: {
            title: 'Fast average',
            unit: 'bars',
            widget: 'number',
            minimum: 2,
            maximum: 200,
            default: 3,
          },
          direction: { enum: ['long-only', 'both'], labels: { both: 'Long and short' } },
        },
      },
    })
    expect((await server.browser().get('/api/strategies')).statusCode).toBe(401)
  })
})

describe('searching instruments', () => {
  const search = async (query: string) =>
    (await two.get(`/api/instruments${query}`))
      .json<{ items: { id: string; name: string }[] }>()
      .items.map(({ id }) => id)

  it('finds by the beginning of a symbol first, then by a part of symbol or name, in any case', async () => {
    expect((await search('?query=spx'))[0]).toBe('SIM:SPX500')
    expect(await search('?query=SIM:SPX500')).toEqual(['SIM:SPX500'])
    expect(await search('?query=replay')).toContain('SIM:SPX500')
    expect(await search('?query=%25')).toEqual([])
    expect(await search('?query=no%20such%20thing')).toEqual([])
  })

  it('answers a bounded number of them', async () => {
    expect(await search('')).toHaveLength(20)
    expect(await search('?limit=3')).toHaveLength(3)
    for (const query of ['?limit=51', '?limit=-1', `?query=${'x'.repeat(65)}`, '?name=x']) {
      expect([query, (await two.get(`/api/instruments${query}`)).statusCode]).toEqual([query, 400])
    }
  })
})

describe('candles', () => {
  it('are the stored ones, or wider ones made of those', async () => {
    const { instrument_token } = (await server.market.instrument('SIM:SPX500')) ?? { instrument_token: 0 }
    const minutes = Array.from({ length: 7 }, (_, minute) => ({
      instrument_token,
      interval: '1m' as const,
      time: new Date(Date.UTC(2026, 10, 20, 4, minute)),
      open: `${100 + minute}`,
      high: `${110 + minute}`,
      low: `${90 + minute}`,
      close: `${105 + minute}`,
    }))
    await server.market.upsertCandles(minutes)
    const run = { strategyId: 'ema-crossover', params: { instrument: 'SIM:SPX500' }, mode: 'paper' }
    expect((await one.post('/api/runs', run, { 'idempotency-key': 'candles-of-one' })).statusCode).toBe(201)
    const candles = async (query: string) =>
      (await one.get(`/api/candles?instrument=SIM:SPX500&${query}`)).json<{ items: Candle[] }>().items
    expect(await candles('interval=1m')).toHaveLength(7)
    expect(await candles('interval=5m')).toEqual([
      { time: '2026-11-20T04:00:00.000Z', open: '100', high: '114', low: '90', close: '109' },
      { time: '2026-11-20T04:05:00.000Z', open: '105', high: '116', low: '95', close: '111' },
    ])
    for (const candle of await candles('interval=1h')) expect(() => Candle.parse(candle)).not.toThrow()
    expect(await candles('interval=1m&from=2026-11-20T04:05:00Z')).toHaveLength(2)
    expect(await candles('interval=1m&to=2026-11-20T04:05:00Z')).toHaveLength(5)
    expect(await candles('interval=1m&from=0000-01-01T00:00:00Z')).toHaveLength(7)
    expect(await candles('interval=5s')).toEqual([])
  })

  it('tell an account nothing of what others trade', async () => {
    const all = await server.market.read.selectFrom('candles').select('instrument_token').execute()
    expect(all.length).toBeGreaterThan(0)
    const candles = async () => (await two.get('/api/candles?instrument=SIM:SPX500&interval=1m')).json().items
    expect(await candles()).toEqual([])
    const run = { strategyId: 'ema-crossover', params: { instrument: 'SIM:SPX500' }, mode: 'paper' }
    await two.post('/api/runs', run, { 'idempotency-key': 'candles-of-two' })
    expect(await candles()).toHaveLength(7)
  })

  it('of what does not exist are refused with the field', async () => {
    for (const [query, path] of [
      ['instrument=SIM:NOTHING&interval=1m', 'query.instrument'],
      ['instrument=SPX500&interval=1m', 'query.instrument'],
      ['instrument=SIM:SPX500&interval=1d', 'query.interval'],
      ['instrument=SIM:SPX500&interval=1m&from=today', 'query.from'],
      ['interval=1m', 'query.instrument'],
    ]) {
      const response = await one.get(`/api/candles?${query}`)
      expect([query, response.statusCode, response.json().fields[0].path]).toEqual([query, 400, path])
    }
  })
})

describe('the connection', () => {
  it('is the same for all devices of an account and says until when', async () => {
    const { connection } = (await one.get('/api/session')).json()
    expect((await one.get('/api/connection')).json()).toEqual(connection)
    expect(connection.expiresAt).toMatch(/T00:30:00\.000Z$/)
  })
})
