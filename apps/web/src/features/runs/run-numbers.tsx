import { listPositions } from '@stratdesk/contracts/positions'
import type { Run } from '@stratdesk/contracts/runs'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLiveRun } from '../../api/live.ts'
import { q } from '../../api/query.ts'
import { quantity } from '../../lib/money.ts'
import { freshMs, Money, PnlMoney, Unknown } from '../../ui/numbers.tsx'
import { RunPnl } from '../../ui/run-pnl.tsx'
import { isActive } from '../../ui/run-status.tsx'
import { useNow } from '../../ui/use-now.ts'
import classes from './run-page.module.css'

const noPrice = 'The run holds a position whose price is not known yet.'

/** The run's result in numbers, live while it is active. */
export function RunNumbers({ run }: { readonly run: Run }) {
  const live = useLiveRun(run.id)
  const pnl = live?.pnl ?? run.pnl
  const isOld = useIsOld(live?.receivedAt) && isActive(run)
  return (
    <dl className={classes.numbers}>
      <Figure label="Net P&L" isLarge>
        <RunPnl run={run} />
      </Figure>
      <Figure label="Realised, net">
        <PnlMoney value={pnl.realised} />
      </Figure>
      <Figure label="Unrealised">
        <PnlMoney value={pnl.unrealised} why={noPrice} muted={isOld} />
      </Figure>
      <Figure label="Charges">
        <Money value={pnl.charges} />
      </Figure>
      <Figure label="Trades">{quantity(run.tradeCount)}</Figure>
      <Figure label="Position">
        <Held runId={run.id} />
      </Figure>
    </dl>
  )
}

/** True once a live number is old enough to be shown grey; how old it is stands at the net P&L. */
function useIsOld(receivedAt: number | undefined): boolean {
  const now = useNow(1000)
  return receivedAt === undefined || now - receivedAt > freshMs
}

/** What the run holds now: `Long 10`, `Short 5` or `Flat`. */
function Held({ runId }: { readonly runId: string }) {
  const positions = useQuery(q(listPositions))
  const live = useLiveRun(runId)
  if (live) return heldText(live.openQuantity)
  if (positions.data === undefined) return <Unknown why="The positions are still being loaded." />
  const held = positions.data.items.filter((position) => position.runId === runId)
  return heldText(held.reduce((sum, position) => sum + position.quantity, 0))
}

function heldText(open: number): string {
  if (open === 0) return 'Flat'
  return open > 0 ? `Long ${quantity(open)}` : `Short ${quantity(-open)}`
}

interface FigureProps {
  readonly label: string
  readonly isLarge?: boolean
  readonly children: ReactNode
}

function Figure({ label, isLarge = false, children }: FigureProps) {
  return (
    <div className={isLarge ? `${classes.figure ?? ''} ${classes.large ?? ''}` : classes.figure}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
