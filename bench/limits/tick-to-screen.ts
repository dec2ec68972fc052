import assert from 'node:assert/strict'
import { createKiteClient } from '@stratdesk/kite/rest'
import { createTicker } from '@stratdesk/kite/ticker'
import { chromium, type Page } from '@playwright/test'
import { openScreen, startRunAsIs } from '../../e2e/acts.ts'
import buildWeb from '../../e2e/build-web.ts'
import { launchOptions } from '../../e2e/launch.ts'
import { signIn } from '../../e2e/sign-in.ts'
import { startStack, type Stack } from '../../e2e/stack.ts'
import type { Limit } from '../row.ts'

/** SPX500 of the simulated broker. */
const instrumentToken = 230_400_257

/**
 * From a price's arrival at another client of the broker's ticker to the same price drawn on the positions page: over
 * the engine, Postgres, the API's stream and React, in Chromium, with five prices a second.
 */
export const tickToScreen: Limit = {
  name: 'tick-to-screen',
  work: 'a price from the broker’s ticker to the positions page in Chromium, five prices a second, 95th percentile',
  unit: 'ms',
  limitedBy: 'The stream sends prices at most every 150 ms an account, and the browser draws every 17 ms.',
  mark: { atMost: 300 },
  quantile: 0.95,
  async run({ seconds }) {
    const forgetWeb = await buildWeb()
    const stack = await startStack()
    const browser = await chromium.launch(launchOptions('chromium'))
    try {
      const page = await browser.newPage({ baseURL: stack.webUrl })
      await signIn(page, 'UK0001')
      await startRunAsIs(page, stack, { name: 'Measured' })
      await openScreen(page, 'Positions')
      await page.getByRole('main').getByText('Measured').waitFor()
      return await measure(page, stack, Math.max(seconds, 2) * 10)
    } finally {
      await browser.close()
      await stack.close()
      await forgetWeb()
    }
  },
}

// In the page: when each number that looks like a price was first drawn.
const watch = `
  window.drawnAt = {}
  new MutationObserver((changes) => {
    const texts = changes.flatMap(({ type, target, addedNodes }) =>
      type === 'characterData' ? [target.data] : [...addedNodes].map((node) => node.textContent))
    const prices = texts.flatMap((text) => text.match(/[\\d,]+\\.\\d\\d/g) ?? []).map((text) => text.replaceAll(',', ''))
    if (prices.length > 0) requestAnimationFrame(() => setTimeout(() => {
      for (const price of prices) window.drawnAt[price] ??= Date.now()
    }))
  }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true })`

async function measure(page: Page, stack: Stack, prices: number): Promise<readonly number[]> {
  const apiKey = 'demo-key'
  const accessToken = await logIn(stack, apiKey, 'UK0002')
  const ticker = createTicker({ url: `${stack.simUrl.replace('http', 'ws')}/ws`, apiKey, accessToken })
  const seenAt = new Map<string, number>()
  const enough = Promise.withResolvers<void>()
  await page.evaluate(watch)
  ticker.onTicks((ticks) => {
    for (const { lastPrice } of ticks) {
      // A price that comes twice says nothing about which of the two was drawn.
      if (!seenAt.has(lastPrice)) seenAt.set(lastPrice, Date.now())
    }
    if (seenAt.size >= prices) enough.resolve()
  })
  ticker.subscribe([instrumentToken], 'full')
  ticker.connect()
  await enough.promise
  await ticker.close()
  const drawnAt = (await page.evaluate('window.drawnAt')) as Readonly<Record<string, number>>
  const delays = [...seenAt].flatMap(([price, at]) => {
    const drawn = drawnAt[Number(price).toFixed(2)]
    return drawn === undefined || drawn < at ? [] : [drawn - at]
  })
  // While the run is flat the page has no row, and of two prices in 150 ms only the newer is sent.
  assert.ok(delays.length > prices / 3, `only ${delays.length} of ${prices} prices were drawn`)
  return delays
}

async function logIn(stack: Stack, apiKey: string, brokerId: string): Promise<string> {
  const answer = await fetch(`${stack.simUrl}/connect/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ api_key: apiKey, user_id: brokerId, password: 'demo' }),
  })
  const requestToken = new URL(answer.headers.get('location') ?? '').searchParams.get('request_token') ?? ''
  const client = createKiteClient({ apiUrl: stack.simUrl, apiKey })
  const session = await client.exchangeToken({ requestToken, apiSecret: 'demo-secret' })
  return session.accessToken
}
