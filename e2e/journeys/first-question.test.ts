import type { Page } from '@playwright/test'
import { signInAsIs } from '../acts.ts'
import { expect, test } from '../journey.ts'
import type { Stack } from '../stack.ts'

/*
 * What index.html asks first, who is signed in: the browser keeps the answer until somebody wants it, and there may be
 * none.
 */

const dashboard = (page: Page) => page.getByRole('heading', { name: 'Dashboard', level: 1 })

test('a token pasted on a page that asked before the sign-in keeps one signed in', async ({
  page,
  stack,
  brokerId,
}) => {
  await openAsked(page, stack, '/sign-in?ended=elsewhere')
  await expect(page.getByText('You were signed out on this device')).toBeVisible()
  await page.getByRole('link', { name: 'Paste a token instead' }).click()
  await page.getByLabel('API key').fill('demo-key')
  await page.getByLabel('API secret').fill('demo-secret')
  await page.getByRole('textbox', { name: 'Request token' }).fill(await requestToken(page, stack, brokerId))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(dashboard(page)).toBeVisible()
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  await expect(page).toHaveURL('/runs')
  await expect(page.getByRole('banner')).toContainText('Live')
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
})

for (const path of ['/sign-in?ended=elsewhere', '/sign-in/paste?ended=here', '/no/such/page']) {
  test(`a sign-in in another tab is believed by one that shows ${path}`, async ({
    page,
    stack,
    brokerId,
  }) => {
    await openAsked(page, stack, path)
    await expect(page.getByRole('main')).toBeVisible()
    await signInAsIs(page, stack, brokerId)
    expect(await page.evaluate(session(stack))).toBe(200)
  })
}

test('the page of an address that names no screen leads somebody who signed in meanwhile to the dashboard', async ({
  page,
  stack,
  brokerId,
}) => {
  await openAsked(page, stack, '/no/such/page')
  await expect(page.getByText('There is no page at this address')).toBeVisible()
  await signInAsIs(page, stack, brokerId)
  await page.getByRole('link', { name: 'Go to the dashboard' }).click()
  await expect(dashboard(page)).toBeVisible()
})

test('a server that never answers is said to be waited for, then not to be reached, and can be tried again', async ({
  page,
  stack,
}) => {
  await page.clock.install()
  await page.route(`${stack.apiUrl}/api/session`, () => {})
  await page.goto('/runs', { waitUntil: 'commit' })
  const waiting = page.getByText('Still waiting for the server')
  await stopClockAt(page, 4999)
  await expect(waiting).toBeHidden()
  await stopClockAt(page, 5001)
  await expect(waiting).toBeVisible()

  await expect.poll(() => page.evaluate('document.querySelector("#root").childElementCount')).not.toBe(0)
  await page.clock.fastForward(14_000)
  await expect(waiting).toBeVisible()
  await page.clock.fastForward(1500)
  await expect(page.getByRole('alert')).toContainText('The server could not be reached')
  await expect(waiting).toBeHidden()

  await page.unroute(`${stack.apiUrl}/api/session`)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'Sign in with Kite' })).toBeVisible()
})

/** Opens a page and waits until what it asked first is answered. */
async function openAsked(page: Page, stack: Stack, path: string): Promise<void> {
  const answered = page.waitForResponse(`${stack.apiUrl}/api/session`)
  await page.goto(path)
  expect((await answered).status()).toBe(401)
}

// In the page: how the server answers to who is signed in, as the app itself asks.
const session = ({ apiUrl }: Stack) =>
  `fetch('${apiUrl}/api/session', { credentials: 'include' }).then(({ status }) => status)`

/** Stops the clock of the mark’s sentence, which no script drives, so many milliseconds after the page’s start. */
async function stopClockAt(page: Page, ms: number): Promise<void> {
  const put = `document.querySelector('.starting p')?.getAnimations()
    .map((animation) => { animation.pause(); animation.currentTime = ${ms} }).length`
  await expect.poll(() => page.evaluate(put)).toBe(1)
}

/** A request token of the broker's, as its login page gives it to whoever calls it without our server. */
async function requestToken({ request }: Page, stack: Stack, brokerId: string): Promise<string> {
  const login = await request.post(`${stack.simUrl}/connect/login`, {
    form: {
      user_id: brokerId,
      password: 'demo',
      decision: 'login',
      api_key: 'demo-key',
      redirect_params: '',
    },
    maxRedirects: 0,
  })
  return new URL(login.headers()['location'] ?? '').searchParams.get('request_token') ?? ''
}
