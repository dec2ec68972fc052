import { ActionIcon, Tooltip } from '@mantine/core'
import type { Run } from '@stratdesk/contracts/runs'
import { IconPlayerStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { quantity } from '../../lib/money.ts'
import { CardRow } from '../../ui/card-row.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Time } from '../../ui/numbers.tsx'
import { RunPnl } from '../../ui/run-pnl.tsx'
import { isActive, ModeBadge, RunStatusMark } from '../../ui/run-status.tsx'
import { RunDuration } from './run-duration.tsx'
import classes from './runs-table.module.css'

interface RunsTableProps {
  readonly runs: readonly Run[]
  readonly onStop: (runId: string) => void
}

/** Runs with their live result; each name opens its run. */
export function RunsTable({ runs, onStop }: RunsTableProps) {
  return (
    <DataTable
      label="Runs"
      columns={columns(onStop)}
      rows={runs}
      rowKey={(run) => run.id}
      card={(run) => <RunCard run={run} onStop={onStop} />}
    />
  )
}

function columns(onStop: (runId: string) => void): readonly Column<Run>[] {
  return [
    { id: 'status', header: 'Status', cell: (run) => <RunStatusMark run={run} /> },
    { id: 'name', header: 'Name', cell: (run) => <RunLink run={run} /> },
    { id: 'strategy', header: 'Strategy', cell: (run) => run.strategyId },
    { id: 'mode', header: 'Mode', cell: (run) => <ModeBadge mode={run.mode} /> },
    { id: 'pnl', header: 'Net P&L', align: 'right', cell: (run) => <RunPnl run={run} /> },
    { id: 'trades', header: 'Trades', align: 'right', cell: (run) => quantity(run.tradeCount) },
    { id: 'device', header: 'Device', cell: (run) => run.startedBy.label },
    { id: 'started', header: 'Started', cell: (run) => <Time at={run.startedAt ?? run.createdAt} /> },
    { id: 'duration', header: 'Duration', align: 'right', cell: (run) => <RunDuration run={run} /> },
    {
      id: 'stop',
      header: <span className={classes.hidden}>Stop</span>,
      align: 'right',
      cell: stopCell(onStop),
    },
  ]
}

function stopCell(onStop: (runId: string) => void) {
  return (run: Run) => <StopButton run={run} onStop={onStop} />
}

function RunLink({ run, cover = false }: { readonly run: Run; readonly cover?: boolean }) {
  return (
    <Link
      to="/runs/$runId"
      params={{ runId: run.id }}
      className={cover ? `${classes.link ?? ''} ${classes.cover ?? ''}` : classes.link}
    >
      {run.name}
    </Link>
  )
}

/** The stop button of a row; nothing where there is nothing left to stop. */
function StopButton({ run, onStop }: { readonly run: Run; readonly onStop: (runId: string) => void }) {
  if (!isActive(run) || run.desired === 'stopped') return null
  return (
    <Tooltip label="Stop run">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Stop ${run.name}`}
        className={classes.stop}
        onClick={() => onStop(run.id)}
      >
        <IconPlayerStop size={17} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}

function RunCard({ run, onStop }: { readonly run: Run; readonly onStop: (runId: string) => void }) {
  return (
    <>
      <CardRow left={<RunLink run={run} cover />} right={<RunPnl run={run} />} />
      <CardRow
        left={<RunStatusMark run={run} />}
        right={
          <span className={classes.cardActions}>
            <ModeBadge mode={run.mode} />
            <StopButton run={run} onStop={onStop} />
          </span>
        }
      />
      <CardRow
        quiet
        left={
          <>
            {quantity(run.tradeCount)} {run.tradeCount === 1 ? 'trade' : 'trades'} · {run.startedBy.label}
          </>
        }
        right={
          <>
            <Time at={run.startedAt ?? run.createdAt} /> · <RunDuration run={run} />
          </>
        }
      />
    </>
  )
}
