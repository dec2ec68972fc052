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
  const refresh = (readSince: Date) => refreshInstruments({ client, market, readSince })
  const before = new Date()

  expect(await Promise.all([refresh(before), refresh(before)])).toEqual([4_500, 4_500])
  expect(await refresh(before)).toBe(0)
  expect(reads.count).toBe(1)
  expect(await refresh(new Date(Date.now() + 1))).toBe(4_500)
  expect(await market.instrument('NSE:SHARE4500')).toMatchObject({
    instrument_token: 4500,
    tick_size: '0.05',
  })
})

test('a list that breaks off after some batches rejects, keeps what came, and is read again', async () => {
  await using stack = await startStack()
  const market = createMarket(stack.engineOptions.pool)
  const facts = { status: null, errorType: 'NetworkException', message: 'broke', isDefinite: false }
  const broken = list(4_100, new KiteError(facts))
  const whole = list(4_200)
  const readSince = new Date()

  await expect(refreshInstruments({ client: broken.client, market, readSince })).rejects.toThrow('broke')
  expect(await market.instrument('NSE:SHARE4000')).toMatchObject({ instrument_token: 4000 })
  expect(await market.instrument('NSE:SHARE4200')).toBeUndefined()
  expect(await refreshInstruments({ client: whole.client, market, readSince })).toBe(4_200)
  expect(await market.instrument('NSE:SHARE4200')).toMatchObject({ instrument_token: 4200 })
  expect(await refreshInstruments({ client: whole.client, market, readSince })).toBe(0)
})

test('an empty list does not count as one', async () => {
  await using stack = await startStack()
  const market = createMarket(stack.engineOptions.pool)
  const readSince = new Date()
  expect(await refreshInstruments({ client: list(0).client, market, readSince })).toBe(0)
  expect(await refreshInstruments({ client: list(3).client, market, readSince })).toBe(3)
})
