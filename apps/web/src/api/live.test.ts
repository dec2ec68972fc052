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
  expiresAt: '2026-11-24T03:30:00.000Z',
  connection: { status: 'expired', expiresAt: null, renewedAt: null, renewedBy: null, simulated: false },
})
const sessionKey = q(getSession).queryKey
const runsKey = q(listRuns).queryKey
const replace = vi.fn<(url: string) => void>()
/** Whose cookie the browser holds now. */
let signedIn: string

beforeEach(() => {
  signedIn = 'UK9394'
  FakeEventSource.all.length = 0
  replace.mockReset()
  const page = new EventTarget()
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('location', { replace })
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(session(signedIn))))
  queryClient.setQueryData(sessionKey, session('UK9394'))
})
afterEach(() => {
  closeLive()
  queryClient.clear()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
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

test('a gap forgets the live numbers before it asks for the stored ones', async () => {
  const apply = vi.spyOn(TickStore.prototype, 'apply')
  await goLive()
  const marketTime = '2026-11-23T03:30:00.000Z'
  const prices = [{ instrument: 'SIM:SPX500', instrumentToken: 1, lastPrice: '5891.34', marketTime }]
  newest().send('tick', { at: marketTime, prices, runs: [] })
  const store = apply.mock.contexts[0]
  expect(store?.price('SIM:SPX500')).toBeDefined()
  const shown: unknown[] = []
  vi.spyOn(queryClient, 'invalidateQueries').mockImplementation(() => {
    shown.push(store?.price('SIM:SPX500'))
    return Promise.resolve()
  })
  newest().send('reset', {})
  expect(shown).toEqual([undefined])
})
