import { Button, Skeleton } from '@mantine/core'
import type { Performance, Period } from '@stratdesk/contracts/performance'
import { useQuery } from '@tanstack/react-query'
import { activeRuns } from '../../api/active-runs.ts'
import { money, quantity, signedMoney } from '../../lib/money.ts'
import { Live, PnlMoney } from '../../ui/numbers.tsx'
import { fromZero } from './equity-facts.ts'
import { performanceOf, sparkOf } from './load.ts'
import classes from './page.module.css'
import { periods, periodWords } from './periods.ts'
import { Sparkline } from './sparkline.tsx'

/** How often unrealised results are read again while something runs; trades refresh them at once. */
const rereadMs = 4000
const noPrice = 'An open position has no known price, so the result is not known.'

/** The account's result of today, this week, this month, this year and altogether. */
export function Tiles() {
  const { data } = useQuery(activeRuns)
  const isMoving = data !== undefined && data.items.length > 0
  return (
    <section aria-label="Profit and loss" className={classes.tiles}>
      {periods.map((period) => (
        <Tile key={period} period={period} isMoving={isMoving} />
      ))}
    </section>
  )
}

function Tile({ period, isMoving }: { readonly period: Period; readonly isMoving: boolean }) {
  const { data, isError, refetch } = useQuery({
    ...performanceOf(period),
    refetchInterval: isMoving ? rereadMs : false,
  })
  const spark = useQuery(sparkOf(period))
  const { label, covers } = periodWords[period]
  return (
    <article className={classes.tile} aria-label={`${label}, profit and loss`}>
      <div className={classes.tileHead}>
        <span data-tip={covers}>{label}</span>
        {data !== undefined && <span className={classes.count}>{tradesInWords(data.tradeCount)}</span>}
      </div>
      {data !== undefined ? (
        <Result result={data} isMoving={isMoving} />
      ) : isError ? (
        <div className={classes.failedTile}>
          Could not be loaded.
          <Button variant="default" size="compact-xs" onClick={() => void refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <>
          <Skeleton height={22} width="70%" mt={8} mb={4} />
          <Skeleton height={12} width="85%" mt={3} mb={3} />
        </>
      )}
      {!(isError && data === undefined) && <Sparkline points={fromZero(spark.data?.items ?? [])} />}
    </article>
  )
}

function Result({ result, isMoving }: { readonly result: Performance; readonly isMoving: boolean }) {
  const hasOpen = isMoving && result.unrealised !== null && result.asOf !== null
  const receivedAt = hasOpen && result.asOf !== null ? Date.parse(result.asOf) : undefined
  return (
    <>
      <div className={classes.net}>
        {receivedAt === undefined ? (
          <PnlMoney value={result.net} why={noPrice} />
        ) : (
          <Live receivedAt={receivedAt}>
            {(isOld) => <PnlMoney value={result.net} why={noPrice} muted={isOld} />}
          </Live>
        )}
      </div>
      <div className={classes.parts}>
        <span>Gross {signedMoney(result.gross)}</span>
        <span>Charges {money(result.charges)}</span>
      </div>
    </>
  )
}

function tradesInWords(count: number): string {
  return count === 1 ? '1 trade' : `${quantity(count)} trades`
}
