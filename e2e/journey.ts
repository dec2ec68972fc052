import { test as base, expect, type Browser, type Page } from '@playwright/test'
import { signInAsIs } from './acts.ts'
import { startStack, type Stack } from './stack.ts'
import { watchErrors } from './watch.ts'

interface DeviceChoice {
  readonly browser?: Browser
  readonly userAgent?: string
}

/** A browser of its own (own cookies, own storage), signed in when a broker id is given. */
export type NewDevice = (brokerId: string | undefined, choice?: DeviceChoice) => Promise<Page>

interface JourneyFixtures {
  /** A broker account that no other journey uses. */
  readonly brokerId: string
  /** A page signed in as `brokerId`, on the dashboard. */
  readonly signedIn: Page
  readonly newDevice: NewDevice
}

let accounts = 0

/**
 * Playwright's `test` with the product running. An error that no code caught fails the journey, and so does whatever
 * the page's Content-Security-Policy had to stop.
 */
export const test = base.extend<JourneyFixtures, { stack: Stack }>({
  stack: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const stack = await startStack()
      await use(stack)
      await stack.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: ({ stack }, use) => use(stack.webUrl),
  // oxlint-disable-next-line no-empty-pattern -- as above.
  brokerId: async ({}, use) => {
    accounts += 1
    await use(`UK${String(accounts).padStart(4, '0')}`)
  },
  page: async ({ page }, use) => {
    const errors = await watchErrors(page)
    await use(page)
    expect(errors, 'errors that no code caught').toEqual([])
  },
  signedIn: async ({ page, brokerId, stack }, use) => {
    await openSignedIn(page, stack, brokerId)
    await use(page)
  },
  newDevice: async ({ browser, stack, contextOptions }, use) => {
    const opened: { page: Page; errors: string[] }[] = []
    await use(async (brokerId, { browser: other = browser, userAgent } = {}) => {
      const context = await other.newContext({
        ...contextOptions,
        baseURL: stack.webUrl,
        ...(userAgent === undefined ? {} : { userAgent }),
      })
      const page = await context.newPage()
      opened.push({ page, errors: await watchErrors(page) })
      if (brokerId !== undefined) await openSignedIn(page, stack, brokerId)
      return page
    })
    await Promise.all(opened.map(({ page }) => page.context().close()))
    expect(
      opened.flatMap(({ errors }) => errors),
      'errors that no code caught',
    ).toEqual([])
  },
})

async function openSignedIn(page: Page, stack: Stack, brokerId: string): Promise<void> {
  await signInAsIs(page, stack, brokerId)
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Dashboard', level: 1 })).toBeVisible()
}

export { expect }
