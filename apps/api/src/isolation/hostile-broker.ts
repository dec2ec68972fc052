import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestBrowser } from '../testing/browser.ts'

/** What the broker answers to whoever asks whose token it is. */
export interface BrokerReply {
  readonly status?: number
  readonly body: string
}

/** A broker that vouches for whatever a test tells it to. */
export async function startHostileBroker() {
  let reply: BrokerReply = { body: '' }
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.resume()
    const isAboutUser = /^\/(session\/token|user\/profile)/.test(request.url ?? '')
    const { status = 200, body } = isAboutUser ? reply : { status: 404, body: '{}' }
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** What it was asked for. */
    asked,
    /** Answers with a user of these fields from now on. */
    vouchFor(user: Readonly<Record<string, unknown>>) {
      reply = { body: JSON.stringify({ status: 'success', data: { access_token: 'token', ...user } }) }
    },
    /** Answers in these words from now on. */
    answer(words: BrokerReply) {
      reply = words
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Every way to sign in; each answers the problem it ended in, or `signed in`. */
export const waysIn: Readonly<Record<string, (browser: TestBrowser) => Promise<string>>> = {
  redirect: (browser) => comeBack(browser, '/api/sign-in/kite'),
  requestToken: (browser) =>
    pasted(browser, 'request-token', { apiSecret: 'demo-secret', requestToken: 'request-token' }),
  accessToken: (browser) => pasted(browser, 'access-token', { accessToken: 'access-token' }),
}

/** Begins a login at the broker by a call and comes back from there; answers as the ways in do. */
export async function comeBack(browser: TestBrowser, path: string): Promise<string> {
  const begun = await browser.post(path, {})
  const login = new URL(begun.json<{ loginUrl: string }>().loginUrl)
  const query = new URLSearchParams(login.searchParams.get('redirect_params') ?? '')
  query.set('request_token', 'request-token')
  query.set('status', 'success')
  const { headers } = await browser.get(`/api/sign-in/kite/callback?${query.toString()}`)
  return new URL(String(headers.location)).searchParams.get('problem') ?? 'signed in'
}

async function pasted(browser: TestBrowser, way: string, keys: object): Promise<string> {
  const response = await browser.post(`/api/sign-in/kite/${way}`, { apiKey: 'demo-key', ...keys })
  return response.statusCode === 200 ? 'signed in' : response.json<{ code: string }>().code
}
