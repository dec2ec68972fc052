import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addressee, createListener } from './listen.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())

test('hears each channel it listens to, and only from the time it was told it listens', async () => {
  const listener = createListener({ url: two.url })
  const wanted: string[] = []
  const ticks: string[] = []
  await listener.listen('account_wanted', (payload) => wanted.push(payload))
  await listener.listen('account_ticks', (payload) => ticks.push(payload))
  await two.anna.notify('account_wanted')
  await two.ben.notify('account_ticks', '{"at":1}')
  await vi.waitFor(() => expect(ticks).toHaveLength(1))
  expect(wanted.map(addressee)).toEqual([{ brokerId: 'UK9394', text: '' }])
  expect(ticks.map(addressee)).toEqual([{ brokerId: 'UK1234', text: '{"at":1}' }])
  await listener.close()
})

test('comes back after its connection was killed, and says that something may have been missed', async () => {
  const log: string[] = []
  const listener = createListener({ url: two.url, log: (message) => log.push(message) })
  const heard: string[] = []
  const reread = vi.fn()
  listener.onReconnect(reread)
  await listener.listen('account_wanted', (payload) => heard.push(payload))
  expect(reread).not.toHaveBeenCalled()

  await killListeners()
  await vi.waitFor(() => expect(reread).toHaveBeenCalledTimes(1), { timeout: 5000 })
  await two.anna.notify('account_wanted')
  await vi.waitFor(() => expect(heard).toEqual(['UK9394']))
  expect(log).toEqual([
    'Notifications from the database are cut off',
    'Notifications from the database are back',
  ])
  await listener.close()
})

test('an event committed by one broker is announced once, with its number', async () => {
  const listener = createListener({ url: two.url })
  const heard: string[] = []
  await listener.listen('account_events', (payload) => heard.push(payload))
  await expect(
    two.anna.transaction(async (tx) => {
      await tx.emit('connection', { status: 'expired', renewedBy: null })
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  await two.anna.emit('connection', { status: 'expired', renewedBy: null })
  await vi.waitFor(() => expect(heard).toEqual(['UK9394 1']))
  await listener.close()
})

test('closing ends a listener that never got a connection', async () => {
  const nowhere = new URL(two.url)
  nowhere.port = '1'
  const listener = createListener({ url: nowhere.href })
  const listening = listener.listen('account_events', () => undefined)
  await listener.close()
  await expect(listening).rejects.toThrow('closed')
})

async function killListeners(): Promise<void> {
  const owner = new pg.Client(two.url)
  await owner.connect()
  await owner.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'stratdesk-listener' and datname = current_database()
  `)
  await owner.end()
}
