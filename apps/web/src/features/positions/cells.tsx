import { Tooltip } from '@mantine/core'
import type { Position } from '@stratdesk/contracts/positions'
import { Link } from '@tanstack/react-router'
import { useLivePrice } from '../../api/live.ts'
import { quantity as grouped } from '../../lib/money.ts'
import { CardRow } from '../../ui/card-row.tsx'
import { Live, PnlMoney, Price, Time } from '../../ui/numbers.tsx'
import { ModeBadge } from '../../ui/run-status.tsx'
import classes from './cells.module.css'
import { unrealisedAt } from './unrealised.ts'

interface Props {
  readonly position: Position
}

const noPrice = 'No price has been seen yet for this instrument.'

/** The newest price known: the live one, or the stored one with the time it was seen. */
function useNewestPrice(position: Position) {
  const live = useLivePrice(position.instrument)
  if (live) return { price: live.lastPrice, receivedAt: live.receivedAt }
  const receivedAt = position.lastPriceAt === null ? undefined : Date.parse(position.lastPriceAt)
  return { price: position.lastPrice, receivedAt }
}

/** A signed quantity, with the side in words for everyone who does not see the sign. */
export function Quantity({ quantity }: { readonly quantity: number }) {
  return (
    <Tooltip label={quantity < 0 ? 'Short' : 'Long'}>
      <span className={classes.number}>{grouped(quantity)}</span>
    </Tooltip>
  )
}

/** The last price with its age. */
export function LastPrice({ position }: Props) {
  const { price, receivedAt } = useNewestPrice(position)
  return (
    <Live receivedAt={receivedAt}>
      {(isOld) => (
        <span className={isOld ? classes.old : undefined}>
          <Price value={price} why={noPrice} />
        </span>
      )}
    </Live>
  )
}

/** The unrealised P&L at the last price, before charges. */
export function Unrealised({ position }: Props) {
  const { price, receivedAt } = useNewestPrice(position)
  const value = price === null ? null : unrealisedAt(position.averagePrice, price, position.quantity)
  return (
    <Live receivedAt={receivedAt}>{(isOld) => <PnlMoney value={value} why={noPrice} muted={isOld} />}</Live>
  )
}

/** Where the P&L comes from. */
export function Source({ position }: Props) {
  const meaning = {
    fills: 'Computed from the fills of this run at the last price, before charges. The broker is not asked.',
  }[position.source]
  return (
    <Tooltip label={meaning} multiline maw={300}>
      <span className={classes.source}>Own fills</span>
    </Tooltip>
  )
}

/** The run that holds the position. */
export function RunLink({ position }: Props) {
  return (
    <Link to="/runs/$runId" params={{ runId: position.runId }} className={classes.link}>
      {position.runName}
    </Link>
  )
}

/** A position on a phone. */
export function PositionCard({ position }: Props) {
  return (
    <>
      <CardRow left={<strong>{position.instrument}</strong>} right={<Unrealised position={position} />} />
      <CardRow
        quiet
        left={
          <>
            <Quantity quantity={position.quantity} /> at <Price value={position.averagePrice} />
          </>
        }
        right={
          <>
            Last <LastPrice position={position} />
          </>
        }
      />
      <CardRow
        quiet
        left={<RunLink position={position} />}
        right={
          <>
            <ModeBadge mode={position.mode} /> since <Time at={position.openedAt} />
          </>
        }
      />
    </>
  )
}
