import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventStream } from './event-stream.ts'
import { FakeEventSource, newest } from './fake-event-source.ts'
import { listen } from './heard-stream.ts'

const start = Date.UTC(2026, 10, 23, 3, 30)

/** Opens the newest source and lets the check of the account answer. */
const open = async () => {
  newest().open()
  await vi.advanceTimersByTimeAsync(0)
}

let opened: EventStream | undefined
beforeEach(() => {
  vi.useFakeTimers({ now: start })
  vi.stubGlobal('EventSource', FakeEventSource)
  FakeEventSource.all.length = 0
})
afterEach(() => {
  opened?.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('it connects with the cookie, is live once open, and asks for what was read before to be read again', async () => {
  const { stream, heard } = listen()
  opened = stream
  expect(newest()).toMatchObject({ url: '/api/events', withCredentials: true })
  await open()
  expect(heard.statuses.map(({ state }) => state)).toEqual(['connecting', 'live'])
  expect(heard.gaps).toBe(1)
})

test('events are checked by their contract: a malformed one is dropped and the next still arrives', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().send('connection', 'not json')
  newest().send('connection', { status: 'sideways', renewedBy: null })
  newest().send('tick', { at: 'never' })
  newest().send('connection', { status: 'expired', renewedBy: null })
  newest().send('tick', { at: '2026-11-23T03:30:00.000Z', prices: [], runs: [] })
  expect(heard.events).toEqual([{ type: 'connection', payload: { status: 'expired', renewedBy: null } }])
  expect(heard.ticks).toHaveLength(1)
})

test('a cut the browser repairs keeps the same source, which resumes by its last event id: no refetch', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  vi.setSystemTime(start + 1000)
  newest().cut()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start + 1000, retryAt: null })
  await open()
  expect(heard.statuses.at(-1)?.state).toBe('live')
  expect(FakeEventSource.all).toHaveLength(1)
  expect(heard.gaps).toBe(1)
})

test('a stream the server ended asks at once whether the device is still signed in, once a cut, and stops if not', async () => {
  const { stream, heard } = listen(false)
  opened = stream
  await open()
  newest().cut()
  expect(heard.broken).toBe(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.statuses.at(-1)).toEqual({ state: 'off' })
})

test('a cut that lasts does not ask again at every try of the browser', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().cut()
  newest().cut()
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.broken).toBe(1)
})

test('a source the browser gave up on is replaced after growing pauses, and then everything is read again', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  for (const pauseMs of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
    const made = FakeEventSource.all.length
    newest().giveUp()
    await vi.advanceTimersByTimeAsync(pauseMs - 1)
    expect(FakeEventSource.all).toHaveLength(made)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeEventSource.all).toHaveLength(made + 1)
  }
  await open()
  expect(heard.gaps).toBe(2)
  newest().giveUp()
  await vi.advanceTimersByTimeAsync(1000)
  expect(FakeEventSource.all).toHaveLength(8)
})

test('while it waits it says when the next try comes, and since when it has been cut', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().giveUp()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start, retryAt: start + 1000 })
  await vi.advanceTimersByTimeAsync(1000)
  newest().giveUp()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start, retryAt: start + 3000 })
})

test('cut for half a minute it is stale', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().cut()
  await vi.advanceTimersByTimeAsync(29_999)
  expect(heard.statuses.at(-1)?.state).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(1)
  expect(heard.statuses.at(-1)?.state).toBe('stale')
  await open()
  expect(heard.statuses.at(-1)?.state).toBe('live')
})

test('a connection that falls silent is replaced; one that is heard from is not', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  for (let beat = 0; beat < 4; beat += 1) {
    await vi.advanceTimersByTimeAsync(15_000)
    newest().send('heartbeat', {})
  }
  expect(FakeEventSource.all).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(FakeEventSource.all).toHaveLength(2)
  expect(heard.statuses.at(-1)?.state).toBe('reconnecting')
  await open()
  expect(heard.gaps).toBe(2)
})

test('a device that is signed out stops trying', async () => {
  const { stream, heard } = listen(false)
  opened = stream
  await open()
  newest().giveUp()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(heard.broken).toBe(1)
  expect(FakeEventSource.all).toHaveLength(1)
  expect(heard.statuses.at(-1)).toEqual({ state: 'off' })
})

test('the server’s reset and a try by hand both end in a full refetch', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().send('reset', {})
  expect(heard.gaps).toBe(2)
  stream.retryNow()
  await open()
  expect(FakeEventSource.all).toHaveLength(2)
  expect(heard.gaps).toBe(3)
})

test('closed it is silent: nothing of an old source is heard and no timer is left', async () => {
  const { stream, heard } = listen()
  await open()
  newest().giveUp()
  stream.close()
  const said = heard.statuses.length
  newest().cut()
  expect(heard.statuses).toHaveLength(said)
  expect(vi.getTimerCount()).toBe(0)
})

const expired = { status: 'expired', renewedBy: null }
const tick = { at: '2026-11-23T03:30:00.000Z', prices: [], runs: [] }

test('at every opening the account is checked first: events wait for it, ticks are dropped, and nothing is live', async () => {
  const answers: ((isSame: boolean) => void)[] = []
  const { stream, heard } = listen(true, () => new Promise((resolve) => answers.push(resolve)))
  opened = stream
  for (const opening of [1, 2]) {
    await open()
    newest().send('connection', expired)
    newest().send('tick', tick)
    expect(heard).toMatchObject({ ticks: [], gaps: opening === 1 ? 0 : 1 })
    expect(heard.events).toHaveLength(opening - 1)
    expect(heard.statuses.at(-1)?.state).not.toBe('live')
    answers[opening - 1]?.(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(heard).toMatchObject({ ticks: [], gaps: 1 })
    expect(heard.events).toHaveLength(opening)
    expect(heard.statuses.at(-1)?.state).toBe('live')
    if (opening === 1) newest().cut()
  }
})

test('another account at a reconnect by the browser ends the stream and none of its events is told', async () => {
  const answers = [true, false]
  const { stream, heard } = listen(true, () => Promise.resolve(answers.shift() === true))
  opened = stream
  await open()
  newest().cut()
  newest().open()
  newest().send('connection', expired)
  newest().send('tick', tick)
  await vi.advanceTimersByTimeAsync(0)
  newest().send('connection', expired)
  expect(heard).toMatchObject({ events: [], ticks: [], gaps: 1 })
  expect(heard.statuses.at(-1)).toEqual({ state: 'off' })
  expect(newest().readyState).toBe(FakeEventSource.CLOSED)
})

test('a check that fails is a cut: a new connection after a pause, checked again', async () => {
  const answers = [Promise.reject(new Error('unreachable')), Promise.resolve(true)]
  const { stream, heard } = listen(true, () => answers.shift() ?? Promise.resolve(false))
  opened = stream
  await open()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start, retryAt: start + 1000 })
  await vi.advanceTimersByTimeAsync(1000)
  await open()
  expect(heard.statuses.at(-1)?.state).toBe('live')
  expect(heard.gaps).toBe(1)
})

test('more events than are held back during a check end in a full refetch', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().cut()
  newest().open()
  for (let sent = 0; sent < 101; sent += 1) newest().send('connection', expired)
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.events).toHaveLength(100)
  expect(heard.gaps).toBe(2)
})

test('paused it holds no connection and tries nothing; resumed it is connecting, not cut, and reads all again', async () => {
  const { stream, heard } = listen()
  opened = stream
  await open()
  newest().giveUp()
  stream.pause()
  stream.retryNow()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(FakeEventSource.all).toHaveLength(1)
  const said = heard.statuses.length
  expect(heard.statuses.at(-1)?.state).toBe('connecting')
  stream.resume()
  await open()
  expect(heard.statuses.slice(said).map(({ state }) => state)).toEqual(['connecting', 'live'])
  expect(heard.gaps).toBe(2)
  stream.resume()
  expect(FakeEventSource.all).toHaveLength(2)
})
