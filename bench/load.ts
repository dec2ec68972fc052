import assert from 'node:assert/strict'
import autocannon from 'autocannon'

/** Requests that are sent in turn to one server. */
export interface Target {
  readonly url: string
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, string>> }[]
}

const connections = 20

/** Keeps a server busy over twenty connections; answered requests a second. Throws when one was not answered well. */
export async function load({ url, requests }: Target, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: requests.map(({ path, headers }) => ({ method: 'GET' as const, path, headers })),
  })
  assert.equal(result.non2xx + result.errors + result.timeouts, 0, 'every request was answered well')
  return result['2xx'] / result.duration
}
