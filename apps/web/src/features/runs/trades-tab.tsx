import type { Run } from '@stratdesk/contracts/runs'
import { listTrades, type Trade } from '@stratdesk/contracts/trades'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { quantity } from '../../lib/money.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { CardRow } from '../../ui/card-row.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Money, PnlMoney, Price, Time } from '../../ui/numbers.tsx'
import { isActive } from '../../ui/run-status.tsx'
import classes from './run-page.module.css'

const columns: readonly Column<Trade>[] = [
  { id: 'exit', header: 'Exit', cell: (trade) => <Time at={trade.exitAt} /> },
  { id: 'instrument', header: 'Instrument', cell: (trade) => trade.instrument },
  { id: 'side', header: 'Side', cell: (trade) => <TradeSide trade={trade} /> },
  { id: 'quantity', header: 'Quantity', align: 'right', cell: (trade) => quantity(trade.quantity) },
  { id: 'in', header: 'Entry', align: 'right', cell: (trade) => <Price value={trade.entryPrice} /> },
  { id: 'out', header: 'Exit price', align: 'right', cell: (trade) => <Price value={trade.exitPrice} /> },
  { id: 'charges', header: 'Charges', align: 'right', cell: (trade) => <Money value={trade.charges} /> },
  { id: 'net', header: 'Net', align: 'right', cell: (trade) => <PnlMoney value={trade.net} /> },
  {
    id: 'why',
    header: 'Why it ended',
    cell: (trade) => <span className={classes.text}>{trade.exitReason}</span>,
  },
]

/** The newest round trips of the run; all of them are one step away, in Trades. */
export function TradesTab({ run }: { readonly run: Run }) {
  const trades = useQuery(q(listTrades, { query: { runId: run.id, limit: '200' } }))
  return (
    <div className={classes.panel}>
      <QueryFace query={trades} loading={<LoadingRows rows={8} />} failed="The trades could not be loaded.">
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No trades yet">
              {isActive(run)
                ? 'A trade is listed once a position has been closed.'
                : 'The run ended without closing a position.'}
            </Empty>
          ) : (
            <>
              <DataTable
                label="Trades of this run"
                columns={columns}
                rows={items}
                rowKey={(trade) => trade.id}
                card={(trade) => <TradeCard trade={trade} />}
              />
              <div className={classes.more}>
                {nextCursor !== null && <span>The newest {items.length} trades are shown.</span>}
                <ButtonLink to="/trades" search={{ runId: run.id }} variant="default" size="xs">
                  Open in Trades
                </ButtonLink>
              </div>
            </>
          )
        }
      </QueryFace>
    </div>
  )
}

function TradeSide({ trade }: { readonly trade: Trade }) {
  return (
    <span className={trade.side === 'long' ? classes.buy : classes.sell}>
      {trade.side === 'long' ? 'Long' : 'Short'}
    </span>
  )
}

function TradeCard({ trade }: { readonly trade: Trade }) {
  return (
    <>
      <CardRow
        left={
          <>
            <TradeSide trade={trade} /> {quantity(trade.quantity)} · <Price value={trade.entryPrice} /> to{' '}
            <Price value={trade.exitPrice} />
          </>
        }
        right={<PnlMoney value={trade.net} />}
      />
      <CardRow quiet left={trade.instrument} right={<Time at={trade.exitAt} />} />
      <CardRow quiet left={trade.exitReason} />
    </>
  )
}
