import type { ReactNode } from 'react'
import classes from './page.module.css'

/** One line of a list of facts: its name at the left, what it is at the right. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
