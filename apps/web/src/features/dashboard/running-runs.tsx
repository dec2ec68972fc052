import { Button } from '@mantine/core'
import type { Run } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { activeRuns } from '../../api/active-runs.ts'
import { q } from '../../api/query.ts'
import { paramsLine } from '../../lib/params-line.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Empty, LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { Ago } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { RunPnl } from '../../ui/run-pnl.tsx'
import { ModeBadge, RunStatusMark } from '../../ui/run-status.tsx'
import classes from './running-runs.module.css'

const StopRunDialog = lazy(async () => ({ default: (await import('../../ui/stop-run.tsx')).StopRunDialog }))

/** What runs now, each with its live result and a way to stop it. */
export function RunningRuns() {
  const runs = useQuery(activeRuns)
  const [stopping, setStopping] = useState<string | null>(null)
  const [wasAsked, setAsked] = useState(false)
  const stop = (runId: string) => {
    setAsked(true)
    setStopping(runId)
  }
  const items = runs.data?.items ?? []
  return (
    <Section
      flush
      title={<>Running {items.length > 0 && <span className={classes.count}>{items.length}</span>}</>}
      aside={
        <Link to="/runs" className={classes.all}>
          All runs
        </Link>
      }
    >
      <QueryFace
        query={runs}
        loading={<LoadingBlock height={150} />}
        failed="The running strategies could not be loaded."
      >
        {() => (items.length === 0 ? <NothingRuns /> : <Cards runs={items} onStop={stop} />)}
      </QueryFace>
      {wasAsked && (
        <Suspense>
          <StopRunDialog
            run={items.find(({ id }) => id === stopping) ?? null}
            onClose={() => setStopping(null)}
          />
        </Suspense>
      )}
    </Section>
  )
}

function NothingRuns() {
  return (
    <Empty
      title="Nothing is running"
      icon={<IconPlayerPlay stroke={1.4} />}
      action={
        <ButtonLink to="/strategies" variant="default" size="xs">
          Choose a strategy
        </ButtonLink>
      }
    >
      Runs that you start on any device appear here.
    </Empty>
  )
}

interface CardsProps {
  readonly runs: readonly Run[]
  readonly onStop: (runId: string) => void
}

function Cards({ runs, onStop }: CardsProps) {
  return (
    <ul className={classes.cards}>
      {runs.map((run) => (
        <RunCard key={run.id} run={run} onStop={onStop} />
      ))}
    </ul>
  )
}

function RunCard({ run, onStop }: { readonly run: Run; readonly onStop: (runId: string) => void }) {
  const { data } = useQuery(q(listStrategies))
  const strategy = data?.items.find(({ id }) => id === run.strategyId)
  const params = paramsLine(run.params, strategy)
  return (
    <li className={classes.card}>
      <div className={classes.top}>
        <Link to="/runs/$runId" params={{ runId: run.id }} className={classes.name}>
          {run.name}
        </Link>
        <ModeBadge mode={run.mode} />
        <span className={classes.pnl}>
          <RunPnl run={run} />
        </span>
      </div>
      <div className={classes.params} data-tip={params}>
        {strategy?.title ?? run.strategyId} · {params}
      </div>
      <div className={classes.foot}>
        <div className={classes.facts}>
          <RunStatusMark run={run} />
          <span>{run.lastActivityAt === null ? 'No activity yet' : <Ago at={run.lastActivityAt} />}</span>
          <span className={classes.device}>{run.startedBy.label}</span>
        </div>
        <Button
          className={classes.stop}
          variant="default"
          size="compact-sm"
          disabled={run.desired === 'stopped'}
          aria-label={`Stop ${run.name}`}
          onClick={() => onStop(run.id)}
        >
          Stop
        </Button>
      </div>
    </li>
  )
}
