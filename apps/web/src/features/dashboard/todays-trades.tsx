import type { Trade } from '@stratdesk/contracts/trades'
import { IconReceipt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { quantity } from '../../lib/money.ts'
import { istDay, timeOfDay } from '../../lib/time.ts'
import { CardRow } from '../../ui/card-row.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { PnlMoney, Price, Time } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { useNow } from '../../ui/use-now.ts'
import { tradesOf } from './load.ts'
import classes from './todays-trades.module.css'

const sideWords = { long: 'Long', short: 'Short' } as const

const columns: readonly Column<Trade>[] = [
  { id: 'exit', header: 'Exit', cell: ({ exitAt }) => <Time at={exitAt} format={timeOfDay} /> },
  { id: 'instrument', header: 'Instrument', cell: ({ instrument }) => instrument },
  { id: 'side', header: 'Side', cell: ({ side }) => sideWords[side] },
  { id: 'quantity', header: 'Quantity', align: 'right', cell: (trade) => quantity(trade.quantity) },
  { id: 'entry', header: 'Entry', align: 'right', cell: ({ entryPrice }) => <Price value={entryPrice} /> },
  {
    id: 'exitPrice',
    header: 'Exit price',
    align: 'right',
    cell: ({ exitPrice }) => <Price value={exitPrice} />,
  },
  {
    id: 'run',
    header: 'Run',
    cell: ({ runId, runName }) => (
      <Link to="/runs/$runId" params={{ runId }} className={classes.run}>
        {runName}
      </Link>
    ),
  },
  { id: 'net', header: 'Net P&L', align: 'right', cell: ({ net }) => <PnlMoney value={net} /> },
]

/** The newest trades of this day in IST; the trades screen has them all. */
export function TodaysTrades() {
  const today = istDay(useNow(30_000))
  const trades = useQuery(tradesOf(today))
  return (
    <Section
      flush
      title="Today’s trades"
      aside={
        <Link to="/trades" search={{ from: today, to: today }} className={classes.all}>
          All of today
        </Link>
      }
    >
      <QueryFace
        query={trades}
        loading={<LoadingRows rows={5} height={40} />}
        failed="Today’s trades could not be loaded."
      >
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No trades today" icon={<IconReceipt stroke={1.4} />}>
              A trade appears when a run has entered a position and left it again.
            </Empty>
          ) : (
            <DataTable
              label="Today’s trades"
              columns={columns}
              rows={items}
              rowKey={(trade) => trade.id}
              card={(trade) => <TradeCard trade={trade} />}
            />
          )
        }
      </QueryFace>
    </Section>
  )
}

function TradeCard({ trade }: { readonly trade: Trade }) {
  return (
    <>
      <CardRow left={<strong>{trade.instrument}</strong>} right={<PnlMoney value={trade.net} />} />
      <CardRow
        quiet
        left={`${sideWords[trade.side]} ${quantity(trade.quantity)}, ${trade.runName}`}
        right={<Time at={trade.exitAt} format={timeOfDay} />}
      />
    </>
  )
}
