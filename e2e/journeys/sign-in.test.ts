import type { Page } from '@playwright/test'
import { expect, test } from '../journey.ts'
import { fillBrokerLogin, signIn } from '../sign-in.ts'

const button = { name: 'Sign in with Kite' }

test('the broker’s login leads to the dashboard', { tag: '@every-browser' }, async ({ page, brokerId }) => {
  await page.goto('/')
  await expect(page).toHaveURL('/sign-in')
  await page.getByRole('button', button).click()
  await expect(page.getByText('This is a simulator.')).toBeVisible()
  await fillBrokerLogin(page, brokerId)

  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
  await expect(page).toHaveURL('/')
  await expect(page.getByRole('banner')).toContainText(brokerId)
  await expect(page.getByRole('note')).toContainText('Simulated broker')
  const cookies = await page.context().cookies()
  const session = cookies.find((cookie) => cookie.name === 'session')
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  expect(await page.evaluate('document.cookie')).not.toContain('session')
})

test('after signing in one is where one wanted to go', async ({ page, brokerId }) => {
  await page.goto('/runs?status=active')
  await page.getByRole('button', button).click()
  await fillBrokerLogin(page, brokerId)
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(page).toHaveURL('/runs?status=active')
})

test('a wrong password stays at the broker, and the right one signs in', async ({ page, brokerId }) => {
  await page.goto('/')
  await page.getByRole('button', button).click()
  await fillBrokerLogin(page, brokerId, 'guess')
  await expect(page.getByRole('alert')).toHaveText('Invalid user ID or password.')
  await fillBrokerLogin(page, brokerId)
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
})

test('a login cancelled at the broker says so and signs nobody in', async ({ page, stack }) => {
  await page.goto('/')
  await page.getByRole('button', button).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page).toHaveURL(/\/sign-in\?problem=denied$/)
  await expect(page.getByText('The login was cancelled')).toBeVisible()
  expect((await page.request.get(`${stack.apiUrl}/api/session`)).status()).toBe(401)
})

test('a callback that this browser did not begin signs nobody in', async ({ page, stack, brokerId }) => {
  await page.goto('/')
  await page.getByRole('button', button).click()
  const callback = await logInWithoutReturning(page, brokerId)
  const forged = new URL(callback)
  forged.searchParams.set('state', 'a'.repeat(43))

  await page.goto(forged.href)
  await expect(page).toHaveURL(/problem=state-mismatch/)
  await expect(page.getByText('That login could not be matched')).toBeVisible()
  expect((await page.request.get(`${stack.apiUrl}/api/session`)).status()).toBe(401)
})

test('a callback works once', async ({ page, newDevice, brokerId }) => {
  await page.goto('/')
  await page.getByRole('button', button).click()
  const callback = await logInWithoutReturning(page, brokerId)
  await page.goto(callback)
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()

  const thief = await newDevice(undefined)
  await thief.goto(callback)
  await expect(thief).toHaveURL(/problem=state-mismatch/)
})

test('a broker that cannot be reached is said in plain words, and trying again works', async ({
  page,
  stack,
  brokerId,
}) => {
  await page.goto('/')
  await page.getByRole('button', button).click()
  const callback = await logInWithoutReturning(page, brokerId)
  await stack.sim.stop()
  try {
    await page.goto(callback)
    await expect(page).toHaveURL(/problem=broker-unavailable/)
    await expect(page.getByText('The broker could not be reached')).toBeVisible()
    expect((await page.request.get(`${stack.apiUrl}/api/session`)).status()).toBe(401)
  } finally {
    await stack.sim.start()
  }
  await signIn(page, brokerId)
})

/** Logs in on the broker's page that is shown, and returns the address it would send the browser to. */
async function logInWithoutReturning(page: Page, brokerId: string): Promise<string> {
  await expect(page.getByRole('button', { name: 'Login' })).toBeVisible()
  const address = new URL(page.url())
  const answer = await page.request.post(`${address.origin}/connect/login`, {
    form: {
      user_id: brokerId,
      password: 'demo',
      decision: 'login',
      api_key: address.searchParams.get('api_key') ?? '',
      redirect_params: address.searchParams.get('redirect_params') ?? '',
    },
    maxRedirects: 0,
  })
  expect(answer.status()).toBe(303)
  return answer.headers()['location'] ?? ''
}
