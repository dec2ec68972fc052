import type { Trade } from '@stratdesk/contracts/trades'
import { IconReceipt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { quantity } from '../../lib/money.ts'
import { istDay, timeOfDay } from '../../lib/time.ts'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { PnlMoney, Price, Time } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { useNow } from '../../ui/use-now.ts'
import { tradesOf } from './load.ts'
import classes from './todays-trades.module.css'

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
            <TradeTable trades={items} />
          )
        }
      </QueryFace>
    </Section>
  )
}

function TradeTable({ trades }: { readonly trades: readonly Trade[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Exit</th>
          <th scope="col">Instrument</th>
          <th scope="col">Side</th>
          <th scope="col" className={classes.right}>
            Quantity
          </th>
          <th scope="col" className={`${classes.right} ${classes.roomy}`}>
            Entry
          </th>
          <th scope="col" className={`${classes.right} ${classes.roomy}`}>
            Exit price
          </th>
          <th scope="col" className={classes.roomy}>
            Run
          </th>
          <th scope="col" className={classes.right}>
            Net P&L
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <TradeRow key={trade.id} trade={trade} />
        ))}
      </tbody>
    </table>
  )
}

function TradeRow({ trade }: { readonly trade: Trade }) {
  return (
    <tr className={classes.row}>
      <td>
        <Time at={trade.exitAt} format={timeOfDay} />
      </td>
      <td>{trade.instrument}</td>
      <td>{trade.side === 'long' ? 'Long' : 'Short'}</td>
      <td className={classes.right}>{quantity(trade.quantity)}</td>
      <td className={`${classes.right} ${classes.roomy}`}>
        <Price value={trade.entryPrice} />
      </td>
      <td className={`${classes.right} ${classes.roomy}`}>
        <Price value={trade.exitPrice} />
      </td>
      <td className={classes.roomy}>
        <Link to="/runs/$runId" params={{ runId: trade.runId }} className={classes.run}>
          {trade.runName}
        </Link>
      </td>
      <td className={classes.right}>
        <PnlMoney value={trade.net} />
      </td>
    </tr>
  )
}
