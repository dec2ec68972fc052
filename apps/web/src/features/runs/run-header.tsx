import { Button } from '@mantine/core'
import type { Run } from '@stratdesk/contracts/runs'
import { IconCopy, IconPlayerStop } from '@tabler/icons-react'
import { useState } from 'react'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Time } from '../../ui/numbers.tsx'
import { isActive, ModeBadge, RunStatusMark } from '../../ui/run-status.tsx'
import { StopRunDialog } from '../../ui/stop-run.tsx'
import { RunDuration } from './run-duration.tsx'
import classes from './run-page.module.css'

/** The run's standing in one line: status, strategy, mode, the device that started it, since when. */
export function RunFacts({ run }: { readonly run: Run }) {
  return (
    <div className={classes.facts}>
      <RunStatusMark run={run} />
      <span>
        {run.strategyId} {run.strategyVersion}
      </span>
      <ModeBadge mode={run.mode} />
      <span>Started on {run.startedBy.label}</span>
      <span>
        <Time at={run.startedAt ?? run.createdAt} /> · <RunDuration run={run} />
      </span>
    </div>
  )
}

/** What can be done with a run: start another with its parameters, stop it. */
export function RunActions({ run }: { readonly run: Run }) {
  const [isAsking, setAsking] = useState(false)
  const isStopping = run.desired === 'stopped'
  return (
    <>
      <ButtonLink
        to="/strategies/$strategyId/start"
        params={{ strategyId: run.strategyId }}
        search={{ from: run.id }}
        variant="default"
        leftSection={<IconCopy size={15} />}
      >
        Duplicate
      </ButtonLink>
      {isActive(run) && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={15} />}
          disabled={isStopping}
          onClick={() => setAsking(true)}
        >
          {isStopping ? 'Stopping' : 'Stop'}
        </Button>
      )}
      <StopRunDialog run={isAsking ? run : null} onClose={() => setAsking(false)} />
    </>
  )
}
