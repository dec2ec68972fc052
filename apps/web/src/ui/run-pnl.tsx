import type { Run } from '@stratdesk/contracts/runs'
import { useLiveRun } from '../api/live.ts'
import { signOf } from '../lib/money.ts'
import { Live, PnlMoney } from './numbers.tsx'
import { isActive } from './run-status.tsx'

const noPrice = 'The run holds a position whose price is not known yet.'

/**
 * A run's net P&L: the live one with its age while the run is active or still holds something, the final one
 * afterwards. Unknown while an open position has no price.
 */
export function RunPnl({ run }: { readonly run: Pick<Run, 'id' | 'status' | 'pnl'> }) {
  const live = useLiveRun(run.id)
  const isFinal = !isActive(run) && run.pnl.unrealised !== null && signOf(run.pnl.unrealised) === 0
  if (isFinal) return <PnlMoney value={run.pnl.net} />
  const pnl = live?.pnl ?? run.pnl
  const storedAt = run.pnl.asOf === null ? undefined : Date.parse(run.pnl.asOf)
  return (
    <Live receivedAt={live?.receivedAt ?? storedAt}>
      {(isOld) => <PnlMoney value={pnl.net} why={noPrice} muted={isOld} />}
    </Live>
  )
}
