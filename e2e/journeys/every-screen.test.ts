import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { listTrades } from '@stratdesk/contracts/trades'
import { letTimePass, read, startRunAsIs, untilRunning } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { screens, signedOutScreens } from '../screens.ts'
import { watchScreens } from '../watch.ts'

const folder = fileURLToPath(new URL('../screens/', import.meta.url))

/** Errors on any screen fail the journey, and so does asking anybody but us. */
let troubles: readonly string[]
test.beforeEach(({ page, stack }) => {
  troubles = watchScreens(page, stack)
})
test.afterEach(() => expect(troubles).toEqual([]))

test('every screen with trades: accessible, nothing scrolls sideways, pictured', async ({
  signedIn: page,
  stack,
}) => {
  test.setTimeout(240_000)
  const run = await startRunAsIs(page, stack, { name: 'Index, three over eight' })
  await startRunAsIs(page, stack, { name: 'A much longer name, as people give them', slowLength: 21 })
  const trades = async () => (await read(page, stack, listTrades)).items.length
  await untilRunning(page, stack)
  await letTimePass(stack, 60)
  await expect.poll(trades, { timeout: 60_000 }).toBeGreaterThan(8)
  for (const [name, path] of Object.entries(screens)) {
    await test.step(name, () => inspect(page, name, path.replace(':run', run.id)))
  }
})

test('every screen of a newcomer', async ({ signedIn: page }) => {
  test.setTimeout(120_000)
  for (const name of ['dashboard', 'runs', 'trades', 'positions']) {
    await test.step(name, () => inspect(page, `empty-${name}`, screens[name] ?? '/'))
  }
})

test('every screen before signing in', async ({ page }) => {
  for (const [name, path] of Object.entries(signedOutScreens)) {
    await test.step(name, () => inspect(page, name, path))
  }
})

/**
 * How each screen is looked at, in place, as by somebody who resizes the window and changes the theme of the system.
 * The layouts of the desk and of the telephone are audited whole, in a theme each; the desk's colours in both. The
 * tablet's layout is the desk's or the telephone's in every part.
 */
const looks = [
  { width: 1440, height: 900, theme: 'light', audit: 'whole' },
  { width: 768, height: 1024, theme: 'light', audit: 'nothing' },
  { width: 360, height: 780, theme: 'light', audit: 'nothing' },
  { width: 360, height: 780, theme: 'dark', audit: 'whole' },
  { width: 1440, height: 900, theme: 'dark', audit: 'colours' },
] as const
type Look = (typeof looks)[number]

async function inspect(page: Page, name: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await take(page, looks[0])
  await page.goto(path)
  for (const look of looks) {
    const { width, theme, audit } = look
    await take(page, look)
    await expect(page.getByRole('main')).toBeVisible()
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme)
    await page.evaluate(drawn)
    await page.screenshot({ path: `${folder}${name}-${width}-${theme}.png`, animations: 'disabled' })
    const sideways = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect.soft(sideways, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
    if (audit !== 'nothing') await expectAccessible(page, audit, `${name} at ${width} px in ${theme}`)
  }
}

async function take(page: Page, { width, height, theme }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.setViewportSize({ width, height })
}

// In the page: fonts are there and the new size is laid out. (The stream keeps the network busy for ever.)
const drawn = `document.fonts.ready.then(() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`

async function expectAccessible(page: Page, audit: 'whole' | 'colours', what: string): Promise<void> {
  // Axe is half a megabyte of script: a page that has it is not given it again.
  const isThere = await page.evaluate('"axe" in window')
  const axe = new AxeBuilder({ page, ...(isThere ? { axeSource: 'undefined' } : {}) })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
  const { violations } = await (audit === 'colours' ? axe.withRules('color-contrast') : axe).analyze()
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  // Soft: one run tells everything that is wrong.
  expect.soft(grave, what).toEqual([])
}
