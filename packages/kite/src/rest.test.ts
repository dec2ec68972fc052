import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createGovernor } from './governor.ts'
import { KiteError } from './kite-error.ts'
import { createKiteClient, type KiteClientOptions } from './rest.ts'
import { refuse, serve, succeed, type Answer } from './testing/server.ts'

const secrets = {
  accessToken: 'token-very-secret',
  apiSecret: 'api-very-secret',
  requestToken: 'request-very-secret',
}

/** A client and the server it talks to; waits between tries are noted, not waited. */
async function pair(answer: Answer, options: Partial<KiteClientOptions> = {}) {
  const server = await serve(answer)
  const waits: number[] = []
  const client = createKiteClient({
    apiUrl: server.url,
    apiKey: 'key',
    accessToken: secrets.accessToken,
    retry: { sleep: async (delayMs) => waits.push(delayMs), random: () => 0.5 },
    ...options,
  })
  return { ...server, client, waits }
}

const failure = async (call: Promise<unknown>): Promise<KiteError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof KiteError)) throw new Error('expected a KiteError', { cause: error })
  return error
}

const market = {
  exchange: 'NSE',
  tradingsymbol: 'INFY',
  transactionType: 'BUY',
  quantity: 5,
  product: 'MIS',
  orderType: 'MARKET',
  marketProtection: -1,
  tag: 'run1x7',
} as const

test('every call carries the version and the token of its account', async () => {
  await using uk9394 = await pair((response) =>
    succeed(response, { user_id: 'UK9394', exchanges: ['NSE'], new_field: 1 }),
  )
  expect(await uk9394.client.profile()).toEqual({
    userId: 'UK9394',
    userName: null,
    email: null,
    broker: null,
    exchanges: ['NSE'],
    products: [],
    orderTypes: [],
  })
  expect(uk9394.seen[0]).toMatchObject({
    url: '/user/profile',
    headers: { authorization: 'token key:token-very-secret', 'x-kite-version': '3' },
  })
})

test('a request token is traded once, with the checksum of the documentation', async () => {
  await using session = await pair((response) =>
    succeed(response, { user_id: 'UK9394', access_token: 'fresh', login_time: '2026-11-23 09:15:00' }),
  )
  const { requestToken, apiSecret } = secrets
  const reply = await session.client.exchangeToken({ requestToken, apiSecret })
  expect(reply).toMatchObject({
    userId: 'UK9394',
    accessToken: 'fresh',
    loginTime: new Date('2026-11-23T03:45:00Z'),
  })
  const form = new URLSearchParams(session.seen[0]?.body)
  // printf %s 'keyrequest-very-secretapi-very-secret' | sha256sum
  expect(Object.fromEntries(form)).toEqual({
    api_key: 'key',
    request_token: requestToken,
    checksum: '4fd4e348eaac9460cdcc983c1097e04364d7d5cb74383de92de4011a05771a07',
  })
})

test('a failed exchange of the token is not tried again and names no secret', async () => {
  await using session = await pair((response, _count, { body }) =>
    refuse(response, 502, 'NetworkException', `no: ${body}`),
  )
  const error = await failure(session.client.exchangeToken(secrets))
  expect(session.seen).toHaveLength(1)
  expect(error).toMatchObject({ status: 502, errorType: 'NetworkException', isDefinite: false })
  expect(`${inspect(error)} ${JSON.stringify(error)}`).not.toMatch(
    /very-secret|4fd4e348eaac9460cdcc983c1097e04364d7d5cb74383de92de4011a05771a07/,
  )
})

test('an id that is no text is nobody’s, and a token that no header can bear is no token', async () => {
  for (const user_id of [9394, null, ['UK9394'], {}, undefined]) {
    await using one = await pair((response) => succeed(response, { user_id }))
    expect((await one.client.profile()).userId).toBe('')
  }
  for (const access_token of ['a\r\nb', '', 'x'.repeat(513), 'ключ', 7]) {
    await using one = await pair((response) => succeed(response, { user_id: 'UK9394', access_token }))
    expect(await failure(one.client.exchangeToken(secrets))).toMatchObject({ errorType: 'DataException' })
  }
})

test('of the words of a refusal at most 500 characters are kept, without control characters', async () => {
  const endless = `\u001B[2J\n${secrets.apiSecret}${'x'.repeat(100_000)}`
  await using one = await pair((response) => refuse(response, 400, 'Y'.repeat(9999), endless))
  const { message, errorType } = await failure(one.client.exchangeToken(secrets))
  expect(message).toMatch(/^POST \/session\/token: {2}\[2J \[secret\]x+$/)
  expect([message.length, errorType.length]).toEqual([500, 64])
})

test('printing or serialising a client shows no secret', async () => {
  await using one = await pair((response) => succeed(response, null))
  expect(`${JSON.stringify(one.client)} ${inspect(one.client, { depth: 9, showHidden: true })}`).not.toMatch(
    /secret/,
  )
})

test('a dead token is told from every other refusal, and not tried again', async () => {
  await using dead = await pair((response) =>
    refuse(response, 403, 'TokenException', 'Incorrect `api_key` or `access_token`.'),
  )
  const error = await failure(dead.client.positions())
  expect(error).toMatchObject({
    status: 403,
    isTokenDead: true,
    message: 'GET /portfolio/positions: Incorrect `api_key` or `access_token`.',
  })
  expect(dead.seen).toHaveLength(1)
  await using barred = await pair(
    (response) => void response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>No</h1>'),
  )
  expect(await failure(barred.client.positions())).toMatchObject({
    status: 403,
    errorType: 'DataException',
    isTokenDead: false,
  })
})

test.each([
  ['HTML', 200, 'text/html', '<html>maintenance</html>'],
  ['cut JSON', 200, 'application/json', '{"status":"succ'],
  ['JSON without an envelope', 200, 'application/json', '[]'],
  ['nothing', 204, 'text/plain', ''],
  ['a redirect', 302, 'text/plain', ''],
  ['HTML with a refusal', 404, 'text/html', '<html>'],
])('%s is an error that keeps the HTTP status %i', async (_, status, type, body) => {
  await using odd = await pair(
    (response) => void response.writeHead(status, { 'content-type': type, location: '/elsewhere' }).end(body),
  )
  expect(await failure(odd.client.orders())).toMatchObject({
    status,
    errorType: 'DataException',
    isDefinite: false,
  })
  expect(odd.seen).toHaveLength(1)
})

test('data of another shape is an error that names the field, not its value', async () => {
  await using odd = await pair((response) =>
    succeed(response, { net: [{ tradingsymbol: 'PRIVATE' }], day: [] }),
  )
  const error = await failure(odd.client.positions())
  expect(error.message).toContain('net.0.exchange')
  expect(error.message).not.toContain('PRIVATE')
})

test.each([429, 502, 503, 504])(
  'reading is tried again after %i, with jitter under a doubling bound',
  async (status) => {
    await using flaky = await pair((response, count) =>
      count < 2 ? refuse(response, status, 'NetworkException', 'later') : succeed(response, []),
    )
    expect(await flaky.client.orders()).toEqual([])
    expect(flaky.waits).toEqual([300, 600])
  },
)

test('reading gives up after three tries, and at once when told to wait long', async () => {
  await using down = await pair(
    (response) => void response.writeHead(503, { 'content-type': 'text/html' }).end('<html>'),
  )
  expect(await failure(down.client.orders())).toMatchObject({ status: 503, errorType: 'DataException' })
  expect(down.seen).toHaveLength(3)
  await using patient = await pair((response) =>
    refuse(response, 429, 'NetworkException', 'later', { 'retry-after': '60' }),
  )
  expect(await failure(patient.client.orders())).toMatchObject({ status: 429, retryAfterMs: 60_000 })
  expect(patient.seen).toHaveLength(1)
  await using brief = await pair((response, count) =>
    count === 0
      ? refuse(response, 429, 'NetworkException', 'later', { 'retry-after': '2' })
      : succeed(response, []),
  )
  await brief.client.orders()
  expect(brief.waits).toEqual([2_000])
})

test('no answer in time and a cut socket are network failures without a status, and reading survives them', async () => {
  await using silent = await pair((response, count) => (count === 0 ? undefined : succeed(response, [])), {
    timeoutMs: 100,
  })
  expect(await silent.client.trades()).toEqual([])
  await using cut = await pair((response, count) =>
    count === 0 ? response.destroy() : succeed(response, []),
  )
  expect(await cut.client.trades()).toEqual([])
  await using half = await pair((response, count) => {
    if (count > 0) return succeed(response, [])
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      .write('{"status":')
    setImmediate(() => response.destroy())
  })
  expect(await half.client.trades()).toEqual([])
  await using never = await pair(() => undefined, { timeoutMs: 50 })
  expect(await failure(never.client.trades())).toMatchObject({ status: null, errorType: 'NetworkException' })
  expect(never.seen).toHaveLength(3)
})

test('an accepted order has its id, and was sent as a form with its tag', async () => {
  await using broker = await pair((response) => succeed(response, { order_id: '2611230001' }))
  expect(await broker.client.placeOrder(market)).toEqual({ outcome: 'accepted', orderId: '2611230001' })
  const [sent] = broker.seen
  expect(`${sent?.method} ${sent?.url}`).toBe('POST /orders/regular')
  expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
    validity: 'DAY',
    exchange: 'NSE',
    tradingsymbol: 'INFY',
    transaction_type: 'BUY',
    quantity: '5',
    product: 'MIS',
    order_type: 'MARKET',
    market_protection: '-1',
    tag: 'run1x7',
  })
})

test.each(['placeOrder', 'modifyOrder', 'cancelOrder'] as const)(
  '%s is sent once, whatever comes back',
  async (name) => {
    const answers: readonly [string, Answer][] = [
      ['rejected', (response) => refuse(response, 400, 'InputException', 'Invalid quantity.')],
      ['rejected', (response) => refuse(response, 403, 'TokenException', 'Dead.')],
      ['rejected', (response) => refuse(response, 429, 'NetworkException', 'Too many requests')],
      ['rejected', (response) => refuse(response, 400, 'MarginException', 'Insufficient funds.')],
      ['unknown', (response) => refuse(response, 500, 'OrderException', 'Sorry.')],
      ['unknown', (response) => refuse(response, 503, 'NetworkException', 'OMS away.')],
      ['unknown', (response) => refuse(response, 400, 'NetworkException', 'OMS away.')],
      ['rejected', (response) => refuse(response, 404, 'GeneralException', 'No such order.')],
      ['unknown', (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')],
      ['unknown', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
      ['unknown', (response) => succeed(response, { something: 'else' })],
      ['unknown', (response) => void response.destroy()],
      ['unknown', () => undefined],
    ]
    for (const [outcome, answer] of answers) {
      await using broker = await pair(answer, { timeoutMs: 300 })
      const calls = {
        placeOrder: () => broker.client.placeOrder(market),
        modifyOrder: () => broker.client.modifyOrder({ orderId: '1', quantity: 3 }),
        cancelOrder: () => broker.client.cancelOrder({ orderId: '1' }),
      }
      expect(await calls[name]()).toMatchObject({ outcome, error: expect.any(KiteError) })
      expect(broker.seen).toHaveLength(1)
      expect(broker.waits).toEqual([])
    }
  },
)

test('an order that never left is rejected, not unknown: nobody listens, wrong input, governor, or given up before', async () => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  const port = typeof address === 'object' ? address?.port : 0
  const gone = createKiteClient({ apiUrl: `http://127.0.0.1:${port}`, apiKey: 'key', accessToken: 'x' })
  expect(await gone.placeOrder(market)).toMatchObject({
    outcome: 'rejected',
    error: { errorType: 'NetworkException' },
  })

  const governor = createGovernor({ ordersADay: 1, ordersToday: 1 })
  const stopped = AbortSignal.abort()
  for (const options of [{ governor }, { signal: stopped }]) {
    await using broker = await pair((response) => succeed(response, { order_id: '1' }), options)
    expect(await broker.client.placeOrder(market)).toMatchObject({ outcome: 'rejected' })
    expect(broker.seen).toHaveLength(0)
  }
  await using broker = await pair((response) => succeed(response, { order_id: '1' }))
  for (const wrong of [
    { quantity: 1.5 },
    { quantity: -1 },
    { tag: 'not-alphanumeric' },
    { orderType: 'LIMIT' },
    { price: '-3' },
  ] as const) {
    expect(await broker.client.placeOrder({ ...market, ...wrong })).toMatchObject({
      outcome: 'rejected',
      error: { errorType: 'InputException' },
    })
  }
  expect(await broker.client.cancelOrder({ orderId: '../../user/profile' })).toMatchObject({
    outcome: 'rejected',
  })
  expect(broker.seen).toHaveLength(0)
})

test('giving up in mid-order leaves it unknown', async () => {
  const stop = new AbortController()
  await using broker = await pair(() => stop.abort(), { signal: stop.signal })
  expect(await broker.client.placeOrder(market)).toMatchObject({ outcome: 'unknown' })
})

test('the order book keeps statuses nobody has heard of, decimals exact and times as instants', async () => {
  const row = {
    order_id: '1',
    status: 'PUT ORDER REQ RECEIVED',
    status_message: null,
    tradingsymbol: 'INFY',
    exchange: 'NSE',
    instrument_token: 408065,
    order_type: 'LIMIT',
    transaction_type: 'SELL',
    product: 'CNC',
    quantity: 10,
    price: 1412.95,
    trigger_price: 0,
    average_price: 1500.0,
    filled_quantity: 4,
    pending_quantity: 6,
    order_timestamp: '2026-11-23 09:15:01',
    exchange_timestamp: '',
    tag: null,
    meta: { odd: [] },
  }
  await using broker = await pair((response) =>
    succeed(response, [row, { ...row, status: 'BRAND NEW STATUS' }]),
  )
  const [first, second] = await broker.client.orders()
  expect(first).toMatchObject({
    orderId: '1',
    price: '1412.95',
    averagePrice: '1500',
    filledQuantity: 4,
    tag: null,
    exchangeTimestamp: null,
  })
  expect(first?.orderTimestamp).toEqual(new Date('2026-11-23T03:45:01Z'))
  expect(second?.status).toBe('BRAND NEW STATUS')
})

test('quotes come by name, and history with its own offsets', async () => {
  const ohlc = { open: 1, high: 2.5, low: 0.05, close: 1.1 }
  await using broker = await pair((response, _count, { url }) =>
    url.startsWith('/quote')
      ? succeed(response, {
          'NSE:INFY': {
            instrument_token: 408065,
            last_price: 1412.95,
            ohlc,
            timestamp: '2026-11-23 09:15:01',
          },
        })
      : succeed(response, {
          candles: [
            ['2026-11-23T09:15:00+0530', 1, 2.5, 0.05, 1.1, 1200, 7],
            ['2026-11-23T09:16:00+0530', 1, 1, 1, 1, 0],
          ],
        }),
  )
  const quotes = await broker.client.quote(['NSE:INFY', 'NSE:GONE'])
  expect(quotes.get('NSE:INFY')).toMatchObject({
    lastPrice: '1412.95',
    ohlc: { high: '2.5', low: '0.05' },
    volume: null,
    depth: null,
  })
  expect(quotes.has('NSE:GONE')).toBe(false)
  expect(broker.seen[0]?.url).toBe('/quote?i=NSE%3AINFY&i=NSE%3AGONE')
  const range = {
    instrumentToken: 408065,
    interval: 'minute',
    from: new Date('2026-11-23T03:45:00Z'),
    to: new Date('2026-11-23T04:00:00Z'),
  } as const
  expect(await broker.client.historical(range)).toEqual([
    {
      time: new Date('2026-11-23T03:45:00Z'),
      open: '1',
      high: '2.5',
      low: '0.05',
      close: '1.1',
      volume: 1200,
      oi: 7,
    },
    {
      time: new Date('2026-11-23T03:46:00Z'),
      open: '1',
      high: '1',
      low: '1',
      close: '1',
      volume: 0,
      oi: null,
    },
  ])
  expect(new URL(broker.seen[1]?.url ?? '', broker.url).searchParams.get('from')).toBe('2026-11-23 09:15:00')
})

const header =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange\n'
const infy = '408065,1594,INFY,"INFOSYS, ""LTD""",0,,0,0.05,1,EQ,NSE,NSE\r\n'
const call = '12345602,48225,NIFTY26NOV24400CE,NIFTY,112.5,2026-11-26,24400,0.05,75,CE,NFO-OPT,NFO\n'

test('the instrument list arrives gzipped and comes out row by row', async () => {
  await using broker = await pair((response) => {
    response
      .writeHead(200, { 'content-type': 'text/csv', 'content-encoding': 'gzip' })
      .end(gzipSync(header + infy + call))
  })
  expect(await Array.fromAsync(broker.client.instruments('NFO'))).toEqual([
    expect.objectContaining({
      instrumentToken: 408065,
      name: 'INFOSYS, "LTD"',
      lastPrice: null,
      expiry: null,
      strike: null,
      lotSize: 1,
    }),
    expect.objectContaining({
      tradingsymbol: 'NIFTY26NOV24400CE',
      lastPrice: '112.5',
      expiry: '2026-11-26',
      strike: '24400',
      lotSize: 75,
    }),
  ])
  expect(broker.seen[0]?.url).toBe('/instruments/NFO')
})

test('the first instruments are there while the rest is still being sent, and leaving early hangs up', async () => {
  const hungUp = Promise.withResolvers<void>()
  await using broker = await pair((response) => {
    response.on('close', hungUp.resolve)
    response.writeHead(200, { 'content-type': 'text/csv' }).write(header + infy + call.slice(0, 20))
  })
  for await (const instrument of broker.client.instruments()) {
    expect(instrument.tradingsymbol).toBe('INFY')
    break
  }
  await hungUp.promise
})

test('half an instrument list is an error, not a short list', async () => {
  await using cut = await pair((response) => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': '10000' }).write(header + infy)
    setImmediate(() => response.destroy())
  })
  expect(await failure(Array.fromAsync(cut.client.instruments()))).toMatchObject({
    errorType: 'NetworkException',
  })
  for (const body of [
    '',
    'a,b\n1,2\n',
    `${header}x,1,INFY,,0,,0,0.05,1,EQ,NSE,NSE\n`,
    `${header}408065,1594\n`,
  ]) {
    await using odd = await pair(
      (response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end(body),
    )
    expect(await failure(Array.fromAsync(odd.client.instruments()))).toMatchObject({
      status: 200,
      errorType: 'DataException',
    })
  }
  await using dead = await pair((response) => refuse(response, 403, 'TokenException', 'Dead.'))
  expect(await failure(Array.fromAsync(dead.client.instruments()))).toMatchObject({ isTokenDead: true })
})

test('margins of a segment the account lacks are null, and unknown amounts stay unknown', async () => {
  const equity = {
    enabled: true,
    net: 100000.5,
    available: { cash: 99.9, new_kind: 1 },
    utilised: { debits: 0.1, span: null },
  }
  await using broker = await pair((response) => succeed(response, { equity }))
  expect(await broker.client.margins()).toEqual({
    commodity: null,
    equity: {
      enabled: true,
      net: '100000.5',
      available: {
        cash: '99.9',
        openingBalance: null,
        liveBalance: null,
        collateral: null,
        intradayPayin: null,
      },
      utilised: { debits: '0.1', span: null },
    },
  })
})
