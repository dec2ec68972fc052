import type { Page } from '@playwright/test'
import { getSession } from '@stratdesk/contracts/session'
import { openScreen, read } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { fillBrokerLogin } from '../sign-in.ts'
import type { Stack } from '../stack.ts'

test('signing out everywhere after a while asks the broker first, and acts only on another click', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const here = await newDevice(brokerId)
  const other = await newDevice(brokerId)
  await openScreen(here, 'Devices')
  await asAfterAWhile(here, stack, 2)
  await here.getByRole('button', { name: 'Sign out everywhere' }).click()

  await test.step('the login of another account changes nothing', async () => {
    await confirmWithKite(here, 'UK8889')
    const question = here.getByRole('dialog', { name: 'Sign out everywhere?' })
    await expect(question.getByRole('alert')).toContainText('That was another account')
    expect((await read(here, stack, getSession)).brokerId).toBe(brokerId)
  })

  await test.step('one’s own leads back to the question, and nothing is done yet', async () => {
    await confirmWithKite(here, brokerId)
    const question = here.getByRole('dialog', { name: 'Sign out everywhere?' })
    await expect(question.getByRole('button', { name: 'Sign out everywhere' })).toBeVisible()
    await expect(question.getByRole('alert')).toHaveCount(0)
    expect((await read(other, stack, getSession)).brokerId).toBe(brokerId)
  })

  await here.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(here.getByText('You have signed out on every device')).toBeVisible()
  await expect(other.getByText('signed out from another device')).toBeVisible()
  expect((await other.request.get(`${stack.apiUrl}${getSession.path}`)).status()).toBe(401)
})

test('whoever has no keys to log in with again is asked for them, and comes back to the question', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const here = await newDevice(brokerId)
  const other = await newDevice(brokerId)
  await openScreen(here, 'Devices')
  await asAfterAWhile(here, stack, 1)
  // What an account that came with an access token is answered by a server without keys of its own.
  const problem = { code: 'conflict', message: 'Enter your API key and secret again', requestId: 'e2e' }
  await here.route('**/api/session/step-up', (route) =>
    route.request().method() === 'POST' ? route.fulfill(answerOf(stack, 409, problem)) : route.fallback(),
  )
  await here.getByRole('button', { name: 'Sign out everywhere' }).click()
  await here.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await here.getByRole('dialog').getByRole('button', { name: 'Confirm with Kite' }).click()
  await expect(here.getByText('Your keys are needed')).toBeVisible()
  await here.getByRole('button', { name: 'Sign in with Kite' }).click()
  await fillBrokerLogin(here, brokerId)
  await expect(here.getByRole('dialog', { name: 'Sign out everywhere?' })).toBeVisible()
  expect((await read(other, stack, getSession)).brokerId).toBe(brokerId)
})

/** Answers like the server does a quarter of an hour after the sign-in, `times` times: no journey waits that long. */
async function asAfterAWhile(page: Page, stack: Stack, times: number): Promise<void> {
  const problem = { code: 'reauth-required', message: 'Sign in at the broker once more', requestId: 'e2e' }
  const answer = answerOf(stack, 403, problem)
  await page.route(
    '**/api/devices?scope=all',
    (route) => (route.request().method() === 'DELETE' ? route.fulfill(answer) : route.fallback()),
    { times },
  )
}

/** A Problem that the API's origin sends to a page of the web app's. */
function answerOf({ webUrl }: Stack, status: number, problem: Readonly<Record<string, string>>) {
  return {
    status,
    contentType: 'application/problem+json',
    headers: { 'access-control-allow-origin': webUrl, 'access-control-allow-credentials': 'true' },
    body: JSON.stringify(problem),
  }
}

async function confirmWithKite(page: Page, brokerId: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm with Kite' }).click()
  await fillBrokerLogin(page, brokerId)
  await expect(page).toHaveURL(/\/devices\?confirm=sign-out-everywhere/)
}
