import type { RunningKiteSim } from '@stratdesk/kite-sim/sim'
import { vi } from 'vitest'
import { loginUrl } from '../login.ts'
import type { Order } from '../order-shapes.ts'
import { createKiteClient } from '../rest.ts'
import type { Tick } from '../tick.ts'
import { createTicker } from '../ticker.ts'

/** The demo app of the simulator. */
export const demoApp = { apiKey: 'demo-key', apiSecret: 'demo-secret' } as const
const { apiKey, apiSecret } = demoApp

/** Waits until it is so, ten seconds at most. */
export const until = (isSo: () => boolean) => vi.waitUntil(isSo, { timeout: 10_000, interval: 10 })

/** What a browser does: the login form, then the redirect back to us. */
export async function logIn(sim: RunningKiteSim, userId: string) {
  const page = new URL(
    loginUrl({ loginUrl: `${sim.url}/connect/login`, apiKey, redirectParams: { state: 'of ours' } }),
  )
  const body = new URLSearchParams({ user_id: userId, password: 'demo', api_key: apiKey })
  body.set('redirect_params', page.searchParams.get('redirect_params') ?? '')
  const reply = await fetch(page, { method: 'POST', body, redirect: 'manual' })
  if (reply.status !== 303) throw new Error(`The login page answered ${reply.status}`)
  const back = new URL(reply.headers.get('location') ?? '')
  return { state: back.searchParams.get('state'), requestToken: back.searchParams.get('request_token') ?? '' }
}

/** A broker signed in, with a client and a ticker that remembers what it heard. */
export async function signIn(sim: RunningKiteSim, userId: string) {
  const { requestToken } = await logIn(sim, userId)
  const session = await createKiteClient({ apiUrl: sim.url, apiKey }).exchangeToken({
    requestToken,
    apiSecret,
  })
  const client = createKiteClient({ apiUrl: sim.url, apiKey, accessToken: session.accessToken })
  const ticker = createTicker({ url: sim.tickerUrl, apiKey, accessToken: session.accessToken })
  const orders: Order[] = []
  const ticks: Tick[] = []
  ticker.onOrder((order) => orders.push(order))
  ticker.onTicks((some) => ticks.push(...some))
  ticker.connect()
  await until(() => ticker.status.state === 'open')
  return { session, client, ticker, orders, ticks, [Symbol.asyncDispose]: () => ticker.close() }
}
