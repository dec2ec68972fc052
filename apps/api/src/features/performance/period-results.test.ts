import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startResultsOfTwo } from '../../testing/results-of-two.ts'
import { seedRun, seedTrades } from '../../testing/seed.ts'
import type { TestServer } from '../../testing/server.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser

beforeAll(async () => {
  const results = await startResultsOfTwo()
  ;({ server, one, two } = results)
  const scope = server.scope('UK1234')
  await seedTrades(scope, await seedRun(scope, 'Theirs too'), [
    { exitAt: new Date(results.now - 1000), net: '-2.5' },
  ])
})
afterAll(() => server.close())

const performance = async (query: string, browser: TestBrowser) =>
  (await browser.get(`/api/performance${query}`)).json()

const periods = async (browser: TestBrowser, query = '') =>
  (await browser.get(`/api/performance/periods${query}`)).json()

describe('the results of all periods at once', () => {
  it('are those of each period asked for alone, with its curve, from the shortest to all time', async () => {
    for (const browser of [one, two]) {
      const { items } = await periods(browser)
      expect(items).toHaveLength(5)
      for (const [index, period] of ['today', 'week', 'month', 'year', 'all'].entries()) {
        const { curve, ...result } = items[index]
        expect(result).toEqual(await performance(`?period=${period}`, browser))
        const equity = await browser.get(`/api/performance/equity?period=${period}&points=40`)
        expect(curve).toEqual(equity.json().items)
      }
    }
  })

  it('hold nothing of another account', async () => {
    const nets = async (browser: TestBrowser) =>
      (await periods(browser)).items.map(({ net }: { net: string }) => net)
    expect(await nets(one)).toEqual(['40.25', '50.25', '29.75', '-0.25', '99.75'])
    expect(await nets(two)).toEqual(Array.from({ length: 5 }, () => '-7779.5'))
  })

  it('have curves of at most so many points, the last one kept', async () => {
    const { items } = await periods(one, '?points=2')
    expect(items[4].curve).toHaveLength(2)
    expect(items[4].curve.at(-1)).toMatchObject({ net: '99.75' })
    expect((await periods(one, '?points=1')).fields[0].path).toBe('query.points')
  })

  it('are nothing and without a curve where nothing was traded', async () => {
    const { items } = await periods(await server.signIn('UK0074'))
    for (const item of items)
      expect(item).toMatchObject({ tradeCount: 0, net: '0', winRate: null, curve: [] })
  })
})
