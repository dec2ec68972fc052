import type { ReactNode } from 'react'
import classes from './card-row.module.css'

/** One line of a card on a phone: text at the left, a number at the right. */
export function CardRow({
  left,
  right,
  quiet = false,
}: {
  readonly left: ReactNode
  readonly right?: ReactNode
  readonly quiet?: boolean
}) {
  return (
    <div className={quiet ? `${classes.row ?? ''} ${classes.quiet ?? ''}` : classes.row}>
      <span className={classes.left}>{left}</span>
      {right !== undefined && <span className={classes.right}>{right}</span>}
    </div>
  )
}
