import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
beforeAll(async () => {
  server = await startTestServer()
  one = await server.signIn('UK9394')
  two = await server.signIn('UK1234')
})
afterAll(() => server.close())

let keys = 0
const key = () => ({ 'idempotency-key': `test-key-${++keys}` })
const wanted = (params: object = {}, rest: object = {}) => ({
  strategyId: 'ema-crossover',
  params,
  mode: 'paper',
  ...rest,
})
const start = async (browser: TestBrowser, params: object = {}) =>
  (await browser.post('/api/runs', wanted(params), key())).json<{
    id: string
    revision: number
    name: string
  }>()
const runsOf = async (browserId: string) =>
  await server.scope(browserId).read('runs').selectFrom('runs').select('id').execute()

describe('starting a run', () => {
  it('writes what is wanted, asks for an actor and answers the run with its full parameters', async () => {
    const response = await one.post(
      '/api/runs',
      wanted({ fastLength: 5, slowLength: 21 }, { name: 'Mine' }),
      key(),
    )
    expect(response.statusCode).toBe(201)
    expect(response.json()).toMatchObject({
      name: 'Mine',
      strategyId: 'ema-crossover',
      params: { instrument: 'SIM:SPX500', fastLength: 5, slowLength: 21, quantity: 10 },
      mode: 'paper',
      status: 'starting',
      desired: 'running',
      startedBy: { label: 'Chrome on Linux' },
      revision: 1,
      tradeCount: 0,
      pnl: { gross: '0', realised: '0', unrealised: '0', net: '0', asOf: null },
    })
    expect(server.requested).toContain('UK9394')
  })

  it('twice with one key is one run, whatever the order of the fields', async () => {
    const header = key()
    const first = await one.post('/api/runs', wanted({ fastLength: 4, slowLength: 9 }), header)
    const second = await one.post('/api/runs', wanted({ slowLength: 9, fastLength: 4 }), header)
    expect([second.statusCode, second.json().id]).toEqual([201, first.json().id])
  })

  it('twice at once with one key is one run, which both callers get', async () => {
    const header = key()
    const before = await runsOf('UK9394')
    const responses = await Promise.all(
      Array.from({ length: 6 }, () =>
        one.post('/api/runs', wanted({ fastLength: 6, slowLength: 9 }), header),
      ),
    )
    expect(responses.map((response) => response.statusCode)).toEqual(Array(6).fill(201))
    expect(new Set(responses.map((response) => response.json().id)).size).toBe(1)
    expect(await runsOf('UK9394')).toHaveLength(before.length + 1)
  })

  it('again with a number that JSON keeps in another way is still the same request', async () => {
    const header = key()
    const text = JSON.stringify(wanted({ stopLossPct: 7 })).replace('7', '-0')
    const first = await one.call('POST', '/api/runs', { body: text, headers: header })
    const second = await one.call('POST', '/api/runs', { body: text, headers: header })
    expect([first.statusCode, second.statusCode, second.json().id]).toEqual([201, 201, first.json().id])
  })

  it('with a used key and another request is a conflict, and starts nothing', async () => {
    const header = key()
    await one.post('/api/runs', wanted({ quantity: 1 }), header)
    const before = await runsOf('UK9394')
    const response = await one.post('/api/runs', wanted({ quantity: 2 }), header)
    expect([response.statusCode, response.json().code]).toEqual([409, 'conflict'])
    expect(await runsOf('UK9394')).toEqual(before)
  })

  it('does not meet the key of another account', async () => {
    const header = key()
    const mine = await one.post('/api/runs', wanted({ quantity: 1 }), header)
    const theirs = await two.post('/api/runs', wanted({ quantity: 2 }), header)
    expect([mine.statusCode, theirs.statusCode]).toEqual([201, 201])
    expect(theirs.json().id).not.toBe(mine.json().id)
  })
})

describe('a start that is not right is refused with its fields, and nothing is written', () => {
  const refused: [string, object, string, string][] = [
    [
      'an unknown strategy',
      wanted({}, { strategyId: 'get-rich' }),
      'strategyId',
      'There is no such strategy',
    ],
    [
      'an unknown instrument',
      wanted({ instrument: 'NSE:NOTHING' }),
      'params.instrument',
      'There is no such instrument',
    ],
    ['an unknown parameter', wanted({ fastLenght: 3 }), 'params.fastLenght', 'Unknown field'],
    ['a text for a number', wanted({ fastLength: '3' }), 'params.fastLength', 'Must be a number'],
    ['a number out of range', wanted({ fastLength: 1 }), 'params.fastLength', 'Must be at least 2'],
    ['a huge number', wanted({ quantity: 1e15 }), 'params.quantity', 'Must be at most 1000000'],
    ['a negative quantity', wanted({ quantity: -10 }), 'params.quantity', 'Must be at least 1'],
    ['a fraction of a unit', wanted({ quantity: 1.5 }), 'params.quantity', 'Must be a whole number'],
    ['a null', wanted({ quantity: null }), 'params.quantity', 'Must be a number'],
    [
      'averages the wrong way round',
      wanted({ fastLength: 20, slowLength: 10 }),
      'params.slowLength',
      'longer',
    ],
    ['live mode', wanted({}, { mode: 'live' }), 'mode', 'Must be one of: paper'],
    ['an unknown field', wanted({}, { brokerId: 'UK1234' }), 'brokerId', 'Unknown field'],
    [
      'parameters that are no object',
      { strategyId: 'ema-crossover', mode: 'paper', params: [] },
      'params',
      '',
    ],
    ['a name that is blank', wanted({}, { name: '   ' }), 'name', ''],
    ['a name that cannot be stored', wanted({}, { name: 'a\u0000b' }), 'name', 'cannot be stored'],
  ]

  it.each(refused)('%s', async (_what, body, path, words) => {
    const before = await runsOf('UK9394')
    const response = await one.post('/api/runs', body, key())
    expect(response.statusCode).toBe(400)
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
    const { code, fields } = response.json<{ code: string; fields: { path: string; message: string }[] }>()
    expect(code).toBe('invalid-request')
    expect(fields).toEqual([{ path, message: expect.stringContaining(words) }])
    expect(await runsOf('UK9394')).toEqual(before)
  })

  it('a quantity off the lot', async () => {
    await server.market.upsertInstruments([
      {
        instrument_token: 987,
        exchange: 'NFO',
        tradingsymbol: 'LOTS75',
        name: 'Lots of 75',
        segment: 'NFO-FUT',
        instrument_type: 'FUT',
        lot_size: 75,
        tick_size: '0.05',
      },
    ])
    const response = await one.post('/api/runs', wanted({ instrument: 'NFO:LOTS75', quantity: 100 }), key())
    expect(response.json().fields).toEqual([
      { path: 'params.quantity', message: 'Must be a multiple of the lot size, 75' },
    ])
    expect(
      (await one.post('/api/runs', wanted({ instrument: 'NFO:LOTS75', quantity: 150 }), key())).statusCode,
    ).toBe(201)
  })

  it('an instrument that cannot be traded, as an index', async () => {
    await server.market.upsertInstruments([
      {
        instrument_token: 988,
        exchange: 'NSE',
        tradingsymbol: 'AN INDEX',
        name: 'An index',
        segment: 'INDICES',
        instrument_type: 'EQ',
        lot_size: 0,
        tick_size: '0',
      },
    ])
    const before = await runsOf('UK9394')
    const response = await one.post('/api/runs', wanted({ instrument: 'NSE:AN INDEX' }), key())
    expect([response.statusCode, response.json().fields]).toEqual([
      400,
      [{ path: 'params.instrument', message: 'Cannot be traded' }],
    ])
    expect(await runsOf('UK9394')).toEqual(before)
  })

  it('a number beyond every bound', async () => {
    const response = await one.post('/api/runs', wanted({ quantity: 1e300 }), key())
    const { fields } = response.json<{ fields: { path: string }[] }>()
    expect([response.statusCode, new Set(fields.map((field) => field.path))]).toEqual([
      400,
      new Set(['params.quantity']),
    ])
  })

  it('NaN, which is not JSON', async () => {
    const response = await one.call('POST', '/api/runs', {
      body: '{"strategyId":"ema-crossover","mode":"paper","params":{"quantity":NaN}}',
      headers: key(),
    })
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request'])
  })

  it('a missing Idempotency-Key', async () => {
    const response = await one.post('/api/runs', wanted())
    expect(response.json().fields).toEqual([{ path: 'headers.idempotency-key', message: 'Required' }])
  })

  it('every wrong field at once', async () => {
    const response = await one.post('/api/runs', { params: 7, more: 1 }, key())
    const { fields } = response.json<{ fields: { path: string }[] }>()
    expect(fields.map((field) => field.path).toSorted()).toEqual(['mode', 'more', 'params', 'strategyId'])
  })
})

describe('listing runs', () => {
  it('shows an account its own runs, newest first, page by page without gap or repeat', async () => {
    const lone = await server.signIn('UK0050')
    const started = [await start(lone), await start(lone), await start(lone)].map((run) => run.id)
    const first = (await lone.get('/api/runs?limit=2')).json()
    const second = (await lone.get(`/api/runs?limit=2&cursor=${first.nextCursor}`)).json()
    const ids = [...first.items, ...second.items].map((run: { id: string }) => run.id)
    expect(ids).toEqual(started.toReversed())
    expect(second.nextCursor).toBeNull()
  })

  it('filters by status', async () => {
    const lone = await server.signIn('UK0051')
    await start(lone)
    expect((await lone.get('/api/runs?status=active')).json().items).toHaveLength(1)
    expect((await lone.get('/api/runs?status=starting')).json().items).toHaveLength(1)
    expect((await lone.get('/api/runs?status=ended')).json().items).toEqual([])
    expect((await lone.get('/api/runs?status=sleeping')).json().fields[0].path).toBe('query.status')
  })

  it('refuses a limit that is no number from 1 to 200, and a cursor of another account or list', async () => {
    for (const limit of ['0', '201', '-1', 'NaN', '1e2', '', '5&limit=6']) {
      const response = await one.get(`/api/runs?limit=${limit}`)
      expect([limit, response.statusCode, response.json().fields?.[0].path]).toEqual([
        limit,
        400,
        'query.limit',
      ])
    }
    await start(one)
    await start(one)
    const { nextCursor } = (await one.get('/api/runs?limit=1')).json()
    for (const path of [`/api/runs?cursor=${nextCursor}`, '/api/runs?cursor=made-up']) {
      expect((await two.get(path)).json().fields).toEqual([
        { path: 'query.cursor', message: expect.any(String) },
      ])
    }
    expect((await one.get(`/api/orders?cursor=${nextCursor}`)).statusCode).toBe(400)
    expect((await one.get(`/api/runs?cursor=${nextCursor}`)).statusCode).toBe(200)
  })
})

describe('stopping a run', () => {
  it('writes the wish, raises the revision and says who stopped it', async () => {
    const run = await start(one)
    const response = await one.post(
      `/api/runs/${run.id}/stop`,
      { flatten: true },
      { 'if-match': `"${run.revision}"` },
    )
    expect(response.statusCode).toBe(202)
    expect(response.json()).toMatchObject({
      desired: 'stopped',
      revision: run.revision + 1,
      stopReason: 'Stopped from Chrome on Linux',
    })
  })

  it('with a stale revision is a conflict that names the device and the change', async () => {
    const run = await start(one)
    const phone = await server.signIn(
      'UK9394',
      'Mozilla/5.0 (Linux; Android 16; Pixel 8) Chrome/142.0 Mobile Safari/537.36',
    )
    await phone.post(`/api/runs/${run.id}/stop`, { flatten: false }, { 'if-match': '1' })
    const response = await one.post(`/api/runs/${run.id}/stop`, { flatten: true }, { 'if-match': '1' })
    expect([response.statusCode, response.json().code]).toEqual([409, 'conflict'])
    expect(response.json().message).toMatch(
      /^Changed \d+ s ago on Chrome on Android: the run was told to stop\./,
    )
  })

  it('again in the same way changes nothing', async () => {
    const run = await start(one)
    await one.post(`/api/runs/${run.id}/stop`, { flatten: false }, { 'if-match': '1' })
    const again = await one.post(`/api/runs/${run.id}/stop`, { flatten: false }, { 'if-match': '2' })
    expect([again.statusCode, again.json().revision]).toEqual([202, 2])
  })

  it('needs a revision and whether to close positions', async () => {
    const run = await start(one)
    const response = await one.post(`/api/runs/${run.id}/stop`, { flatten: 'yes' }, { 'if-match': 'latest' })
    const paths = response.json<{ fields: { path: string }[] }>().fields.map((field) => field.path)
    expect([response.statusCode, paths]).toEqual([400, ['headers.if-match', 'flatten']])
  })
})

describe('another account’s run', () => {
  it('answers as an id that does not exist, byte for byte apart from the request id', async () => {
    const run = await start(one)
    const before = (await one.get(`/api/runs/${run.id}`)).body
    for (const [method, path, options] of [
      ['GET', '/api/runs/ID', {}],
      ['GET', '/api/runs/ID/logs', {}],
      ['POST', '/api/runs/ID/stop', { body: { flatten: true }, headers: { 'if-match': '1' } }],
    ] as const) {
      const bodies = []
      for (const id of [run.id, '01a20677-54d3-7444-baea-5f9d901a9b40', 'no-id-at-all']) {
        const response = await two.call(method, path.replace('ID', id), options)
        expect([path, response.statusCode]).toEqual([path, 404])
        const { 'content-length': _length, date: _date, ...headers } = response.headers
        bodies.push({ headers, body: response.body.replace(response.json().requestId, 'ID') })
      }
      expect(bodies[1]).toEqual(bodies[0])
      expect(bodies[2]).toEqual(bodies[0])
    }
    expect((await one.get(`/api/runs/${run.id}`)).body).toBe(before)
    expect((await two.get(`/api/orders?runId=${run.id}`)).json()).toEqual({ items: [], nextCursor: null })
  })
})

describe('a run’s log', () => {
  it('comes newest first, by level, by words, and page by page', async () => {
    const run = await start(one)
    const lines = [
      { run_id: run.id, level: 'info' as const, message: 'Started', market_time: null },
      { run_id: run.id, level: 'debug' as const, message: '100% of a_b', market_time: null },
      {
        run_id: run.id,
        level: 'warn' as const,
        message: 'No entry: averages have not crossed',
        market_time: new Date(),
      },
    ]
    await server.scope('UK9394').insert('run_logs', lines).execute()
    const messages = async (query: string) =>
      (await one.get(`/api/runs/${run.id}/logs${query}`))
        .json<{ items: { message: string }[] }>()
        .items.map((line) => line.message)
    expect(await messages('')).toEqual(lines.map((line) => line.message).toReversed())
    expect(await messages('?level=warn')).toEqual(['No entry: averages have not crossed'])
    expect(await messages('?search=NO%20ENTRY')).toEqual(['No entry: averages have not crossed'])
    expect(await messages('?search=%25')).toEqual(['100% of a_b'])
    expect(await messages('?search=a_b')).toEqual(['100% of a_b'])
    const { nextCursor } = (await one.get(`/api/runs/${run.id}/logs?limit=2`)).json()
    expect(await messages(`?limit=2&cursor=${nextCursor}`)).toEqual(['Started'])
  })
})
