import { expect, type Page } from '@playwright/test'

/** Fills in the simulated broker's login page, as a person would. */
export async function fillBrokerLogin(page: Page, brokerId: string, password = 'demo'): Promise<void> {
  await page.getByLabel('User ID').fill(brokerId)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Login' }).click()
}

/** Signs in from the sign-in page through the broker's and waits for the dashboard. */
export async function signIn(page: Page, brokerId: string): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: 'Sign in with Kite' }).click()
  await fillBrokerLogin(page, brokerId)
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
}
