import { createMarket } from '@stratdesk/data/market'
import type { Instrument } from '@stratdesk/kite/instruments'
import { KiteError } from '@stratdesk/kite/kite-error'
import { expect, test } from 'vitest'
import { refreshInstruments } from './instruments.ts'
import { startStack } from './testing/stack.ts'

const share: Instrument = {
  instrumentToken: 257,
  exchangeToken: '1',
  tradingsymbol: 'SHARE',
  name: 'A SHARE',
  lastPrice: null,
  expiry: null,
  strike: null,
  tickSize: '0.05',
  lotSize: 1,
  instrumentType: 'EQ',
  segment: 'NSE',
  exchange: 'NSE',
}

/** A list of so many shares that counts how often it is read, and breaks off in the end if told to. */
function list(count: number, failure?: Error) {
  const reads = { count: 0 }
  async function* instruments() {
    reads.count += 1
    for (let index = 1; index <= count; index += 1) {
      yield await Promise.resolve({ ...share, instrumentToken: index, tradingsymbol: `SHARE${index}` })
    }
    if (failure) throw failure
  }
  return { reads, client: { instruments } }
}

test('a list is read once while it is young, and calls at the same time share one reading', async () => {
  await using stack = await startStack()
  const market = createMarket(stack.engineOptions.pool)
  const { client, reads } = list(4_500)
  const refresh = (maxAgeMs: number) => refreshInstruments({ client, market, maxAgeMs })

  expect(await Promise.all([refresh(60_000), refresh(60_000)])).toEqual([4_500, 4_500])
  expect(await refresh(60_000)).toBe(0)
  expect(reads.count).toBe(1)
  expect(await refresh(0)).toBe(4_500)
  expect(await market.instrument('NSE:SHARE4500')).toMatchObject({
    instrument_token: 4500,
    tick_size: '0.05',
  })
})

test('a list that breaks off rejects, keeps what was there, and is read again the next time', async () => {
  await using stack = await startStack()
  const market = createMarket(stack.engineOptions.pool)
  const facts = { status: null, errorType: 'NetworkException', message: 'broke', isDefinite: false }
  const broken = list(10, new KiteError(facts))
  const whole = list(20)

  await expect(refreshInstruments({ client: broken.client, market, maxAgeMs: 0 })).rejects.toThrow('broke')
  expect(await refreshInstruments({ client: whole.client, market, maxAgeMs: 60_000 })).toBe(20)
})
