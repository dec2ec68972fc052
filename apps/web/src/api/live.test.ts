import { getSession, type Session } from '@stratdesk/contracts/session'
import { listRuns } from '@stratdesk/contracts/runs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeEventSource, newest } from './fake-event-source.ts'
import { closeLive, openLive } from './live.ts'
import { q } from './query.ts'
import { queryClient } from './query-client.ts'
import { TickStore } from './tick-store.ts'

const session = (brokerId: string): Session => ({
  brokerId,
  name: brokerId,
  device: { id: '019a0000-0000-7000-8000-000000000001', label: 'Firefox' },
  signedInAt: '2026-11-23T03:30:00.000Z',
  authenticatedAt: '2026-11-23T03:30:00.000Z',
  expiresAt: '2026-11-24T03:30:00.000Z',
  connection: { status: 'expired', expiresAt: null, renewedAt: null, renewedBy: null, simulated: false },
})
const sessionKey = q(getSession).queryKey
const runsKey = q(listRuns).queryKey
const replace = vi.fn<(url: string) => void>()
/** Whose cookie the browser holds now. */
let signedIn: string

/** The browser's document as far as hiding goes. */
class FakeTab extends EventTarget {
  visibilityState = 'visible'

  turn(state: 'visible' | 'hidden'): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
let tab: FakeTab

beforeEach(() => {
  tab = new FakeTab()
  signedIn = 'UK9394'
  FakeEventSource.all.length = 0
  replace.mockReset()
  const page = new EventTarget()
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('document', tab)
  vi.stubGlobal('location', { replace })
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(session(signedIn))))
  queryClient.setQueryData(sessionKey, session('UK9394'))
})
afterEach(() => {
  closeLive()
  queryClient.clear()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

async function goLive(): Promise<void> {
  const live = openLive()
  newest().open()
  await live
}

test('signed in as another account meanwhile: a reconnect drops everything and starts the page afresh', async () => {
  await goLive()
  queryClient.setQueryData([...runsKey], { runs: 'of UK9394' })
  signedIn = 'UK1234'
  newest().cut()
  newest().open()
  await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/'))
  expect(queryClient.getQueryCache().getAll()).toEqual([])
  expect(newest().readyState).toBe(FakeEventSource.CLOSED)
})

test('a session read anew that names another account does the same, without any reconnect', async () => {
  await goLive()
  queryClient.setQueryData(sessionKey, session('UK1234'))
  await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/'))
  expect(queryClient.getQueryCache().getAll()).toEqual([])
})

test('the same account reconnects and stays', async () => {
  await goLive()
  newest().cut()
  newest().open()
  queryClient.setQueryData(sessionKey, session('UK9394'))
  newest().send('connection', { status: 'expired', renewedBy: null })
  await vi.waitFor(() => expect(queryClient.getQueryState(sessionKey)?.isInvalidated).toBe(true))
  expect(replace).not.toHaveBeenCalled()
  expect(queryClient.getQueryData(sessionKey)?.brokerId).toBe('UK9394')
})

test('another tab that tells of another account makes this one start afresh', async () => {
  await goLive()
  const other = new BroadcastChannel('stratdesk-session')
  other.postMessage('UK9394')
  other.postMessage('UK1234')
  await vi.waitFor(() => expect(replace).toHaveBeenCalledExactlyOnceWith('/'))
  other.close()
})

test('the session that the opening read is not read again, but with everything else after a later gap', async () => {
  queryClient.setQueryData([...runsKey], { runs: 'of UK9394' })
  const isInvalidated = () =>
    [sessionKey, [...runsKey]].map((key) => queryClient.getQueryState(key)?.isInvalidated)
  await goLive()
  await vi.waitFor(() => expect(isInvalidated()).toEqual([false, true]))
  newest().send('reset', {})
  expect(isInvalidated()).toEqual([true, true])
})

test('a gap forgets the live numbers before it asks for the stored ones', async () => {
  const apply = vi.spyOn(TickStore.prototype, 'apply')
  await goLive()
  const marketTime = '2026-11-23T03:30:00.000Z'
  const prices = [{ instrument: 'SIM:SPX500', instrumentToken: 1, lastPrice: '5891.34', marketTime }]
  newest().send('tick', { at: marketTime, prices, runs: [] })
  const store = apply.mock.contexts[0]
  if (!(store instanceof TickStore)) throw new Error('no tick was taken in')
  expect(store.price('SIM:SPX500')).toBeDefined()
  const shown: unknown[] = []
  vi.spyOn(queryClient, 'invalidateQueries').mockImplementation(() => {
    shown.push(store.price('SIM:SPX500'))
    return Promise.resolve()
  })
  newest().send('reset', {})
  expect(shown).toEqual([undefined])
})

test('a tab hidden for half a minute lets its connection go, and reads everything again when it is seen', async () => {
  await goLive()
  vi.useFakeTimers()
  tab.turn('hidden')
  await vi.advanceTimersByTimeAsync(29_999)
  expect(newest().readyState).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(newest().readyState).toBe(FakeEventSource.CLOSED)
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries')
  tab.turn('visible')
  expect(FakeEventSource.all).toHaveLength(2)
  newest().open()
  await vi.waitFor(() => expect(invalidate).toHaveBeenCalledOnce())
})

test('a tab hidden for a moment keeps its connection, and a closed stream no longer minds being hidden', async () => {
  await goLive()
  vi.useFakeTimers()
  tab.turn('hidden')
  await vi.advanceTimersByTimeAsync(29_000)
  tab.turn('visible')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(newest().readyState).toBe(1)
  tab.turn('hidden')
  closeLive()
  expect(vi.getTimerCount()).toBe(0)
  tab.turn('visible')
  expect(FakeEventSource.all).toHaveLength(1)
})
