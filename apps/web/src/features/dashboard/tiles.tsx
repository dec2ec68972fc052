import { Button, Skeleton } from '@mantine/core'
import type { Performance, Period, PeriodResult } from '@stratdesk/contracts/performance'
import { useQuery } from '@tanstack/react-query'
import { activeRuns } from '../../api/active-runs.ts'
import { addDecimals } from '../../lib/decimal.ts'
import { money, quantity, signedMoney } from '../../lib/money.ts'
import { Live, PnlMoney } from '../../ui/numbers.tsx'
import { fromZero } from './equity-facts.ts'
import { allResults, resultOfToday } from './load.ts'
import classes from './page.module.css'
import { periods, periodWords } from './periods.ts'
import { Sparkline } from './sparkline.tsx'

/** How often open positions are valued again while something runs; a closed trade refreshes everything at once. */
const rereadMs = 2000
const noPrice = 'An open position has no known price, so the result is not known.'

/** What the open positions would bring: the same for every period, so it is read again for one of them only. */
type Open = Pick<Performance, 'unrealised' | 'asOf'>

/** The account's result of today, this week, this month, this year and altogether. */
export function Tiles() {
  const runs = useQuery(activeRuns)
  const isMoving = runs.data !== undefined && runs.data.items.length > 0
  const { data, dataUpdatedAt, isError, refetch } = useQuery(allResults)
  const today = useQuery({
    ...resultOfToday,
    enabled: isMoving && data !== undefined,
    // Asked for again in two seconds, not at once.
    initialData: () => data?.items.find(({ period }) => period === 'today'),
    refetchInterval: rereadMs,
  })
  const newer = today.dataUpdatedAt > dataUpdatedAt ? today.data : undefined
  const resultOf = (wanted: Period) => {
    const result = data?.items.find(({ period }) => period === wanted)
    // All of it, because another day may have begun.
    return result && wanted === 'today' ? { ...result, ...newer } : result
  }
  return (
    <section aria-label="Profit and loss" className={classes.tiles}>
      {periods.map((period) => (
        <Tile
          key={period}
          period={period}
          data={resultOf(period)}
          open={newer}
          isError={isError}
          onRetry={() => void refetch()}
        />
      ))}
    </section>
  )
}

interface TileProps {
  readonly period: Period
  readonly data: PeriodResult | undefined
  /** What the open positions would bring, where that is newer than `data`. */
  readonly open: Open | undefined
  readonly isError: boolean
  readonly onRetry: () => void
}

function Tile({ period, data, open, isError, onRetry }: TileProps) {
  const { label, covers } = periodWords[period]
  return (
    <article className={classes.tile} aria-label={`${label}, profit and loss`}>
      <div className={classes.tileHead}>
        <span data-tip={covers}>{label}</span>
        {data !== undefined && <span className={classes.count}>{tradesInWords(data.tradeCount)}</span>}
      </div>
      {data !== undefined ? (
        <Result result={data} open={open ?? data} />
      ) : isError ? (
        <div className={classes.failedTile}>
          Could not be loaded.
          <Button variant="default" size="compact-xs" onClick={onRetry}>
            Try again
          </Button>
        </div>
      ) : (
        <>
          <Skeleton height={22} width="70%" mt={8} mb={4} />
          <Skeleton height={12} width="85%" mt={3} mb={3} />
          <Skeleton height={12} width="45%" mt={3} mb={3} />
        </>
      )}
      {!(isError && data === undefined) && <Sparkline points={fromZero(data?.curve ?? [])} />}
    </article>
  )
}

function Result({ result, open }: { readonly result: Performance; readonly open: Open }) {
  const net = open.unrealised === null ? null : addDecimals(result.realised, open.unrealised)
  return (
    <>
      <div className={classes.net}>
        {open.asOf === null ? (
          <PnlMoney value={net} why={noPrice} />
        ) : (
          <Live receivedAt={Date.parse(open.asOf)}>
            {(isOld) => <PnlMoney value={net} why={noPrice} muted={isOld} />}
          </Live>
        )}
      </div>
      <div className={classes.parts}>
        <span>Gross {signedMoney(result.gross)}</span>
        <span>Charges {money(result.charges)}</span>
        <span data-tip="What the open positions would bring at the last price: part of the net">
          Open {open.unrealised === null ? '—' : signedMoney(open.unrealised)}
        </span>
      </div>
    </>
  )
}

function tradesInWords(count: number): string {
  return count === 1 ? '1 trade' : `${quantity(count)} trades`
}
