import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { ButtonLink } from '../../ui/button-link.tsx'
import { LoadingBlock } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { anyRun } from './load.ts'
import classes from './page.module.css'
import { RunningRuns } from './running-runs.tsx'
import { Tiles } from './tiles.tsx'
import { TodaysTrades } from './todays-trades.tsx'

const EquityCard = lazy(async () => ({ default: (await import('./equity-card.tsx')).EquityCard }))
const FirstRun = lazy(async () => ({ default: (await import('./first-run.tsx')).FirstRun }))

/** How the account stands: results by period, the equity curve, what is running, what was traded today. */
export function DashboardPage() {
  const { data } = useQuery(anyRun)
  const isNew = data !== undefined && data.items.length === 0
  return (
    <Page title="Dashboard" actions={!isNew && <ButtonLink to="/strategies">Start a strategy</ButtonLink>}>
      {isNew && (
        <Suspense fallback={<LoadingBlock height={230} />}>
          <FirstRun />
        </Suspense>
      )}
      <Tiles />
      {!isNew && (
        <>
          <div className={classes.columns}>
            <Suspense fallback={<LoadingBlock height={434} />}>
              <EquityCard />
            </Suspense>
            <RunningRuns />
          </div>
          <TodaysTrades />
        </>
      )}
    </Page>
  )
}
