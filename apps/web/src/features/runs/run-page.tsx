import { Tabs } from '@mantine/core'
import { getRun, type Run } from '@stratdesk/contracts/runs'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ProblemError } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Empty, Failed, LoadingBlock, Stale } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { DetailsTab } from './details-tab.tsx'
import { LogTab } from './log-tab.tsx'
import { OrdersTab } from './orders-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { RunActions, RunFacts } from './run-header.tsx'
import { RunNumbers } from './run-numbers.tsx'
import classes from './run-page.module.css'
import { RunParams } from './run-params.tsx'
import { RunTab } from './search.ts'
import { TradesTab } from './trades-tab.tsx'

const route = getRouteApi('/app/runs/$runId')

/** One run, live: its standing and result, its chart, orders, trades and log, and its stop button. */
export function RunPage() {
  const { runId } = route.useParams()
  const run = useQuery(q(getRun, { params: { id: runId } }))
  if (run.data !== undefined) {
    return <LoadedRun run={run.data} isStale={run.isError} onRetry={() => void run.refetch()} />
  }
  if (!run.isError) {
    return (
      <Page title="Run">
        <LoadingBlock height={96} />
        <LoadingBlock height={520} />
      </Page>
    )
  }
  const isUnknown = run.error instanceof ProblemError && run.error.code === 'not-found'
  return (
    <Page title="Run">
      {isUnknown ? (
        <NoRun />
      ) : (
        <Failed
          error={run.error}
          title="The run could not be loaded."
          onRetry={() => void run.refetch()}
          isRetrying={run.isFetching}
        />
      )}
    </Page>
  )
}

function NoRun() {
  return (
    <Empty
      title="There is no such run"
      action={
        <ButtonLink to="/runs" variant="default">
          See all runs
        </ButtonLink>
      }
    >
      No run of this account has this address.
    </Empty>
  )
}

interface LoadedRunProps {
  readonly run: Run
  readonly isStale: boolean
  readonly onRetry: () => void
}

function LoadedRun({ run, isStale, onRetry }: LoadedRunProps) {
  return (
    <Page
      title={run.name}
      documentTitle={run.name}
      description={<RunFacts run={run} />}
      actions={<RunActions run={run} />}
    >
      {isStale && (
        <Stale onRetry={onRetry}>This run could not be refreshed; it may have changed since.</Stale>
      )}
      {run.stopReason !== null && run.status !== 'running' && (
        <p
          className={
            run.status === 'failed' ? `${classes.reason ?? ''} ${classes.bad ?? ''}` : classes.reason
          }
        >
          {run.stopReason}
        </p>
      )}
      <RunNumbers run={run} />
      <RunParams run={run} />
      <RunTabs run={run} />
    </Page>
  )
}

const tabs: Readonly<Record<RunTab, string>> = {
  overview: 'Overview',
  orders: 'Orders',
  trades: 'Trades',
  log: 'Log',
  details: 'Details',
}

function RunTabs({ run }: { readonly run: Run }) {
  const { tab = 'overview' } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (next: string | null) => {
    const parsed = RunTab.safeParse(next)
    if (!parsed.success) return
    const search = parsed.data === 'overview' ? {} : { tab: parsed.data }
    void navigate({ search, replace: true, resetScroll: false })
  }
  return (
    <Tabs value={tab} onChange={open} keepMounted={false} className={classes.tabs}>
      <Tabs.List className={classes.tabList}>
        {RunTab.options.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {tabs[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <OverviewTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="orders">
        <OrdersTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="trades">
        <TradesTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="log">
        <LogTab run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="details">
        <DetailsTab run={run} />
      </Tabs.Panel>
    </Tabs>
  )
}
