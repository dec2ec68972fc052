import { listRuns } from '@stratdesk/contracts/runs'
import { openScreen, read } from '../acts.ts'
import { expect, test } from '../journey.ts'

test.beforeEach(async ({ signedIn: page }) => {
  await openScreen(page, 'Strategies')
  await page.getByRole('link', { name: 'Start EMA crossover' }).click()
  await expect(page.getByRole('form', { name: 'Start EMA crossover' })).toBeVisible()
})

test('the form checks as one types, and nothing wrong is sent', async ({ signedIn: page, stack }) => {
  const quantity = page.getByLabel('Quantity', { exact: true })
  await quantity.fill('0')
  await expect(quantity).toHaveAccessibleDescription(/Must be from 1 to 10,00,000/)
  await expect(quantity).toHaveAttribute('aria-invalid', 'true')

  await page.getByRole('button', { name: 'Start run' }).click()
  await expect(quantity).toBeFocused()
  expect((await read(page, stack, listRuns)).items).toEqual([])

  await quantity.fill('25')
  await expect(quantity).not.toHaveAttribute('aria-invalid', 'true')
})

test('what only the server can tell stands at its field, and what was typed is kept', async ({
  signedIn: page,
  stack,
}) => {
  await page.getByLabel('Fast average', { exact: true }).fill('9')
  await page.getByLabel('Slow average', { exact: true }).fill('9')
  await page.getByLabel('Name', { exact: true }).fill('Never born')
  await page.getByRole('button', { name: 'Start run' }).click()

  await expect(page.getByRole('alert')).toContainText('Nothing was started yet')
  const slow = page.getByLabel('Slow average', { exact: true })
  await expect(slow).toHaveAccessibleDescription(/Must be longer than the fast average/)
  await expect(slow).toBeFocused()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Never born')
  expect((await read(page, stack, listRuns)).items).toEqual([])

  await slow.fill('12')
  await page.getByRole('button', { name: 'Start run' }).click()
  await expect(page.getByRole('heading', { name: 'Never born', level: 1 })).toBeVisible()
})

test('an instrument is found by a part of its name, and one that does not exist cannot be chosen', async ({
  signedIn: page,
}) => {
  const instrument = page.getByLabel('Instrument', { exact: true })
  await instrument.fill('infy')
  await page.getByRole('option', { name: /INFY/ }).first().click()
  await expect(instrument).toHaveValue('NSE:INFY')

  await instrument.fill('NSE:NOSUCHTHING')
  await expect(page.getByRole('option')).toHaveCount(0)
  await page.getByLabel('Name', { exact: true }).focus()
  await expect(instrument).toHaveValue('NSE:INFY')
})

test('pressing twice starts one run', async ({ signedIn: page, stack }) => {
  await page.getByLabel('Name', { exact: true }).fill('Only one')
  await page.getByRole('button', { name: 'Start run' }).dblclick()
  await expect(page.getByRole('heading', { name: 'Only one', level: 1 })).toBeVisible()
  expect((await read(page, stack, listRuns)).items).toHaveLength(1)
})
