import assert from 'node:assert/strict'
import autocannon from 'autocannon'
import { wrk, wrkVersion } from './wrk.ts'

/** Requests that are sent in turn to one server. */
export interface Target {
  readonly url: string
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, string>> }[]
}

const connections = 20
const hasWrk = wrkVersion() !== undefined

/**
 * Keeps a server busy over twenty connections; answered requests a second. Throws when one was not answered well. By wrk
 * where it is installed, because autocannon takes more of the machine for itself, except for parts of a second, which wrk
 * does not know.
 */
export async function load(target: Target, seconds: number): Promise<number> {
  if (!hasWrk || !Number.isInteger(seconds)) return await loadByAutocannon(target, seconds)
  const { answered, microseconds, failed } = await wrk(target, { connections, seconds })
  assert.equal(failed, 0, 'every request was answered well')
  return answered / (microseconds / 1e6)
}

async function loadByAutocannon({ url, requests }: Target, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: requests.map(({ path, headers }) => ({ method: 'GET' as const, path, headers })),
  })
  assert.equal(result.non2xx + result.errors + result.timeouts, 0, 'every request was answered well')
  return result['2xx'] / result.duration
}
