import type { Page } from '@playwright/test'
import { listOrders } from '@stratdesk/contracts/orders'
import { listRuns } from '@stratdesk/contracts/runs'
import { listTrades } from '@stratdesk/contracts/trades'
import { letTimePass, openScreen, read, startRun, untilRunning } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { launchOptions } from '../launch.ts'
import { overhear } from '../overhear.ts'
import { signIn } from '../sign-in.ts'

const screens = ['Dashboard', 'Runs', 'Trades', 'Positions', 'Devices'] as const

test('two people in Chromium and Firefox each trade, and neither sees anything of the other', async ({
  newDevice,
  playwright,
  stack,
}) => {
  test.setTimeout(150_000)
  const firefox = await playwright.firefox.launch(launchOptions('firefox'))
  try {
    const people = [
      { page: await newDevice(undefined), brokerId: 'UK9394', runName: 'Asha follows the index' },
      {
        page: await newDevice(undefined, { browser: firefox }),
        brokerId: 'UK1234',
        runName: 'Rohan waits longer',
      },
    ] as const
    const [asha, rohan] = people
    const heard = await Promise.all(people.map(({ page }) => overhear(page, stack.apiUrl)))
    await Promise.all(people.map(({ page, brokerId }) => signIn(page, brokerId)))

    const [ashasRun, rohansRun] = await Promise.all([
      startRun(asha.page, { name: asha.runName, fastLength: 3, slowLength: 8 }),
      startRun(rohan.page, { name: rohan.runName, fastLength: 4, slowLength: 9, quantity: 25 }),
    ])
    await test.step('each has trades of their own within a minute, without reload', async () => {
      await Promise.all(people.map(({ page }) => untilRunning(page, stack)))
      await letTimePass(stack, 90)
      await Promise.all(people.map(({ page }) => expectTrades(page)))
    })

    for (const screen of screens) {
      await test.step(`${screen}: only their own`, () =>
        Promise.all([
          expectOnlyOwn(asha.page, screen, asha, rohan),
          expectOnlyOwn(rohan.page, screen, rohan, asha),
        ]))
    }

    await test.step('no answer and no event named the other', async () => {
      for (const [index, self] of people.entries()) {
        const other = people[1 - index]
        const foreign = await idsOf(other?.page ?? self.page)
        const text = (await heard[index]?.text()) ?? ''
        expect(text.includes(self.runName), 'answers were heard').toBe(true)
        expect(text.includes('fill {'), 'events were heard').toBe(true)
        const secrets = [other?.brokerId ?? '', other?.runName ?? '', ...foreign]
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
      }
    })

    await test.step('the other one’s run is as unknown as one that never was', async () => {
      await expectUnknown(asha.page, rohansRun, rohan.runName)
      await expectUnknown(rohan.page, ashasRun, asha.runName)
    })

    async function idsOf(page: Page): Promise<readonly string[]> {
      const [runs, orders, trades] = await Promise.all([
        read(page, stack, listRuns),
        read(page, stack, listOrders),
        read(page, stack, listTrades),
      ])
      expect(trades.items.length).toBeGreaterThan(0)
      return [...runs.items, ...orders.items, ...trades.items].map((item) => item.id)
    }
  } finally {
    await firefox.close()
  }
})

/** Waits on the run page until the chart has an entry and an exit. */
async function expectTrades(page: Page): Promise<void> {
  await expect(page.getByRole('figure')).toContainText(/[1-9]\d* exits?/, { timeout: 60_000 })
}

interface Person {
  readonly brokerId: string
  readonly runName: string
}

async function expectOnlyOwn(page: Page, screen: string, self: Person, other: Person): Promise<void> {
  await openScreen(page, screen)
  await expect(page.getByRole('banner')).toContainText(self.brokerId)
  if (screen !== 'Devices') await expect(page.getByRole('main')).toContainText(self.runName)
  await expect(page.locator('body')).not.toContainText(other.brokerId)
  await expect(page.locator('body')).not.toContainText(other.runName)
}

async function expectUnknown(page: Page, address: string, runName: string): Promise<void> {
  const neverWas = address.replace(/[0-9a-f]{12}$/, '000000000000')
  const faces: string[] = []
  for (const url of [address, neverWas]) {
    await page.goto(url)
    await expect(page.getByRole('main')).toContainText('There is no such run')
    await expect(page.locator('body')).not.toContainText(runName)
    faces.push((await page.getByRole('heading').allInnerTexts()).join())
  }
  expect(faces[0]).toBe(faces[1])
}
