import type { Page } from '@playwright/test'
import { z } from 'zod'
import { openScreen, startRunAsIs } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { fillBrokerLogin } from '../sign-in.ts'
import type { Stack } from '../stack.ts'

const linux =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const banner = (page: Page) => page.getByRole('status').filter({ hasText: 'broker connection has expired' })

// The last of the journeys: the simulated broker's clock jumps to another day, which the others need not bear.
test('a token that ends signs nobody out; one device renews it, and the other recovers and names that device', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const one = await newDevice(brokerId, { userAgent: linux })
  const two = await newDevice(brokerId)
  await startRunAsIs(one, stack, { name: 'Over night' })
  await openScreen(one, 'Runs')
  await openScreen(two, 'Trades')
  await expect(one.getByRole('row', { name: 'Over night' })).toContainText('Running')

  await pastSixInTheMorning(stack)
  await Promise.all([one, two].map((page) => expect(banner(page)).toBeVisible({ timeout: 20_000 })))
  await expect(two).toHaveURL('/trades')

  await banner(one).getByRole('button', { name: 'Renew with Kite' }).click()
  await fillBrokerLogin(one, brokerId)
  await expect(one).toHaveURL('/runs')
  await expect(banner(one)).toBeHidden()
  await expect(banner(two)).toBeHidden()
  await expect(two.getByRole('alert').filter({ hasText: 'renewed on Chrome on Linux' })).toBeVisible()
  await expect(one.getByRole('row', { name: 'Over night' })).toContainText('Running')
})

/** Sets the simulated broker's clock to just after the next 06:00 in India, when it ends every token. */
async function pastSixInTheMorning(stack: Stack): Promise<void> {
  const clock = await fetch(`${stack.simUrl}/sim/clock`)
  const { now } = z.object({ now: z.string() }).parse(await clock.json())
  const there = Temporal.Instant.from(now).toZonedDateTimeISO('Asia/Kolkata')
  const six = there.with({ hour: 6, minute: 0, second: 1, millisecond: 0 })
  const next = there.hour < 6 ? six : six.add({ days: 1 })
  const answer = await fetch(`${stack.simUrl}/sim/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: next.toInstant().toString() }),
  })
  expect(answer.status).toBe(200)
}
