import { getTradeTotals, type TradeFilters, type TradeTotals } from '@stratdesk/contracts/trades'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ProblemError } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { quantity } from '../../lib/money.ts'
import { Money, PnlMoney, Unknown } from '../../ui/numbers.tsx'
import classes from './totals.module.css'
import { winShare } from './win-share.ts'

/** The sums over all filtered trades, loaded or not. */
export function useTradeTotals(filters: TradeFilters): UseQueryResult<TradeTotals, ProblemError> {
  return useQuery({ ...q(getTradeTotals, { query: filters }), placeholderData: keepPreviousData })
}

const notLoaded = 'The totals could not be loaded yet.'
const noTrades = 'There is no trade to take a share of.'

interface TotalsProps {
  readonly totals: UseQueryResult<TradeTotals, ProblemError>
  /** At the right end of the line. */
  readonly children?: ReactNode
}

/** Count, share won, gross, charges and net of the filtered set, not just of what is loaded. */
export function Totals({ totals, children }: TotalsProps) {
  const { data } = totals
  const share = data && winShare(data.wins, data.count)
  return (
    <div className={classes.line}>
      <dl className={classes.totals} aria-label="Totals of the filtered trades" aria-busy={totals.isFetching}>
        <Total label="Trades">{data ? quantity(data.count) : <Unknown why={notLoaded} />}</Total>
        <Total label="Won">{share ?? <Unknown why={data ? noTrades : notLoaded} />}</Total>
        <Total label="Gross">
          <PnlMoney value={data?.gross} why={notLoaded} />
        </Total>
        <Total label="Charges">
          <Money value={data?.charges} why={notLoaded} />
        </Total>
        <Total label="Net">
          <PnlMoney value={data?.net} why={notLoaded} />
        </Total>
      </dl>
      {children}
    </div>
  )
}

function Total({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.total}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
