import type { Period } from '@stratdesk/contracts/performance'
import {
  countAll,
  countWhere,
  isSample,
  lotGain,
  minus,
  plus,
  pointsAsJson,
  ratio,
  rowCount,
  rowNumber,
  runningPeak,
  runningSum,
  sumOrUnknown,
  sumOrZero,
} from '@stratdesk/data/expressions'
import { type Bound, prepared } from '@stratdesk/data/prepared'
import type { Read } from '@stratdesk/data/scope'

interface TradesAsked {
  /** Trades that ended before are left out. */
  readonly from?: Date | undefined
  readonly runId?: string | undefined
}

interface EquityAsked extends TradesAsked {
  readonly points: number
}

/** When each period began; all time began with the first trade. */
type PeriodsAsked = Readonly<Record<Exclude<Period, 'all'>, Date>> & { readonly points: number }

/** The result of the trades that ended in a range, and what the open lots would bring at the last known prices. */
export const accountResult = prepared((read, { from }: Bound<Pick<TradesAsked, 'from'>>) =>
  read()
    .selectFrom([closed(read, { from }).as('closed'), open(read).as('open')])
    .selectAll()
    .select((eb) => plus(eb.ref('realised'), eb.ref('unrealised')).as('net')),
)

/** The same of every period that begins at one of these times, and of all time, each with its curve, in any order. */
export const periodResults = prepared((read, { points, ...begins }: Bound<PeriodsAsked>) => {
  const of = (period: Period, from?: Bound<TradesAsked>['from']) =>
    closed(read, { from }).select((eb) => [
      eb.val(period).as('period'),
      pointsAsJson({
        time: eb.ref('exit_at'),
        net: eb.ref('equity'),
        drawdown: eb.ref('drawdown'),
        by: eb.ref('number'),
        where: isSample(eb.ref('number'), eb.ref('count'), points),
      }).as('curve'),
    ])
  const periods = of('all')
    .unionAll(of('today', begins.today))
    .unionAll(of('week', begins.week))
    .unionAll(of('month', begins.month))
    .unionAll(of('year', begins.year))
  return read()
    .selectFrom([periods.as('closed'), open(read).as('open')])
    .selectAll()
    .select((eb) => plus(eb.ref('realised'), eb.ref('unrealised')).as('net'))
})

/** At most `points` points of the cumulative net, evenly spread over the trades; the last one is always there. */
export const equityCurve = prepared((read, { points, from, runId }: Bound<EquityAsked>) =>
  read()
    .selectFrom(curve(read('trades'), { from, runId }).as('trade'))
    .select(['exit_at as time', 'equity as net', 'drawdown'])
    .where((eb) => isSample(eb.ref('number'), eb.ref('count'), points))
    .orderBy('number'),
)

type ReadAny = Parameters<Parameters<typeof prepared>[0]>[0]

/** The sums of the trades that ended in a range. */
function closed(read: ReadAny, { from }: Bound<Pick<TradesAsked, 'from'>>) {
  return read()
    .selectFrom(curve(read('trades'), { from }).as('trade'))
    .select((eb) => [
      countAll().as('tradeCount'),
      sumOrZero(eb.ref('gross')).as('gross'),
      sumOrZero(eb.ref('charges')).as('charges'),
      sumOrZero(eb.ref('net')).as('realised'),
      ratio(countWhere(eb('net', '>', '0')), countAll(), 4).as('winRate'),
      ratio(eb.fn.sum<string | null>('net'), countAll(), 2).as('expectancy'),
      eb.fn.min<string | null>('drawdown').as('largestDrawdown'),
    ])
}

/** What the open lots would bring at the last known prices. */
function open(read: ReadAny) {
  return read('open_lots', 'instruments')
    .selectFrom('open_lots')
    .leftJoin('instruments', 'instruments.instrument_token', 'open_lots.instrument_token')
    .select((eb) => {
      const [side, remaining, price] = [eb.ref('side'), eb.ref('remaining'), eb.ref('price')]
      const gain = lotGain({ side, remaining, price, lastPrice: eb.ref('last_price') })
      return [eb.fn.min<Date | null>('last_price_at').as('asOf'), sumOrUnknown(gain).as('unrealised')]
    })
}

/** Each trade in the order of its end, with the net so far and how far that is below its highest point. */
function curve(trades: Read<'trades'>, { from, runId }: Bound<TradesAsked>) {
  return trades
    .selectFrom((outer) => {
      let query = outer.selectFrom('trades').select((eb) => {
        const order = [eb.ref('exit_at'), eb.ref('id')]
        return [
          'exit_at',
          'gross',
          'charges',
          'net',
          rowNumber(order).as('number'),
          rowCount().as('count'),
          runningSum(eb.ref('net'), order).as('equity'),
        ]
      })
      if (from) query = query.where('exit_at', '>=', from)
      if (runId) query = query.where('run_id', '=', runId)
      return query.as('sums')
    })
    .selectAll()
    .select((eb) => minus(eb.ref('equity'), runningPeak(eb.ref('equity'), [eb.ref('number')])).as('drawdown'))
}
