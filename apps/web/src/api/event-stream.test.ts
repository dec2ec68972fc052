import type { TickEvent } from '@stratdesk/contracts/events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type AccountEvent, EventStream, type StreamHandlers, type StreamStatus } from './event-stream.ts'

/** The browser's EventSource, which Node lacks; the real one runs in the journeys. */
class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static readonly all: FakeEventSource[] = []
  readonly url: string
  readonly withCredentials: boolean
  readyState = 0

  constructor(url: string, { withCredentials }: { withCredentials: boolean }) {
    super()
    this.url = url
    this.withCredentials = withCredentials
    FakeEventSource.all.push(this)
  }

  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  /** A cut the browser repairs by itself. */
  cut(): void {
    this.readyState = 0
    this.dispatchEvent(new Event('error'))
  }

  /** A cut the browser gives up on: a refusal, or a server that is gone. */
  giveUp(): void {
    this.readyState = FakeEventSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }

  send(type: string, data: unknown): void {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    this.dispatchEvent(new MessageEvent(type, { data: text }))
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
}

const start = Date.UTC(2026, 10, 23, 3, 30)

interface Heard {
  readonly statuses: StreamStatus[]
  readonly events: AccountEvent[]
  readonly ticks: TickEvent[]
  gaps: number
  broken: number
}

function listen(isSignedIn = true): { stream: EventStream; heard: Heard } {
  const heard: Heard = { statuses: [], events: [], ticks: [], gaps: 0, broken: 0 }
  const handlers: StreamHandlers = {
    onEvent: (event) => heard.events.push(event),
    onTick: (tick) => heard.ticks.push(tick),
    onGap: () => {
      heard.gaps += 1
    },
    onStatus: (status) => heard.statuses.push(status),
    onBroken: () => {
      heard.broken += 1
      return Promise.resolve(isSignedIn)
    },
  }
  return { stream: new EventStream('/api/events', handlers), heard }
}
const newest = () => {
  const source = FakeEventSource.all.at(-1)
  if (source === undefined) throw new Error('no EventSource was made')
  return source
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

test('it connects with the cookie, is live once open, and asks for what was read before to be read again', () => {
  const { stream, heard } = listen()
  opened = stream
  expect(newest()).toMatchObject({ url: '/api/events', withCredentials: true })
  newest().open()
  expect(heard.statuses.map(({ state }) => state)).toEqual(['connecting', 'live'])
  expect(heard.gaps).toBe(1)
})

test('events are checked by their contract: a malformed one is dropped and the next still arrives', () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  newest().send('connection', 'not json')
  newest().send('connection', { status: 'sideways', renewedBy: null })
  newest().send('tick', { at: 'never' })
  newest().send('connection', { status: 'expired', renewedBy: null })
  newest().send('tick', { at: '2026-11-23T03:30:00.000Z', prices: [], runs: [] })
  expect(heard.events).toEqual([{ type: 'connection', payload: { status: 'expired', renewedBy: null } }])
  expect(heard.ticks).toHaveLength(1)
})

test('a cut the browser repairs keeps the same source, which resumes by its last event id: no refetch', () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  vi.setSystemTime(start + 1000)
  newest().cut()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start + 1000, retryAt: null })
  newest().open()
  expect(heard.statuses.at(-1)?.state).toBe('live')
  expect(FakeEventSource.all).toHaveLength(1)
  expect(heard.gaps).toBe(1)
})

test('a source the browser gave up on is replaced after growing pauses, and then everything is read again', async () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  for (const pauseMs of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
    const made = FakeEventSource.all.length
    newest().giveUp()
    await vi.advanceTimersByTimeAsync(pauseMs - 1)
    expect(FakeEventSource.all).toHaveLength(made)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeEventSource.all).toHaveLength(made + 1)
  }
  newest().open()
  expect(heard.gaps).toBe(2)
  newest().giveUp()
  await vi.advanceTimersByTimeAsync(1000)
  expect(FakeEventSource.all).toHaveLength(8)
})

test('while it waits it says when the next try comes, and since when it has been cut', async () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  newest().giveUp()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start, retryAt: start + 1000 })
  await vi.advanceTimersByTimeAsync(1000)
  newest().giveUp()
  expect(heard.statuses.at(-1)).toEqual({ state: 'reconnecting', since: start, retryAt: start + 3000 })
})

test('cut for half a minute it is stale', async () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  newest().cut()
  await vi.advanceTimersByTimeAsync(29_999)
  expect(heard.statuses.at(-1)?.state).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(1)
  expect(heard.statuses.at(-1)?.state).toBe('stale')
  newest().open()
  expect(heard.statuses.at(-1)?.state).toBe('live')
})

test('a connection that falls silent is replaced; one that is heard from is not', async () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  for (let beat = 0; beat < 4; beat += 1) {
    await vi.advanceTimersByTimeAsync(15_000)
    newest().send('heartbeat', {})
  }
  expect(FakeEventSource.all).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(FakeEventSource.all).toHaveLength(2)
  expect(heard.statuses.at(-1)?.state).toBe('reconnecting')
  newest().open()
  expect(heard.gaps).toBe(2)
})

test('a device that is signed out stops trying', async () => {
  const { stream, heard } = listen(false)
  opened = stream
  newest().open()
  newest().giveUp()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(heard.broken).toBe(1)
  expect(FakeEventSource.all).toHaveLength(1)
  expect(heard.statuses.at(-1)).toEqual({ state: 'off' })
})

test('the server’s reset and a try by hand both end in a full refetch', () => {
  const { stream, heard } = listen()
  opened = stream
  newest().open()
  newest().send('reset', {})
  expect(heard.gaps).toBe(2)
  stream.retryNow()
  newest().open()
  expect(FakeEventSource.all).toHaveLength(2)
  expect(heard.gaps).toBe(3)
})

test('closed it is silent: nothing of an old source is heard and no timer is left', () => {
  const { stream, heard } = listen()
  newest().open()
  newest().giveUp()
  stream.close()
  const said = heard.statuses.length
  newest().cut()
  expect(heard.statuses).toHaveLength(said)
  expect(vi.getTimerCount()).toBe(0)
})
