import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { ask, exchange, logIn, openTicker, signIn } from '../testing/client.ts'

const options = { seed: 'session', speed: 0, start: '2026-11-23T05:00:00Z' }
let sim: RunningKiteSim
beforeEach(async () => {
  sim = await startKiteSim(options)
})
afterEach(() => sim.close())

const requestToken = async (userId: string): Promise<string> =>
  (await logIn(sim, userId)).searchParams.get('request_token') ?? ''

const dead = { http: 403, status: 'error', error_type: 'TokenException', data: null }

test('a token exchange tells who signed in, in IST', async () => {
  expect(await exchange(sim, await requestToken('UK1234'))).toMatchObject({
    http: 200,
    status: 'success',
    data: {
      user_id: 'UK1234',
      user_name: 'Rohan Mehta',
      login_time: '2026-11-23 10:30:00',
      exchanges: ['NSE', 'NFO', 'SIM'],
    },
  })
})

test('a request token works once, for its own app and secret, and for two minutes', async () => {
  const token = await requestToken('UK9394')
  expect(await exchange(sim, token, 'guessed')).toMatchObject(dead)
  expect(await exchange(sim, token)).toMatchObject({ http: 200 })
  expect(await exchange(sim, token)).toMatchObject(dead)
  expect(await exchange(sim, `${token.slice(0, -1)}x`)).toMatchObject(dead)

  const [inTime, late] = [await requestToken('UK9394'), await requestToken('UK9394')]
  await sim.clock.set({ advance: 119 })
  expect(await exchange(sim, inTime)).toMatchObject({ http: 200 })
  await sim.clock.set({ advance: 1 })
  expect(await exchange(sim, late)).toMatchObject(dead)
})

test('a request token is no access token', async () => {
  const headers = { authorization: `token demo-key:${await requestToken('UK9394')}` }
  expect(await ask(`${sim.url}/user/profile`, { headers })).toMatchObject(dead)
})

test('two users at once each see themselves', async () => {
  const [mine, theirs] = [await signIn(sim, 'UK9394'), await signIn(sim, 'UK1234')]
  expect(await mine.get('/user/profile')).toMatchObject({ data: { user_id: 'UK9394' } })
  expect(await theirs.get('/user/profile')).toMatchObject({ data: { user_id: 'UK1234' } })
})

test('an access token dies at six in the morning in India', async () => {
  const client = await signIn(sim, 'UK9394')
  await sim.clock.set({ now: '2026-11-24T00:29:59Z' })
  expect(await client.get('/user/profile')).toMatchObject({ http: 200 })
  await sim.clock.set({ advance: 1 })
  expect(await client.get('/user/profile')).toMatchObject(dead)
})

test('a revoked token is dead, and the other user’s lives', async () => {
  const [mine, theirs] = [await signIn(sim, 'UK9394'), await signIn(sim, 'UK1234')]
  const gone = `/session/token?api_key=demo-key&access_token=${mine.accessToken}`
  expect(await mine.send('DELETE', gone)).toMatchObject({ http: 200, data: true })
  expect(await mine.get('/orders')).toMatchObject(dead)
  await expect(
    openTicker(`${sim.tickerUrl}?api_key=demo-key&access_token=${mine.accessToken}`),
  ).rejects.toThrow('403')
  expect(await theirs.get('/orders')).toMatchObject({ http: 200 })
})

test('tokens outlive a restart of the same seed, and mean nothing to another', async () => {
  const { accessToken } = await signIn(sim, 'UK9394')
  const headers = { authorization: `token demo-key:${accessToken}` }
  await using again = closing(await startKiteSim(options))
  expect(await ask(`${again.sim.url}/user/profile`, { headers })).toMatchObject({ http: 200 })
  await using other = closing(await startKiteSim({ ...options, seed: 'other' }))
  expect(await ask(`${other.sim.url}/user/profile`, { headers })).toMatchObject(dead)
})

test('a token of one app is refused for another', async () => {
  const kiteApp = { apiKey: 'second-key', apiSecret: 'second-secret', redirectUrl: 'http://127.0.0.1:1/' }
  await using both = closing(await startKiteSim({ ...options, apps: [kiteApp] }))
  const { accessToken } = await signIn(both.sim, 'UK9394')
  const headers = { authorization: `token second-key:${accessToken}` }
  expect(await ask(`${both.sim.url}/user/profile`, { headers })).toMatchObject(dead)
})

test.each([
  ['POST', '/session/token', 400, 'InputException'],
  ['GET', '/user/profile', 403, 'TokenException'],
  ['GET', '/nowhere', 404, 'GeneralException'],
])('%s %s of nobody answers %i in the envelope', async (method, path, http, errorType) => {
  expect(await ask(`${sim.url}${path}`, { method })).toMatchObject({
    http,
    error_type: errorType,
    data: null,
  })
})

test('a body over 64 KiB and a wrong version of the protocol are refused in the envelope', async () => {
  const body = new URLSearchParams({ api_key: 'x'.repeat(65_536) })
  const large = await ask(`${sim.url}/session/token`, { method: 'POST', body })
  expect(large).toMatchObject({ http: 413, error_type: 'InputException' })
  const headers = { 'x-kite-version': '2' }
  expect(await ask(`${sim.url}/user/profile`, { headers })).toMatchObject({ http: 400 })
})

const closing = (running: RunningKiteSim) => ({ sim: running, [Symbol.asyncDispose]: () => running.close() })
