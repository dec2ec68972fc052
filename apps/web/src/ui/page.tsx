import type { ReactNode } from 'react'
import classes from './page.module.css'

interface PageProps {
  readonly title: string
  /** The document's title where it says more than the heading, as a run's name. */
  readonly documentTitle?: string
  readonly description?: ReactNode
  /** Buttons at the right of the heading. */
  readonly actions?: ReactNode
  /** Shown before the heading: a way back or a badge. */
  readonly before?: ReactNode
  readonly children: ReactNode
}

/** One screen: its document title, its only h1 with actions beside it, and its content. */
export function Page({ title, documentTitle, description, actions, before, children }: PageProps) {
  return (
    <div className={classes.page}>
      <title>{`${documentTitle ?? title} · Stratdesk`}</title>
      <header className={classes.head}>
        <div className={classes.heading}>
          {before}
          <h1 className={classes.title}>{title}</h1>
          {description !== undefined && <div className={classes.description}>{description}</div>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface SectionProps {
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
  /** Lets tables and charts reach the card's edges. */
  readonly flush?: boolean
}

/** A titled card on a page. */
export function Section({ title, aside, children, flush = false }: SectionProps) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {aside}
      </div>
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  )
}
