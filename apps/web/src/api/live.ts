import { streamEvents } from '@stratdesk/contracts/events'
import { getSession, getSignInOptions } from '@stratdesk/contracts/session'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { useCallback, useSyncExternalStore } from 'react'
import { call } from './call.ts'
import { ProblemError } from './problem-error.ts'
import { EventStream, type AccountEvent, type StreamStatus } from './event-stream.ts'
import { q } from './query.ts'
import { queryClient } from './query-client.ts'
import { createRefetcher } from './refetcher.ts'
import { requestUrl } from './request.ts'
import { staleQueries } from './stale-queries.ts'
import { watchHidden } from './watch-hidden.ts'
import { TickStore, type LivePrice, type LiveRun } from './tick-store.ts'

export type { StreamStatus } from './event-stream.ts'
export type { LivePrice, LiveRun } from './tick-store.ts'

const ticks = new TickStore()
const refetch = createRefetcher(queryClient)
const statusListeners = new Set<() => void>()
let status: StreamStatus = { state: 'off' }
let stream: EventStream | undefined
/** The account this page shows; undefined while the stream is closed and until the first answer names it. */
let account: string | undefined
/** Whether the session was read after the stream had opened, so that the gap before it is none for the session. */
let isSessionCurrent = false
let unwatchSession: (() => void) | undefined
/** Tells the browser's other tabs who is signed in. */
let tabs: BroadcastChannel | undefined
let unwatchHidden: (() => void) | undefined

const sessionKey = q(getSession).queryKey

/** What no event changes while the page is open. */
const lasting: ReadonlySet<unknown> = new Set([listStrategies.name, getSignInOptions.name])

/** The longest a screen waits for the stream before it reads anything. */
const openPatienceMs = 300
/** A check of the account that takes longer has failed. */
const checkPatienceMs = 10_000

/**
 * Opens the page's one live stream, or finds it open. Resolves once it is live, so that what is read next misses no
 * event and need not be read twice; where that takes too long, the gap is refetched when it opens.
 */
export async function openLive(): Promise<void> {
  if (stream !== undefined) return
  const live = Promise.withResolvers<void>()
  account = queryClient.getQueryData(sessionKey)?.brokerId
  watchAccount()
  stream = new EventStream(requestUrl(streamEvents, {}), {
    onEvent: takeEvent,
    onTick: (tick) => ticks.apply(tick, Date.now()),
    onGap: readAllAgain,
    onStatus: (next) => {
      status = next
      for (const listener of statusListeners) listener()
      if (next.state === 'live') live.resolve()
    },
    isSameAccount,
    onBroken: isStillSignedIn,
  })
  addEventListener('online', reconnectIfCut)
  unwatchHidden = watchHidden(
    () => stream?.pause(),
    () => stream?.resume(),
  )
  await Promise.race([live.promise, new Promise((resolve) => setTimeout(resolve, openPatienceMs))])
}

/** Closes the stream and forgets every live number, as on sign-out. */
export function closeLive(): void {
  stream?.close()
  stream = undefined
  account = undefined
  isSessionCurrent = false
  unwatchSession?.()
  unwatchSession = undefined
  tabs?.close()
  tabs = undefined
  unwatchHidden?.()
  unwatchHidden = undefined
  removeEventListener('online', reconnectIfCut)
  ticks.clear()
}

/** Tries to reconnect at once. */
export function reconnectLive(): void {
  stream?.retryNow()
}

/** How the live stream stands. */
export function useStreamStatus(): StreamStatus {
  return useSyncExternalStore(subscribeStatus, () => status)
}

/** The live price of an instrument (`SIM:SPX500`), undefined until a tick names it. */
export function useLivePrice(instrument: string): LivePrice | undefined {
  const subscribe = useCallback(
    (listener: () => void) => ticks.subscribePrice(instrument, listener),
    [instrument],
  )
  return useSyncExternalStore(subscribe, () => ticks.price(instrument))
}

/** The live result of a run, undefined until a tick names it and after it has ended. */
export function useLiveRun(runId: string): LiveRun | undefined {
  const subscribe = useCallback((listener: () => void) => ticks.subscribeRun(runId, listener), [runId])
  return useSyncExternalStore(subscribe, () => ticks.run(runId))
}

function reconnectIfCut(): void {
  if (status.state !== 'live') stream?.retryNow()
}

function subscribeStatus(listener: () => void): () => void {
  statusListeners.add(listener)
  return () => statusListeners.delete(listener)
}

/** Live numbers go first: those from before the gap must not hide what is read now. */
function readAllAgain(): void {
  ticks.clear()
  const isKnown = isSessionCurrent
  isSessionCurrent = false
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [name] }) => !lasting.has(name) && !(isKnown && name === getSession.name),
  })
}

/** Hears of another account from whatever reads the session anew and from other tabs, and tells them of this one. */
function watchAccount(): void {
  unwatchSession = queryClient.getQueryCache().subscribe(({ type, query }) => {
    const session = queryClient.getQueryData(sessionKey)
    if (type === 'updated' && query.queryKey[0] === getSession.name && session !== undefined) {
      staysWith(session.brokerId)
    }
  })
  tabs = new BroadcastChannel('stratdesk-session')
  tabs.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && account !== undefined) staysWith(data)
  })
  if (account !== undefined) tabs.postMessage(account)
}

async function isSameAccount(): Promise<boolean> {
  const session = await call(getSession, {}, { signal: AbortSignal.timeout(checkPatienceMs) })
  if (!staysWith(session.brokerId)) return false
  queryClient.setQueryData(sessionKey, session)
  isSessionCurrent = true
  return true
}

/** True while the device is signed in as the account this page shows; otherwise drops everything and starts afresh. */
function staysWith(brokerId: string): boolean {
  account ??= brokerId
  if (brokerId === account) return true
  closeLive()
  queryClient.clear()
  location.replace('/')
  return false
}

function takeEvent(event: AccountEvent): void {
  if (event.type === 'run' && endedStates.has(event.payload.status)) ticks.forgetRun(event.payload.runId)
  for (const queryKey of staleQueries(event)) refetch(queryKey)
}

const endedStates: ReadonlySet<string> = new Set(['stopped', 'failed', 'killed'])

async function isStillSignedIn(): Promise<boolean> {
  try {
    await queryClient.fetchQuery({ ...q(getSession), staleTime: 0, retry: false })
    return true
  } catch (error) {
    return !(error instanceof ProblemError && error.code === 'signed-out')
  }
}
