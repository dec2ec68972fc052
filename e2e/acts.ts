import { randomUUID } from 'node:crypto'
import { expect, type Locator, type Page } from '@playwright/test'
import { listRuns, startRun as startRunEndpoint, type Run } from '@stratdesk/contracts/runs'
import { startKiteSignIn } from '@stratdesk/contracts/session'
import type { z } from 'zod'
import type { Stack } from './stack.ts'

/** What a journey sets in the start form; everything else keeps its default. */
export interface RunChoice {
  readonly name: string
  readonly fastLength?: number
  readonly slowLength?: number
  readonly quantity?: number
}

/** Goes to a screen by the navigation, as a person would. */
export async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
}

/** Starts EMA crossover from the catalogue and returns its run's address once the run page is shown. */
export async function startRun(page: Page, choice: RunChoice): Promise<string> {
  await openScreen(page, 'Strategies')
  await page.getByRole('link', { name: 'Start EMA crossover' }).click()
  await fillStartForm(page, choice)
  await page.getByRole('button', { name: 'Start run' }).click()
  await expect(page.getByRole('heading', { name: choice.name, level: 1 })).toBeVisible()
  return page.url()
}

/**
 * Replaces the text of a field key by key. Playwright's `fill` sets the value in Firefox (over BiDi) in a way that a
 * React field does not notice.
 */
async function typeInto(field: Locator, text: string): Promise<void> {
  await field.focus()
  await field.press('ControlOrMeta+A')
  await field.pressSequentially(text)
}

/** Fills in what the choice names. */
async function fillStartForm(page: Page, choice: RunChoice): Promise<void> {
  const fill = async (label: string, value: number | undefined) => {
    if (value !== undefined) await typeInto(page.getByLabel(label, { exact: true }), String(value))
  }
  await fill('Fast average', choice.fastLength)
  await fill('Slow average', choice.slowLength)
  await fill('Quantity', choice.quantity)
  await typeInto(page.getByLabel('Name', { exact: true }), choice.name)
}

/** Reads the API with the page's own session, as the page itself does, and checks the answer by its contract. */
export async function read<Answer>(
  page: Page,
  stack: Stack,
  { path, replies }: { readonly path: string; readonly replies: { readonly 200: z.ZodType<Answer> } },
  query: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await page.request.get(`${stack.apiUrl}${path}`, { params: query })
  expect(answer.status(), `GET ${path}`).toBe(200)
  return replies[200].parse(await answer.json())
}

/** Starts a run without the form, for journeys about something else. */
export async function startRunAsIs(page: Page, stack: Stack, { name, ...params }: RunChoice): Promise<Run> {
  const answer = await page.request.post(`${stack.apiUrl}${startRunEndpoint.path}`, {
    headers: { origin: stack.webUrl, 'idempotency-key': randomUUID() },
    data: { strategyId: 'ema-crossover', name, params, mode: 'paper' },
  })
  expect(answer.status(), await answer.text()).toBe(201)
  return startRunEndpoint.replies[201].parse(await answer.json())
}

/** Waits until every run of the account goes. */
export async function untilRunning(page: Page, stack: Stack): Promise<void> {
  const statuses = async () => (await read(page, stack, listRuns)).items.map(({ status }) => status)
  await expect
    .poll(async () => (await statuses()).every((status) => status === 'running'), { timeout: 20_000 })
    .toBe(true)
}

/** Waits until the run whose page is shown goes, then lets the time pass at once that its first trades take. */
export async function skipToTrades(page: Page, stack: Stack): Promise<void> {
  await expect(page.getByRole('main')).toContainText('Running')
  await letTimePass(stack, 90)
}

/** Lets simulated time pass at once: every price of those seconds is sent. */
export async function letTimePass(stack: Pick<Stack, 'simUrl'>, seconds: number): Promise<void> {
  const answer = await fetch(`${stack.simUrl}/sim/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: seconds }),
  })
  expect(answer.status).toBe(200)
}

/**
 * Signs a browser in without showing it a page, for journeys about something else. It goes the whole way of a person:
 * our start, the broker's login, our callback.
 */
export async function signInAsIs({ request }: Page, stack: Stack, brokerId: string): Promise<void> {
  const start = await request.post(`${stack.apiUrl}${startKiteSignIn.path}`, {
    headers: { origin: stack.webUrl },
    data: {},
  })
  const { loginUrl } = startKiteSignIn.replies[200].parse(await start.json())
  const { searchParams } = new URL(loginUrl)
  const login = await request.post(`${stack.simUrl}/connect/login`, {
    form: {
      user_id: brokerId,
      password: 'demo',
      decision: 'login',
      api_key: searchParams.get('api_key') ?? '',
      redirect_params: searchParams.get('redirect_params') ?? '',
    },
    maxRedirects: 0,
  })
  const back = await request.get(login.headers()['location'] ?? '', { maxRedirects: 0 })
  expect(back.headers()['location'], 'where the callback leads').toBe(`${stack.webUrl}/`)
}
