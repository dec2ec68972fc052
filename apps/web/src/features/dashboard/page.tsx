import { listStrategies } from '@stratdesk/contracts/strategies'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { q } from '../../api/query.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { LoadingBlock } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { ScreenPending } from '../../ui/screens.tsx'
import { FirstRun } from './first-run.tsx'
import { anyRun } from './load.ts'
import classes from './page.module.css'
import { RunningRuns } from './running-runs.tsx'
import { Tiles } from './tiles.tsx'
import { TodaysTrades } from './todays-trades.tsx'

const EquityCard = lazy(async () => ({ default: (await import('./equity-card.tsx')).EquityCard }))

/** How the account stands: results by period, the equity curve, what is running, what was traded today. */
export function DashboardPage() {
  const { data, isPending } = useQuery(anyRun)
  const strategies = useQuery(q(listStrategies))
  const isNew = data?.items.length === 0
  // What a newcomer sees first stands above the rest: nothing is shown before all of it is known, so that nothing jumps.
  if (isPending || (isNew && strategies.isPending)) return <ScreenPending title="Dashboard" />
  return (
    <Page title="Dashboard" actions={!isNew && <ButtonLink to="/strategies">Start a strategy</ButtonLink>}>
      {isNew && <FirstRun />}
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
