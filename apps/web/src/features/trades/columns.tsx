import type { Trade } from '@stratdesk/contracts/trades'
import { Link } from '@tanstack/react-router'
import { type ColumnDef, columnVisibilityFeature, tableFeatures } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { quantity } from '../../lib/money.ts'
import { fullTime, shortTime } from '../../lib/time.ts'
import { Money, PnlMoney, Price } from '../../ui/numbers.tsx'
import { ModeBadge } from '../../ui/run-status.tsx'
import { TradeSide } from './trade-side.tsx'
import classes from './trades-table.module.css'

/** What the trades table does itself: choosing columns. The server filters and sorts. */
export const tradeTableFeatures = tableFeatures({ columnVisibilityFeature })

/** A column's title, its width in pixels, and whether it is a number. */
interface Look {
  readonly title: string
  readonly width: number
  readonly isNumber?: boolean
  /** Shown until somebody chooses otherwise. */
  readonly isShown?: boolean
}

/** The columns in their order, by id. */
export const looks = {
  exitAt: { title: 'Exit', width: 128, isShown: true },
  entryAt: { title: 'Entry', width: 128 },
  instrument: { title: 'Instrument', width: 118, isShown: true },
  side: { title: 'Side', width: 64, isShown: true },
  quantity: { title: 'Quantity', width: 78, isNumber: true, isShown: true },
  entryPrice: { title: 'Entry price', width: 96, isNumber: true, isShown: true },
  exitPrice: { title: 'Exit price', width: 96, isNumber: true, isShown: true },
  gross: { title: 'Gross', width: 112, isNumber: true },
  charges: { title: 'Charges', width: 84, isNumber: true, isShown: true },
  net: { title: 'Net', width: 112, isNumber: true, isShown: true },
  run: { title: 'Run', width: 150, isShown: true },
  strategy: { title: 'Strategy', width: 130 },
  mode: { title: 'Mode', width: 76 },
  entryReason: { title: 'Why it began', width: 230 },
  exitReason: { title: 'Why it ended', width: 230, isShown: true },
} as const satisfies Readonly<Record<string, Look>>
export type TradeColumn = keyof typeof looks

/** The looks of any column id the table knows. */
export function lookOf(id: string): Look {
  return Object.entries<Look>(looks).find(([known]) => known === id)?.[1] ?? { title: id, width: 120 }
}

type Column = ColumnDef<typeof tradeTableFeatures, Trade>

function column(id: TradeColumn, cell: (trade: Trade) => ReactNode): Column {
  return { id, header: looks[id].title, cell: ({ row }) => cell(row.original) }
}

/** The columns of the trades table. */
export const tradeColumns: Column[] = [
  column('exitAt', (trade) => <CellTime at={trade.exitAt} />),
  column('entryAt', (trade) => <CellTime at={trade.entryAt} />),
  column('instrument', (trade) => trade.instrument),
  column('side', (trade) => <TradeSide side={trade.side} />),
  column('quantity', (trade) => quantity(trade.quantity)),
  column('entryPrice', (trade) => <Price value={trade.entryPrice} />),
  column('exitPrice', (trade) => <Price value={trade.exitPrice} />),
  column('gross', (trade) => <PnlMoney value={trade.gross} />),
  column('charges', (trade) => <Money value={trade.charges} />),
  column('net', (trade) => <PnlMoney value={trade.net} />),
  column('run', (trade) => (
    <Link to="/runs/$runId" params={{ runId: trade.runId }} className={classes.link}>
      {trade.runName}
    </Link>
  )),
  column('strategy', (trade) => trade.strategyId),
  column('mode', (trade) => <ModeBadge mode={trade.mode} />),
  column('entryReason', (trade) => <Reason text={trade.entryReason} />),
  column('exitReason', (trade) => <Reason text={trade.exitReason} />),
]

function Reason({ text }: { readonly text: string }) {
  return (
    <span className={classes.reason} title={text}>
      {text}
    </span>
  )
}

/** The browser's own tooltip: hundreds of these pass by while scrolling. */
function CellTime({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {shortTime(at)}
    </time>
  )
}
