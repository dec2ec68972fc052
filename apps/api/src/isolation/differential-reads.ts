import fc from 'fast-check'
import { readingCalls } from '../testing/reading-calls.ts'
import { browser, few, one, type Operation, operation, pick, place } from './differential-operation.ts'

const withQuery = (path: string, query: Readonly<Record<string, string>>) => {
  const text = new URLSearchParams(query).toString()
  return text === '' ? path : `${path}?${text}`
}

const filters = fc.record(
  {
    side: one('long', 'short'),
    result: one('win', 'loss'),
    from: one('2026-03-02', '2026-03-03'),
    mode: one('paper'),
    instrument: one('SIM:SPX500', 'NSE:INFY'),
  },
  { requiredKeys: [] },
)

const listTrades = operation(
  fc.record({ browser, limit: few, filters, run: fc.option(place) }),
  ({ limit, filters: chosen, run }) =>
    `lists ${limit} trades${run === null ? '' : ` of run ${run}`} ${JSON.stringify(chosen)}`,
  (person, { browser: of, limit, filters: chosen, run }) => {
    const ofRun = run === null ? {} : { runId: pick(person.runs, run) }
    const path = withQuery('/api/trades', { ...chosen, ...ofRun, limit: String(limit) })
    return person.page(of, 'trades', path)
  },
)

const readTrades = operation(
  fc.record({ browser, filters, what: one('/api/trades.csv', '/api/trades/totals') }),
  ({ what, filters: chosen }) => `reads ${what} ${JSON.stringify(chosen)}`,
  async (person, { browser: of, filters: chosen, what }) =>
    person.answer(await person.browser(of).get(withQuery(what, chosen))),
)

const listRuns = operation(
  fc.record({ browser, limit: few, status: fc.option(one('active', 'ended', 'starting')) }),
  ({ limit, status }) => `lists ${limit} ${status ?? ''} runs`,
  (person, { browser: of, limit, status }) =>
    person.page(of, 'runs', withQuery('/api/runs', { limit: String(limit), ...(status && { status }) })),
)

const listOrders = operation(
  fc.record({ browser, limit: few }),
  ({ limit }) => `lists ${limit} orders`,
  (person, { browser: of, limit }) => person.page(of, 'orders', `/api/orders?limit=${limit}`),
)

const listAudit = operation(
  fc.record({ browser, limit: few }),
  ({ limit }) => `lists ${limit} entries of the audit log`,
  (person, { browser: of, limit }) => person.page(of, 'audit', `/api/audit?limit=${limit}`),
)

const turnPage = operation(
  fc.record({ browser, list: one('trades', 'runs', 'orders', 'audit') }),
  ({ list }) => `turns to the next page of ${list}`,
  async (person, { browser: of, list }) => {
    const next = person.nextPages.get(list)
    return next && (await person.page(of, list, next.path, next.cursor))
  },
)

const readRun = operation(
  fc.record({ browser, run: place, part: one('', '/logs') }),
  ({ run, part }) => `reads run ${run}${part}`,
  async (person, { browser: of, run, part }) =>
    person.answer(await person.browser(of).get(`/api/runs/${pick(person.runs, run)}${part}`)),
)

const look = operation(
  fc.record({
    browser,
    path: one(
      '/api/positions',
      '/api/performance?period=all',
      '/api/performance?period=week',
      '/api/performance/equity?period=all',
      '/api/performance/periods',
      '/api/session',
      '/api/devices',
      '/api/connection',
    ),
  }),
  ({ path }) => `reads ${path}`,
  async (person, { browser: of, path }) => person.answer(await person.browser(of).get(path)),
)

const everyCall = readingCalls('RUN')

const readAnything = operation(
  fc.record({ browser, run: place, path: one(...everyCall) }),
  ({ path, run }) => `reads ${path.replaceAll('RUN', `run ${run}`)}`,
  async (person, { browser: of, run, path }) =>
    person.answer(await person.browser(of).get(path.replaceAll('RUN', pick(person.runs, run)))),
)

const readEvents = operation(
  browser,
  (of) => `reads the events (browser ${of})`,
  (person, of) => person.readEvents(of),
)

/** What an account reads, the more telling calls more often. */
export const reads: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 4, arbitrary: listTrades },
  { weight: 2, arbitrary: readTrades },
  { weight: 2, arbitrary: listRuns },
  { weight: 2, arbitrary: listOrders },
  { weight: 2, arbitrary: listAudit },
  { weight: 3, arbitrary: turnPage },
  { weight: 2, arbitrary: readRun },
  { weight: 4, arbitrary: look },
  { weight: 4, arbitrary: readAnything },
  { weight: 3, arbitrary: readEvents },
]
