import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createListener, type Listener } from '../listen.ts'
import { createPool } from '../pool.ts'
import { createScope } from '../scope.ts'
import { openTwoBrokers, type TwoBrokers } from '../testing/brokers.ts'

let two: TwoBrokers
let listener: Listener
const heard: string[] = []
beforeAll(async () => {
  two = await openTwoBrokers()
  listener = createListener({ url: two.url })
  for (const channel of ['account_ticks', 'account_events', 'account_wanted'])
    await listener.listen(channel, (payload) => heard.push(`${channel} ${payload}`))
})
beforeEach(() => void heard.splice(0))
afterAll(async () => {
  await listener.close()
  await two.close()
})

const told = (deviceId: string) => ({ type: 'device', payload: { deviceId, change: 'renamed' } }) as const

test('what several accounts say at the same time goes out in few transactions, whole and each in its order', async () => {
  const { anna, ben } = two
  const connect = vi.spyOn(two.pool, 'connect')
  const numbers = Array.from({ length: 50 }, (_, index) => String(index))
  await Promise.all(
    numbers.flatMap((text) => [
      anna.notify('account_ticks', `"a\\${text}`),
      ben.notify('account_ticks', text),
    ]),
  )
  await vi.waitFor(() => expect(heard).toHaveLength(100))
  expect(connect.mock.calls.length).toBeLessThanOrEqual(2)
  connect.mockRestore()

  expect(heard.filter((line) => line.includes('UK9394'))).toEqual(
    numbers.map((text) => `account_ticks UK9394 "a\\${text}`),
  )
  expect(heard.filter((line) => line.includes('UK1234'))).toEqual(
    numbers.map((text) => `account_ticks UK1234 ${text}`),
  )
})

test('one that is too long is refused and keeps nobody else’s back', async () => {
  const { anna, ben } = two
  const long = anna.notify('account_ticks', 'x'.repeat(7_900))
  await Promise.all([expect(long).rejects.toThrow(RangeError), ben.notify('account_wanted')])
  await vi.waitFor(() => expect(heard).toEqual(['account_wanted UK1234']))
})

test('events written by a batch are told of behind it, once, with the number of the last', async () => {
  const { anna, ben } = two
  await anna.writeAll({ fence: '0', writes: [], events: [told('one'), told('two')] })
  await vi.waitFor(() => expect(heard).toEqual(['account_events UK9394 2']))
  await ben.transaction((tx) => tx.writeAll({ fence: '0', writes: [], events: [told('three')] }))
  await vi.waitFor(() => expect(heard).toEqual(['account_events UK9394 2', 'account_events UK1234 1']))
})

test('events that could not be told of at once are told of as soon as they can', async () => {
  const pool = createPool({ url: two.url, max: 1, connectionTimeoutMs: 1000 })
  const scope = createScope(pool, two.anna.brokerId)
  const connect = vi.spyOn(pool, 'connect')
  const writing = scope.writeAll({ fence: '0', writes: [], events: [told('four')] })
  // Asked for behind the batch and before the telling: the only connection is taken.
  const taken = await pool.connect()
  await writing
  await vi.waitFor(
    async () => {
      const outcomes = await Promise.allSettled(connect.mock.results.map(({ value }) => value))
      expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    },
    { timeout: 10_000 },
  )
  expect(heard).toEqual([])

  taken.release()
  await vi.waitFor(() => expect(heard).toEqual(['account_events UK9394 3']), { timeout: 5_000 })
  await pool.end()
})
