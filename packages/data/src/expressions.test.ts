import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  averagePrice,
  contains,
  countAll,
  countWhere,
  isSample,
  istDayEnd,
  istDayStart,
  literal,
  lotGain,
  minus,
  olderThan,
  plus,
  pointsAsJson,
  ratio,
  rowCount,
  rowNumber,
  runningPeak,
  runningSum,
  signedQuantity,
  startsWith,
  sumInteger,
  sumOrUnknown,
  sumOrZero,
} from './expressions.ts'
import { createMarket } from './market.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addLot, addRun, addTrade } from './testing/rows.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
  await createMarket(two.pool).upsertInstruments([instrument(1, 'SPX500'), instrument(2, 'UNPRICED_50%')])
  await createMarket(two.pool).recordPrices([
    { instrument_token: 1, last_price: '110.5', last_price_at: new Date('2026-11-23T06:00:00Z') },
  ])
  for (const [scope, unit] of [
    [two.anna, 1],
    [two.ben, 1000],
  ] as const) {
    const run = await addRun(scope)
    const nets = [10, -4, -8, 20, -1, 5, -30]
    for (const [index, net] of nets.entries()) {
      const exitAt = new Date(Date.UTC(2026, 10, 23, 5, index))
      await addTrade(scope, run, { gross: String(net * unit + 0.25), charges: '0.25', exitAt })
    }
    await addLot(scope, run, { side: 'buy', quantity: 10, price: '100.25', charges: '1.5' })
    await addLot(scope, run, { side: 'buy', quantity: 30, price: '104.25' })
    await addLot(scope, run, { side: 'sell', quantity: 5, price: '120' })
  }
})
afterAll(() => two.close())

function instrument(token: number, tradingsymbol: string) {
  return {
    instrument_token: token,
    exchange: 'SIM',
    tradingsymbol,
    name: tradingsymbol,
    segment: 'SIM',
    instrument_type: 'EQ',
    lot_size: 1,
    tick_size: '0.05',
  }
}

test('sums are exact decimal texts of the broker alone, and 0 over nothing', async () => {
  const totals = two.anna
    .read('trades')
    .selectFrom('trades')
    .select((eb) => [
      countAll().as('count'),
      countWhere(eb('net', '>', '0')).as('wins'),
      sumOrZero(eb.ref('gross')).as('gross'),
      sumOrZero(eb.ref('net')).as('net'),
      ratio(countWhere(eb('net', '>', '0')), countAll(), 4).as('winRate'),
    ])
  expect(await totals.executeTakeFirst()).toEqual({
    count: 7,
    wins: 3,
    gross: '-6.25',
    net: '-8',
    winRate: '0.4286',
  })
  expect(await totals.where('side', '=', 'short').executeTakeFirst()).toEqual({
    count: 0,
    wins: 0,
    gross: '0',
    net: '0',
    winRate: null,
  })
})

test('a gain on an unknown price is unknown, and makes its sum unknown', async () => {
  const gains = two.anna
    .read('open_lots', 'instruments')
    .selectFrom('open_lots as lot')
    .innerJoin('instruments as i', (join) => join.on('i.instrument_token', '=', literal(1)))
    .select((eb) => {
      const lot = { side: eb.ref('lot.side'), remaining: eb.ref('lot.remaining'), price: eb.ref('lot.price') }
      const lastPrice = eb.ref('i.last_price')
      return [
        sumOrUnknown(lotGain({ ...lot, lastPrice })).as('gain'),
        sumInteger(signedQuantity(eb.ref('lot.side'), eb.ref('lot.remaining'))).as('quantity'),
        averagePrice(eb.ref('lot.price'), eb.ref('lot.remaining')).as('average'),
        plus(sumOrZero(eb.ref('lot.charges')), eb.val('1')).as('more'),
        minus(sumOrZero(eb.ref('lot.charges')), eb.val('1')).as('less'),
      ]
    })
    .groupBy('lot.side')
    .orderBy('lot.side')
  expect(await gains.execute()).toEqual([
    { gain: '290.00', quantity: 40, average: '103.25', more: '2.5', less: '0.5' },
    { gain: '47.5', quantity: -5, average: '120', more: '1', less: '-1' },
  ])
  const unknown = two.anna
    .read('open_lots', 'instruments')
    .selectFrom('open_lots as lot')
    .innerJoin('instruments as i', (join) => join.onTrue())
    .select((eb) => {
      const lot = { side: eb.ref('lot.side'), remaining: eb.ref('lot.remaining'), price: eb.ref('lot.price') }
      return sumOrUnknown(lotGain({ ...lot, lastPrice: eb.ref('i.last_price') })).as('gain')
    })
  expect(await unknown.execute()).toEqual([{ gain: null }])
})

test('a cursor continues exactly behind a row', async () => {
  const read = two.ben.read('trades').selectFrom('trades').select(['id', 'exit_at', 'net'])
  const list = read.orderBy('exit_at', 'desc').orderBy('id', 'desc')
  const first = await list.limit(3).execute()
  const last = first.at(-1)
  if (!last) throw new Error('There must be a last row')
  const second = await list
    .where((eb) => olderThan([eb.ref('exit_at'), eb.ref('id')], { time: last.exit_at, id: last.id }))
    .execute()
  expect([...first, ...second].map((row) => Number(row.net))).toEqual([
    -30000, 5000, -1000, 20000, -8000, -4000, 10000,
  ])
})

test('the equity curve sums up, measures drawdown from the peak, and keeps its last point when sampled', async () => {
  const equity = async (points: number) => {
    const db = two.anna.read('trades')
    const rows = await db
      .selectFrom((from) =>
        from
          .selectFrom((inner) =>
            inner
              .selectFrom('trades')
              .select((eb) => {
                const by = [eb.ref('exit_at'), eb.ref('id')]
                return [
                  'exit_at',
                  'id',
                  runningSum(eb.ref('net'), by).as('net'),
                  rowNumber(by).as('number'),
                  rowCount().as('count'),
                ]
              })
              .as('sums'),
          )
          .select((eb) => [
            'exit_at',
            'net',
            'number',
            'count',
            runningPeak(eb.ref('net'), [eb.ref('number')]).as('peak'),
          ])
          .as('curve'),
      )
      .select((eb) => ['net', minus(eb.ref('net'), eb.ref('peak')).as('drawdown')])
      .where((eb) => isSample(eb.ref('number'), eb.ref('count'), eb.val(points)))
      .orderBy('number')
      .execute()
    return rows.map((row) => [Number(row.net), Number(row.drawdown)])
  }
  expect(await equity(100)).toEqual([
    [10, 0],
    [6, -4],
    [-2, -12],
    [18, 0],
    [17, -1],
    [22, 0],
    [-8, -30],
  ])
  expect(await equity(3)).toEqual([
    [10, 0],
    [18, 0],
    [-8, -30],
  ])
  expect(await equity(1)).toEqual([[-8, -30]])
})

test('points become one JSON value, in order, their decimals exact and their times in UTC; none are an empty list', async () => {
  const points = (scope: TwoBrokers['anna'], least: string) =>
    scope
      .read('trades')
      .selectFrom('trades')
      .select((eb) => {
        const [time, net, drawdown] = [eb.ref('exit_at'), eb.ref('net'), eb.ref('charges')]
        return pointsAsJson({ time, net, drawdown, by: time, where: eb('net', '>', least) }).as('points')
      })
      .executeTakeFirst()
  expect(await points(two.anna, '5')).toEqual({
    points: [
      { time: '2026-11-23T05:00:00.000Z', net: '10', drawdown: '0.25' },
      { time: '2026-11-23T05:03:00.000Z', net: '20', drawdown: '0.25' },
    ],
  })
  expect(await points(two.anna, '5000')).toEqual({ points: [] })
  expect((await points(two.ben, '5000'))?.points.map(({ net }) => Number(net))).toEqual([10_000, 20_000])
})

test('a search text means itself, whatever characters it has', async () => {
  const symbols = async (text: string) => {
    const query = createMarket(two.pool)
      .read.selectFrom('instruments')
      .select('tradingsymbol')
      .orderBy('tradingsymbol')
    const within = await query.where((eb) => contains(eb.ref('tradingsymbol'), text)).execute()
    const begins = await query.where((eb) => startsWith(eb.ref('tradingsymbol'), text)).execute()
    return [within.length, begins.length]
  }
  expect(await symbols('d_5')).toEqual([1, 0])
  expect(await symbols('X_5')).toEqual([0, 0])
  expect(await symbols('spx')).toEqual([1, 1])
  expect(await symbols('%')).toEqual([1, 0])
  expect(await symbols('\\')).toEqual([0, 0])
})

test('a day in India begins at 18:30 UTC of the day before', () => {
  expect(istDayStart('2026-11-23').toISOString()).toBe('2026-11-22T18:30:00.000Z')
  expect(istDayEnd('2026-12-31').toISOString()).toBe('2026-12-31T18:30:00.000Z')
})
