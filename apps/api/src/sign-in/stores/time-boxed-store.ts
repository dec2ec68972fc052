import { ProblemError } from '../../http/problem.ts'
import type { SessionStore } from '../session-store.ts'

/** How long a request waits for the session store. */
export const storeMs = 200

/**
 * A store that answers within `limitMs` or rejects as `unavailable` (503): a store that is out says neither "signed out"
 * nor, by an error of its client, "something went wrong". A call that was given up may still take effect.
 */
export function timeBoxed(store: SessionStore, limitMs = storeMs): SessionStore {
  const inTime = async <Result>(call: Promise<Result>): Promise<Result> => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(new Error(`The session store gave no answer within ${limitMs} ms`)),
      limitMs,
    )
    try {
      return await Promise.race([call, late.promise])
    } catch (error) {
      throw error instanceof ProblemError ? error : sessionsUnavailable(error)
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    get: (key) => inTime(store.get(key)),
    isLive: (key) => inTime(store.isLive(key)),
    endedBecause: (key) => inTime(store.endedBecause(key)),
    set: (key, session) => inTime(store.set(key, session)),
    destroy: (key, reason) => inTime(store.destroy(key, reason)),
    devices: (brokerId) => inTime(store.devices(brokerId)),
    rename: (brokerId, deviceId, label) => inTime(store.rename(brokerId, deviceId, label)),
    revoke: (brokerId, deviceIds, reason) => inTime(store.revoke(brokerId, deviceIds, reason)),
    check: () => inTime(store.check()),
    close: () => store.close(),
  }
}

function sessionsUnavailable(cause: unknown): ProblemError {
  const message = 'The server cannot see who is signed in right now. Try again in a moment'
  return new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause })
}
