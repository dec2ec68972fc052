import { istDate, istDay, istDayStart } from '../ist.ts'
import { shares } from './shares.ts'

/** Exchanges of the simulator; `SIM` is its own and holds replays of real prices. */
export type Exchange = 'NSE' | 'NFO' | 'SIM'

/** One row of the instruments file. */
export interface Instrument {
  readonly token: number
  readonly symbol: string
  readonly name: string
  readonly exchange: Exchange
  readonly segment: 'NSE' | 'INDICES' | 'NFO-FUT' | 'SIM'
  readonly type: 'EQ' | 'FUT'
  readonly tickPaise: number
  readonly lotSize: number
  /** Expiry as `YYYY-MM-DD`; empty for all but futures. */
  readonly expiry: string
  /** Price in paise around which the walk moves; the replay has its own. */
  readonly basePaise: number
  /** The walk whose movement it follows: its own symbol, or a future's index. */
  readonly walk: string
  /** Days from the given IST day to the expiry; 0 for all but futures. */
  readonly daysLeft: (day: number) => number
}

/** Token of the replay of S&P 500 closes. Its low byte is 1, so that tickers parse it as a tradable share. */
export const replayToken = (900_001 << 8) | 1

const never = (): number => 0
const spot = { lotSize: 1, expiry: '', type: 'EQ', daysLeft: never } as const

const spots: readonly Instrument[] = [
  index('NIFTY 50', 256_265, 26_050),
  index('NIFTY BANK', 260_105, 58_900),
  ...shares.map(([symbol, name, exchangeToken, rupees]): Instrument => ({
    ...spot,
    token: (exchangeToken << 8) | 1,
    symbol,
    name,
    exchange: 'NSE',
    segment: 'NSE',
    tickPaise: tickOf(rupees),
    basePaise: rupees * 100,
    walk: symbol,
  })),
  {
    ...spot,
    token: replayToken,
    symbol: 'SPX500',
    name: 'S&P 500 REPLAY 2000-2020',
    exchange: 'SIM',
    segment: 'SIM',
    tickPaise: 1,
    basePaise: 0,
    walk: 'SPX500',
  },
]

function index(symbol: string, token: number, points: number): Instrument {
  const basePaise = points * 100
  const kind = { exchange: 'NSE', segment: 'INDICES', tickPaise: 5 } as const
  return { ...spot, ...kind, token, symbol, name: symbol, basePaise, walk: symbol }
}

/** NSE's tick sizes by price, since April 2025. */
function tickOf(rupees: number): number {
  if (rupees < 250) return 1
  if (rupees < 1000) return 5
  if (rupees < 5000) return 10
  if (rupees < 10_000) return 50
  return rupees < 20_000 ? 100 : 500
}

const contracts = [
  { name: 'NIFTY', walk: 'NIFTY 50', lotSize: 75, tickPaise: 10, rupees: 26_050, serial: 0 },
  { name: 'BANKNIFTY', walk: 'NIFTY BANK', lotSize: 35, tickPaise: 20, rupees: 58_900, serial: 1 },
] as const

/** The futures expiring at the end of the month `months` after the given first of a month. */
function futures(month: Temporal.PlainDate): Instrument[] {
  const expiry = lastTuesday(month)
  const label = `${String(expiry.year % 100).padStart(2, '0')}${monthNames[expiry.month - 1]}`
  const expiryDay = expiry.toZonedDateTime('+05:30').epochMilliseconds / 86_400_000
  return contracts.map((contract) => ({
    token: ((100_000 + (expiry.year * 12 + expiry.month) * 4 + contract.serial) << 8) | 2,
    symbol: `${contract.name}${label}FUT`,
    name: contract.name,
    exchange: 'NFO',
    segment: 'NFO-FUT',
    type: 'FUT',
    tickPaise: contract.tickPaise,
    lotSize: contract.lotSize,
    expiry: expiry.toString(),
    basePaise: contract.rupees * 100,
    walk: contract.walk,
    daysLeft: (day) => Math.max(0, Math.ceil(expiryDay) - day),
  }))
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

function lastTuesday(month: Temporal.PlainDate): Temporal.PlainDate {
  const last = month.with({ day: month.daysInMonth })
  return last.subtract({ days: (last.dayOfWeek + 5) % 7 })
}

/** The instruments that trade on one day, found by token or by `EXCHANGE:SYMBOL`. */
export interface Catalogue {
  readonly all: readonly Instrument[]
  readonly byToken: ReadonlyMap<number, Instrument>
  readonly byName: ReadonlyMap<string, Instrument>
}

let latest: { readonly day: number; readonly catalogue: Catalogue } | undefined

/** The catalogue of the IST day of a second: shares, indices, the replay, and futures of this and the next expiry. */
export function catalogueAt(second: number): Catalogue {
  const day = istDay(second)
  if (latest?.day === day) return latest.catalogue
  const today = istDate(istDayStart(day))
  const thisMonth = today.with({ day: 1 })
  const first = Temporal.PlainDate.compare(lastTuesday(thisMonth), today) < 0 ? 1 : 0
  const months = [first, first + 1].map((ahead) => thisMonth.add({ months: ahead }))
  const all = [...spots, ...months.flatMap(futures)]
  const catalogue = {
    all,
    byToken: new Map(all.map((instrument) => [instrument.token, instrument])),
    byName: new Map(all.map((instrument) => [`${instrument.exchange}:${instrument.symbol}`, instrument])),
  }
  latest = { day, catalogue }
  return catalogue
}
