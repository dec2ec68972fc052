import { useQuery } from '@tanstack/react-query'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Page } from '../../ui/page.tsx'
import { anyRun } from './load.ts'
import { EquityCard } from './equity-card.tsx'
import { FirstRun } from './first-run.tsx'
import classes from './page.module.css'
import { RunningRuns } from './running-runs.tsx'
import { Tiles } from './tiles.tsx'
import { TodaysTrades } from './todays-trades.tsx'

/** How the account stands: results by period, the equity curve, what is running, what was traded today. */
export function DashboardPage() {
  const { data } = useQuery(anyRun)
  const isNew = data !== undefined && data.items.length === 0
  return (
    <Page title="Dashboard" actions={!isNew && <ButtonLink to="/strategies">Start a strategy</ButtonLink>}>
      {isNew && <FirstRun />}
      <Tiles />
      {!isNew && (
        <>
          <div className={classes.columns}>
            <EquityCard />
            <RunningRuns />
          </div>
          <TodaysTrades />
        </>
      )}
    </Page>
  )
}
