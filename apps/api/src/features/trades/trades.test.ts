import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { seedRun, seedTrades } from '../../testing/seed.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { csvField } from './csv.ts'
import { asked, latestTrades } from './queries.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
let mine: readonly string[]
let runId: string
/** Five minutes apart, two at the very same moment, the last one just after midnight in India. */
const times = [
  '2026-11-20T18:29:59.999Z',
  '2026-11-20T18:30:00.000Z',
  '2026-11-20T18:35:00.123Z',
  '2026-11-20T18:35:00.123Z',
  '2026-11-20T18:40:00.000Z',
]

beforeAll(async () => {
  server = await startTestServer()
  one = await server.signIn('UK9394')
  two = await server.signIn('UK1234')
  runId = await seedRun(server.scope('UK9394'), 'First run')
  mine = await seedTrades(server.scope('UK9394'), runId, [
    { exitAt: new Date(times[0] ?? ''), net: '10.25' },
    { exitAt: new Date(times[1] ?? ''), net: '-3.5', side: 'short' },
    { exitAt: new Date(times[2] ?? ''), net: '0.1' },
    { exitAt: new Date(times[3] ?? ''), net: '0.2' },
    { exitAt: new Date(times[4] ?? ''), net: '0', exitReason: '=HYPERLINK("http://evil"), "quoted"\nline' },
  ])
  const theirs = await seedRun(server.scope('UK1234'), 'MARKER-OF-UK1234')
  await seedTrades(server.scope('UK1234'), theirs, [{ exitAt: new Date(times[0] ?? ''), net: '777' }])
})
afterAll(() => server.close())

const list = async (query: string, browser = one) =>
  (await browser.get(`/api/trades${query}`)).json<{
    items: { id: string; net: string }[]
    nextCursor: string | null
  }>()

describe('the list of trades', () => {
  it('shows each account its own, newest first, with exact money and times', async () => {
    const { items, nextCursor } = await list('')
    expect(nextCursor).toBeNull()
    expect(items).toHaveLength(5)
    expect(items.at(-1)).toEqual({
      id: mine[0],
      runId,
      runName: 'First run',
      strategyId: 'ema-crossover',
      instrument: 'SIM:SPX500',
      side: 'long',
      quantity: 10,
      entryPrice: '100',
      exitPrice: '101',
      entryAt: '2026-11-20T18:28:59.999Z',
      exitAt: '2026-11-20T18:29:59.999Z',
      gross: '11.25',
      charges: '1',
      net: '10.25',
      entryReason: 'Crossed above',
      exitReason: 'Crossed below',
      mode: 'paper',
    })
    expect((await list('', two)).items.map((trade) => trade.net)).toEqual(['777'])
  })

  it('comes page by page without gap or repeat, also between trades of one moment', async () => {
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await list(`?limit=1${cursor && `&cursor=${cursor}`}`)
      ids.push(...page.items.map((trade) => trade.id))
      cursor = page.nextCursor
    }
    expect(ids).toEqual((await list('')).items.map((trade) => trade.id))
    expect(new Set(ids).size).toBe(5)
  })

  it.each([
    ['from a day in India on', '?from=2026-11-21', 4],
    ['up to a day in India', '?to=2026-11-20', 1],
    ['of one day', '?from=2026-11-20&to=2026-11-20', 1],
    ['of a side', '?side=short', 1],
    ['that won', '?result=win', 3],
    ['that did not win', '?result=loss', 2],
    ['of an instrument', '?instrument=SIM:SPX500', 5],
    ['of an instrument never traded', '?instrument=NSE:INFY', 0],
    ['of a strategy', '?strategyId=ema-crossover', 5],
    ['in a mode', '?mode=paper', 5],
    ['from the beginning of time', '?from=0000-01-01&to=9999-12-31', 5],
  ])('can be narrowed to those %s', async (_what, query, count) => {
    expect((await list(query)).items).toHaveLength(count)
    const totals = (await one.get(`/api/trades/totals${query}`)).json()
    expect(totals.count).toBe(count)
  })

  it('of another account’s run is empty, as of one that does not exist', async () => {
    expect((await list(`?runId=${runId}`)).items).toHaveLength(5)
    expect((await list(`?runId=${runId}`, two)).items).toEqual([])
    expect((await list('?runId=01a20677-54d3-7444-baea-5f9d901a9b40', two)).items).toEqual([])
  })

  it('refuses filters that are not right, with their paths', async () => {
    for (const [query, path] of [
      ['?from=yesterday', 'query.from'],
      ['?from=2026-02-30', 'query.from'],
      ['?runId=1', 'query.runId'],
      ['?side=up', 'query.side'],
      ['?mode=live', 'query.mode'],
      ['?limit=1000000000000', 'query.limit'],
      ['?broker_id=UK1234', 'query.broker_id'],
      ['?instrument=%00', 'query.instrument'],
      ['?side=long&side=short', 'query.side'],
      [`?cursor=${'x'.repeat(600)}`, 'query.cursor'],
    ]) {
      const response = await one.get(`/api/trades${query}`)
      const { code, fields } = response.json()
      expect([query, response.statusCode, code, fields[0].path]).toEqual([
        query,
        400,
        'invalid-request',
        path,
      ])
    }
  })

  it('reads one index of the account, in one statement', () => {
    const { values, shape } = asked({ side: 'long' })
    expect(latestTrades.compiledFor({ ...values, limit: 51 }, shape).text).toMatchInlineSnapshot(
      `"with "trades" as not materialized (select * from "trades" where "broker_id" = $1), "runs" as not materialized (select * from "runs" where "broker_id" = $1) select "trades"."id", "trades"."run_id" as "runId", "runs"."name" as "runName", "trades"."strategy_id" as "strategyId", "trades"."instrument", "trades"."side", "trades"."quantity", "trades"."entry_price" as "entryPrice", "trades"."exit_price" as "exitPrice", "trades"."entry_at" as "entryAt", "trades"."exit_at" as "exitAt", "trades"."gross", "trades"."charges", "trades"."net", "trades"."entry_reason" as "entryReason", "trades"."exit_reason" as "exitReason", "trades"."mode" from (select * from "trades" where "trades"."side" = $2 order by "trades"."exit_at" desc, "trades"."id" desc limit $3) as "trades" inner join "runs" on "runs"."id" = "trades"."run_id" order by "trades"."exit_at" desc, "trades"."id" desc"`,
    )
  })
})

describe('the totals', () => {
  it('are exact over the whole set and zero over none', async () => {
    expect((await one.get('/api/trades/totals')).json()).toEqual({
      count: 5,
      wins: 3,
      gross: '12.05',
      charges: '5',
      net: '7.05',
    })
    expect((await two.get('/api/trades/totals?side=short')).json()).toEqual({
      count: 0,
      wins: 0,
      gross: '0',
      charges: '0',
      net: '0',
    })
  })
})

describe('the file of trades', () => {
  it('is CSV of exactly the filtered trades that no spreadsheet runs', async () => {
    const response = await one.get('/api/trades.csv?from=2026-11-21')
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(response.headers['content-disposition']).toMatch(
      /^attachment; filename="trades-UK9394-\d{4}-\d\d-\d\d\.csv"$/,
    )
    const [head, first, ...rest] = response.body.split('\r\n')
    expect(head).toBe(
      '\uFEFFTrade id,Run,Run id,Strategy,Instrument,Side,Quantity,Entry time (UTC),Entry price,Exit time (UTC),Exit price,Gross,Charges,Net,Entry reason,Exit reason,Mode',
    )
    expect(first).toContain(`,Crossed above,"'=HYPERLINK(""http://evil""), ""quoted""\nline",paper`)
    expect(rest.filter(Boolean)).toHaveLength(3)
    expect(response.body).toContain(',-3.5,')
    expect(response.body).not.toContain('MARKER-OF-UK1234')
  })

  it('without a trade has its head alone', async () => {
    expect((await two.get('/api/trades.csv?result=loss')).body.split('\r\n')).toEqual([
      expect.any(String),
      '',
    ])
  })

  it('quotes what RFC 4180 asks to be quoted and disarms formulas', () => {
    expect(
      ['a', 'a,b', 'a"b', 'a\nb', -1.5, '-1.5', '-1+2', '=1', '+1', '@x', '\tx', ''].map(csvField),
    ).toEqual(['a', '"a,b"', '"a""b"', '"a\nb"', '-1.5', '-1.5', "'-1+2", "'=1", "'+1", "'@x", "'\tx", ''])
  })

  it('comes whole when it is longer than one batch', async () => {
    const many = await server.signIn('UK0060')
    const scope = server.scope('UK0060')
    const run = await seedRun(scope, 'Long run')
    const [first] = await seedTrades(scope, run, [{ exitAt: new Date(times[0] ?? ''), net: '1' }])
    const row = await scope.read('trades').selectFrom('trades').selectAll().executeTakeFirstOrThrow()
    const fills = await scope.read('fills').selectFrom('fills').selectAll().executeTakeFirstOrThrow()
    const rows = Array.from({ length: 2300 }, (_, index) => {
      const { broker_id: _broker, ...rest } = fills
      return { ...rest, id: uuidAt(index), broker_trade_id: `more-${index}` }
    })
    for (let at = 0; at < rows.length; at += 500)
      await scope.insert('fills', rows.slice(at, at + 500)).execute()
    const trades = rows.map((fill, index) => {
      const { broker_id: _broker, ...rest } = row
      return {
        ...rest,
        id: uuidAt(index + 10_000),
        exit_fill_id: fill.id,
        exit_at: new Date(row.exit_at.getTime() - (index % 7)),
      }
    })
    for (let at = 0; at < trades.length; at += 500)
      await scope.insert('trades', trades.slice(at, at + 500)).execute()
    const lines = (await many.get('/api/trades.csv')).body.trim().split('\r\n').slice(1)
    const ids = lines.map((line) => line.split(',')[0])
    expect(lines).toHaveLength(2301)
    expect(new Set(ids).size).toBe(2301)
    expect(ids).toContain(first)
  })
})

function uuidAt(index: number): string {
  return `01a20677-54d3-7444-baea-${String(index).padStart(12, '0')}`
}
