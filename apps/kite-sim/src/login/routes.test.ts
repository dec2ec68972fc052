import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { exchange, logIn } from '../testing/client.ts'

const redirectUrl = 'http://127.0.0.1:1/back?kept=1'
let sim: RunningKiteSim
beforeAll(async () => {
  sim = await startKiteSim({ speed: 0, start: '2026-11-23T05:00:00Z', redirectUrl })
})
afterAll(() => sim.close())

const page = (query: string) => fetch(`${sim.url}/connect/login?${query}`)

test('the page says that it is a simulator and names the demo users', async () => {
  const reply = await page('v=3&api_key=demo-key&redirect_params=state%3Dabc')
  const html = await reply.text()
  expect(reply.status).toBe(200)
  expect(html).toContain('This is a simulator.')
  for (const text of ['UK9394', 'Asha Kulkarni', 'UK1234', 'Rohan Mehta', '<label for="password">']) {
    expect(html).toContain(text)
  }
  expect(html).toContain('name="redirect_params" value="state=abc"')
})

test('its style is the only thing the page may load', async () => {
  const reply = await page('api_key=demo-key')
  const style = /<style>([\s\S]*)<\/style>/.exec(await reply.text())?.[1] ?? ''
  expect(reply.headers.get('content-security-policy')).toContain(
    `default-src 'none'; img-src data:; style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  )
})

test('what comes in by the address is shown as text, never as markup', async () => {
  const html = await (
    await page('api_key=demo-key&user_id=%22%3E%3Cb%3E&redirect_params=%3Cscript%3E')
  ).text()
  expect(html).not.toMatch(/<b>|<script/)
  expect(html).toContain('&#34;&#62;&#60;b&#62;')
})

test('an app nobody registered gets no form', async () => {
  const reply = await page('api_key=unknown')
  expect(reply.status).toBe(400)
  expect(await reply.text()).not.toContain('<form')
})

test('a login sends the browser to the registered address with a token and its parameters echoed', async () => {
  const back = await logIn(sim, 'uk9394 ', {
    redirect_params: 'state=a%26b&status=failed&request_token=forged',
  })
  expect(`${back.origin}${back.pathname}`).toBe('http://127.0.0.1:1/back')
  const { request_token: token, ...others } = Object.fromEntries(back.searchParams)
  expect(others).toEqual({ kept: '1', state: 'a&b', action: 'login', type: 'login', status: 'success' })
  expect(back.searchParams.getAll('request_token')).toHaveLength(1)
  expect(await exchange(sim, token ?? '')).toMatchObject({ http: 200, data: { user_id: 'UK9394' } })
})

test('a denied login goes back with its state and without a token', async () => {
  const back = await logIn(sim, '', { decision: 'cancel', redirect_params: 'state=abc&request_token=forged' })
  expect(Object.fromEntries(back.searchParams)).toEqual({
    kept: '1',
    state: 'abc',
    action: 'login',
    status: 'cancelled',
  })
})

test.each([
  { user_id: 'UK9394', password: 'Demo' },
  { user_id: 'UK9394', password: '' },
  { user_id: 'UK0000', password: 'demo' },
  { user_id: 'AB1234', password: 'demo' },
])(
  '$user_id with "$password" sees the form again, with the reason and the parameters kept',
  async (wrong) => {
    const body = new URLSearchParams({ api_key: 'demo-key', redirect_params: 'state=abc', ...wrong })
    const reply = await fetch(`${sim.url}/connect/login`, { method: 'POST', body, redirect: 'manual' })
    const html = await reply.text()
    expect(reply.status).toBe(403)
    expect(html).toContain('Invalid user ID or password.')
    expect(html).toContain(`value="${wrong.user_id}"`)
    expect(html).toContain('name="redirect_params" value="state=abc"')
  },
)
