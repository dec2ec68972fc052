import type { ReactNode } from 'react'
import classes from './notice.module.css'

interface NoticeProps {
  /** `info`: a step that is still to be taken. `warn`: nothing is broken, something must be put right. `bad`: it was not done. */
  readonly tone: 'info' | 'warn' | 'bad'
  readonly title: string
  readonly children: ReactNode
}

/** What went wrong with what one just asked for, beside the place where one asked; read out at once. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div role="alert" className={`${classes.notice ?? ''} ${classes[tone] ?? ''}`}>
      <div className={classes.title}>{title}</div>
      {children}
    </div>
  )
}
