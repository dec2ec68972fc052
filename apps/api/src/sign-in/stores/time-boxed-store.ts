import { ProblemError } from '../../http/problem.ts'
import type { SessionStore } from '../session-store.ts'

/**
 * How long a request waits for the session store to read. A store that is well takes one or two milliseconds; but when many
 * come at once after a quiet while, on two cores that are also opening connections, more than 200 were seen.
 */
const storeMs = 500
/** How long it waits to change something: rarely, and a sign-in that is given up costs a login at the broker. */
export const storeWriteMs = 1000

/**
 * A store that answers in time or rejects as `unavailable` (503): a store that is out says neither "signed out" nor, by
 * an error of its client, "something went wrong". A call that was given up may still take effect.
 */
export function timeBoxed(store: SessionStore, readMs = storeMs, writeMs = storeWriteMs): SessionStore {
  const read = <Result>(call: Promise<Result>) => inTime(call, readMs)
  const write = <Result>(call: Promise<Result>) => inTime(call, writeMs)
  return {
    get: (key) => read(store.get(key)),
    isLive: (key) => read(store.isLive(key)),
    endedBecause: (key) => read(store.endedBecause(key)),
    set: (key, session) => write(store.set(key, session)),
    destroy: (key, reason) => write(store.destroy(key, reason)),
    devices: (brokerId) => read(store.devices(brokerId)),
    rename: (brokerId, deviceId, label) => write(store.rename(brokerId, deviceId, label)),
    revoke: (brokerId, deviceIds, reason) => write(store.revoke(brokerId, deviceIds, reason)),
    check: () => read(store.check()),
    close: () => store.close(),
  }
}

async function inTime<Result>(call: Promise<Result>, limitMs: number): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const giveUp = () => late.reject(new Error(`The session store gave no answer within ${limitMs} ms`))
  // After the sockets were read once more: a process that was busy itself may have the answer waiting there.
  const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), limitMs)
  try {
    return await Promise.race([call, late.promise])
  } catch (cause) {
    throw cause instanceof ProblemError ? cause : sessionsUnavailable(cause)
  } finally {
    clearTimeout(timer)
  }
}

function sessionsUnavailable(cause: unknown): ProblemError {
  const message = 'The server cannot see who is signed in right now. Try again in a moment'
  return new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause })
}
