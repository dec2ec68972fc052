import { createMarket } from '@stratdesk/data/market'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { quoteAt } from '../testing/fake-run.ts'
import { startStack } from '../testing/stack.ts'
import { MarketWriter } from './market-writer.ts'

test('candles and prices that could not be written are written with the next ones', async () => {
  await using stack = await startStack()
  await stack.signIn('UK9394')
  await stack.signIn('UK1234')
  const market = createMarket(stack.engineOptions.pool)
  const instrument = await market.instrument('SIM:SPX500')
  const instrumentToken = instrument?.instrument_token ?? 0
  const owner = new pg.Client({ connectionString: stack.engineOptions.url })
  await owner.connect()
  const errors: unknown[] = []
  const writer = new MarketWriter(market, (error) => errors.push(error))

  await owner.query(
    'revoke insert on candles from stratdesk_app; revoke update on instruments from stratdesk_app',
  )
  writer.add(quoteAt(1_000_000_001, { instrumentToken, lastPrice: '100' }))
  await vi.waitUntil(() => errors.length > 0, { timeout: 5_000 })
  await owner.query('grant insert on candles to stratdesk_app; grant update on instruments to stratdesk_app')
  await owner.end()
  writer.add(quoteAt(1_000_000_006, { instrumentToken, lastPrice: '101' }))
  await writer.stop()

  const closes = async (interval: '5s' | '1m') =>
    (await market.candles({ instrumentToken, interval, limit: 10 })).map(({ close }) => close)
  expect(await closes('5s')).toEqual(['100', '101'])
  expect(await closes('1m')).toEqual(['101'])
  expect((await market.instrument('SIM:SPX500'))?.last_price).toBe('101')
})
