import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { listTrades } from '@stratdesk/contracts/trades'
import { read, startRunAsIs } from '../acts.ts'
import { expect, test } from '../journey.ts'

const folder = fileURLToPath(new URL('../screens/', import.meta.url))
const sizes = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 780 },
] as const

/** Every screen by the name of its picture; `:run` stands for a run that has traded. */
const screens: Readonly<Record<string, string>> = {
  dashboard: '/',
  strategies: '/strategies',
  'start-run': '/strategies/ema-crossover/start',
  runs: '/runs',
  run: '/runs/:run',
  'run-orders': '/runs/:run?tab=orders',
  'run-trades': '/runs/:run?tab=trades',
  'run-log': '/runs/:run?tab=log',
  'run-details': '/runs/:run?tab=details',
  trades: '/trades',
  positions: '/positions',
  devices: '/devices',
  account: '/account',
  'no-such-page': '/nowhere',
}
const signedOutScreens: Readonly<Record<string, string>> = {
  'sign-in': '/sign-in',
  'sign-in-refused': '/sign-in?problem=denied',
  'sign-in-paste': '/sign-in/paste',
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme })

    test('every screen with trades: accessible, nothing scrolls sideways, pictured', async ({
      signedIn: page,
      stack,
    }) => {
      test.setTimeout(240_000)
      const run = await startRunAsIs(page, stack, { name: 'Index, three over eight' })
      await startRunAsIs(page, stack, { name: 'A much longer name, as people give them', slowLength: 21 })
      await expect
        .poll(async () => (await read(page, stack, listTrades)).items.length, { timeout: 60_000 })
        .toBeGreaterThan(8)
      for (const [name, path] of Object.entries(screens)) {
        await test.step(name, () => inspect(page, name, path.replace(':run', run.id), theme))
      }
    })

    test('every screen of a newcomer', async ({ signedIn: page }) => {
      test.setTimeout(120_000)
      for (const name of ['dashboard', 'runs', 'trades', 'positions']) {
        await test.step(name, () => inspect(page, `empty-${name}`, screens[name] ?? '/', theme))
      }
    })

    test('every screen before signing in', async ({ page }) => {
      for (const [name, path] of Object.entries(signedOutScreens)) {
        await test.step(name, () => inspect(page, name, path, theme))
      }
    })
  })
}

async function inspect(page: Page, name: string, path: string, theme: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await page.setViewportSize(sizes[0])
  await page.goto(path)
  for (const size of sizes) {
    await page.setViewportSize(size)
    await expect(page.getByRole('main')).toBeVisible()
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await page.evaluate(drawn)
    await page.screenshot({ path: `${folder}${name}-${size.width}-${theme}.png`, animations: 'disabled' })
    const sideways = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect.soft(sideways, `${name} at ${size.width} px scrolls sideways`).toBeLessThanOrEqual(0)
    if (size.width !== 768) await expectAccessible(page, `${name} at ${size.width} px`)
  }
}

// In the page: fonts are there and the new size is laid out. (The stream keeps the network busy for ever.)
const drawn = `document.fonts.ready.then(() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`

async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  // Soft: one run tells everything that is wrong.
  expect.soft(grave, what).toEqual([])
}
