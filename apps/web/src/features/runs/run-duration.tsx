import type { Run } from '@stratdesk/contracts/runs'
import { duration } from '../../lib/time.ts'
import { Unknown } from '../../ui/numbers.tsx'
import { isActive } from '../../ui/run-status.tsx'
import { useNow } from '../../ui/use-now.ts'

/** How long a run has been going, or went. */
export function RunDuration({ run }: { readonly run: Run }) {
  if (run.startedAt === null) return <Unknown why="The run has not started yet." />
  if (run.stoppedAt !== null) return <>{duration(Date.parse(run.stoppedAt) - Date.parse(run.startedAt))}</>
  if (!isActive(run)) return <Unknown why="It is not known when the run ended." />
  return <RunningSince startedAt={run.startedAt} />
}

function RunningSince({ startedAt }: { readonly startedAt: string }) {
  const now = useNow(1000)
  return <>{duration(now - Date.parse(startedAt))}</>
}
