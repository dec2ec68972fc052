import type { Problem } from '@stratdesk/contracts/problem'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** What the server answers to whoever asks for the session; undefined while it hangs. */
let answer: (() => Response) | undefined
const signals: AbortSignal[] = []
const kept = new Map<string, string>()

const signedOut = (message: string) => () =>
  Response.json({ code: 'signed-out', message, requestId: 'r-1' } satisfies Problem, { status: 401 })

/** The guard as a page that was just opened has it. */
function openPage() {
  vi.resetModules()
  return import('./guard.ts')
}
const place = { location: { href: '/runs', pathname: '/runs' }, search: {} }

beforeEach(() => {
  vi.useFakeTimers()
  answer = undefined
  signals.length = 0
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  vi.stubGlobal('fetch', (_url: string, { signal }: { signal: AbortSignal }) => {
    signals.push(signal)
    if (answer !== undefined) return Promise.resolve(answer())
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a server that never says who is signed in counts as unreachable after 15 s, and is asked anew after that', async () => {
  const { requireSession } = await openPage()
  const outcome = vi.fn<(error: unknown) => void>()
  void requireSession(place).catch(outcome)
  await vi.advanceTimersByTimeAsync(14_999)
  expect(outcome).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(outcome).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'unavailable' }))
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])

  answer = signedOut('Sign in to go on')
  await expect(requireSession(place)).rejects.toMatchObject({ options: { to: '/sign-in' } })
  expect(signals).toHaveLength(2)
})

test('a server that never answers does not hide sign-in', async () => {
  const { leaveSignIn } = await openPage()
  const isShown = vi.fn<() => void>()
  void leaveSignIn({ search: {} }).then(isShown)
  await vi.advanceTimersByTimeAsync(14_999)
  expect(isShown).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(isShown).toHaveBeenCalledOnce()
})

test.for([{ ended: 'elsewhere' }, { renew: true }] as const)(
  'sign-in opened with %o takes what the page asked early, once, and keeps the reason told with it',
  async (search) => {
    answer = signedOut('This device was signed out from another device')
    const { leaveSignIn } = await openPage()
    await leaveSignIn({ search })
    expect(signals).toHaveLength(1)
    expect([...kept.values()]).toEqual(['This device was signed out from another device'])
    await leaveSignIn({ search })
    expect(signals).toHaveLength(1)
  },
)

test('what is taken early decides nothing: the next screen asks for itself', async () => {
  answer = signedOut('Sign in to go on')
  const { leaveSignIn, requireSession } = await openPage()
  await leaveSignIn({ search: { ended: 'elsewhere' } })
  expect(kept.size).toBe(0)
  await requireSession(place).catch(() => {})
  expect(signals).toHaveLength(2)
})

test('a sign-in page reached from a screen asks no second time', async () => {
  answer = signedOut('This session has ended')
  const { leaveSignIn, requireSession } = await openPage()
  await expect(requireSession(place)).rejects.toMatchObject({
    options: { to: '/sign-in', search: { ended: 'elsewhere', from: '/runs' } },
  })
  await leaveSignIn({ search: { ended: 'elsewhere', from: '/runs' } })
  expect(signals).toHaveLength(1)
})
