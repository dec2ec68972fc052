import type { Page } from '@playwright/test'
import { openScreen } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { fillBrokerLogin } from '../sign-in.ts'

const linux =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const android =
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36'

const devices = (page: Page) => page.getByRole('main').getByRole('listitem')

test(
  'a device signed out from another one is told so and comes back to its place; its name comes back with it after a sign-out of its own',
  { tag: '@every-browser' },
  async ({ newDevice, brokerId }) => {
    const desk = await newDevice(brokerId, { userAgent: linux })
    const phone = await newDevice(brokerId, { userAgent: android })
    const stranger = await newDevice('UK8888')
    await Promise.all([desk, stranger].map((page) => openScreen(page, 'Devices')))
    await phone.goto('/trades?side=long')

    await test.step('signed out from the desk, told on the phone as no error', async () => {
      await desk.getByRole('button', { name: 'Sign out Chrome on Android' }).click()
      const question = desk.getByRole('dialog', { name: 'Sign out Chrome on Android?' })
      await expect(question).toContainText('Runs and the broker connection go on')
      await question.getByRole('button', { name: 'Sign out' }).click()
      await expect(
        phone.getByRole('status').filter({ hasText: 'signed out from another device' }),
      ).toBeVisible()
      await expect(phone.getByRole('alert')).toHaveCount(0)
      await expect(devices(desk)).toHaveCount(1)
    })

    await test.step('back at its place, seen on the desk without reload', async () => {
      await signInAgain(phone, brokerId)
      await expect(phone).toHaveURL('/trades?side=long')
      await expect(devices(desk)).toHaveCount(2)
    })

    await test.step('named on the desk with the keyboard, read on the phone', async () => {
      await openScreen(phone, 'Devices')
      // Firefox gives the keyboard only to the page in front.
      await desk.bringToFront()
      await desk.getByRole('button', { name: 'Rename Chrome on Android' }).click()
      await desk.getByLabel('Device name').press('ControlOrMeta+A')
      await desk.getByLabel('Device name').pressSequentially('Pocket')
      await desk.keyboard.press('Enter')
      await expect(desk.getByRole('button', { name: 'Rename Pocket' })).toBeFocused()
      await expect(devices(phone).filter({ hasText: 'This device' })).toContainText('Pocket')
    })

    await test.step('signs out by itself and comes back under its name', async () => {
      await phone.getByRole('button', { name: 'Sign out here' }).click()
      await phone.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
      await expect(phone.getByText('You have signed out on this device')).toBeVisible()
      await expect(devices(desk)).toHaveCount(1)
      await signInAgain(phone, brokerId)
      await expect(devices(desk).filter({ hasText: 'Pocket' })).toBeVisible()
    })

    await expect(devices(stranger)).toHaveCount(1)
    await expect(stranger.getByRole('main')).not.toContainText('Pocket')
  },
)

async function signInAgain(page: Page, brokerId: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Kite' }).click()
  await fillBrokerLogin(page, brokerId)
}
