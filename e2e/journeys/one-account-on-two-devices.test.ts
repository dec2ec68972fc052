import { listOrders } from '@stratdesk/contracts/orders'
import { listRuns } from '@stratdesk/contracts/runs'
import { letTimePass, openScreen, read, startRun, startRunAsIs } from '../acts.ts'
import { expect, test } from '../journey.ts'

const linux =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const mac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

test('the same strategy runs twice with different parameters, seen on both devices', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const laptop = await newDevice(brokerId, { userAgent: linux })
  const desk = await newDevice(brokerId, { userAgent: mac })
  await startRun(laptop, { name: 'From the laptop', fastLength: 3, slowLength: 8 })
  await startRun(desk, { name: 'From the desk', fastLength: 5, slowLength: 13, quantity: 40 })

  for (const device of [laptop, desk]) {
    await openScreen(device, 'Runs')
    const row = (name: string) => device.getByRole('row', { name })
    await expect(row('From the laptop')).toContainText('Running')
    await expect(row('From the laptop')).toContainText('Linux')
    await expect(row('From the desk')).toContainText('Running')
    await expect(row('From the desk')).toContainText('macOS')
  }
  const { items } = await read(laptop, stack, listRuns)
  expect(items.map((run) => [run.name, run.params['fastLength'], run.params['quantity']])).toEqual([
    ['From the desk', 5, 40],
    ['From the laptop', 3, 10],
  ])
})

test('a run stopped on one device is shown stopped on the other without reload', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const [first, second] = [await newDevice(brokerId), await newDevice(brokerId)]
  await startRunAsIs(first, stack, { name: 'Short lived' })
  await openScreen(second, 'Runs')
  await expect(second.getByRole('row', { name: 'Short lived' })).toContainText('Running')

  await openScreen(first, 'Runs')
  await first.getByRole('button', { name: 'Stop Short lived' }).click()
  await first.getByRole('dialog').getByRole('button', { name: 'Stop and close positions' }).click()

  await expect(second.getByRole('row', { name: 'Short lived' })).toContainText('Stopped')
})

test('signing out on one device leaves the other signed in and the run running', async ({
  newDevice,
  brokerId,
  stack,
}) => {
  const [leaving, staying] = [await newDevice(brokerId), await newDevice(brokerId)]
  await startRunAsIs(leaving, stack, { name: 'Goes on' })
  await leaving.getByRole('button', { name: 'Account menu' }).click()
  await leaving.getByRole('menuitem', { name: 'Sign out on this device' }).click()

  await expect(leaving.getByText('You have signed out on this device')).toBeVisible()
  expect((await leaving.request.get(`${stack.apiUrl}/api/session`)).status()).toBe(401)
  await openScreen(staying, 'Runs')
  await expect(staying.getByRole('row', { name: 'Goes on' })).toContainText('Running')
})

test('closing every browser does not stop a run', async ({ newDevice, brokerId, stack }) => {
  const before = await newDevice(brokerId)
  await startRunAsIs(before, stack, { name: 'Left alone' })
  await expect
    .poll(async () => (await read(before, stack, listRuns)).items[0]?.status, { timeout: 20_000 })
    .toBe('running')
  const ordersBefore = (await read(before, stack, listOrders)).items.length
  await before.context().close()

  await letTimePass(stack, 120)

  const later = await newDevice(brokerId)
  await openScreen(later, 'Runs')
  await expect(later.getByRole('row', { name: 'Left alone' })).toContainText('Running')
  expect((await read(later, stack, listOrders)).items.length).toBeGreaterThan(ordersBefore)
})
