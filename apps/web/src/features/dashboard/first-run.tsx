import { listStrategies } from '@stratdesk/contracts/strategies'
import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { q } from '../../api/query.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import classes from './first-run.module.css'

const steps = [
  { title: 'Start', text: 'The form opens with defaults that work. Press “Start run”.' },
  { title: 'Watch', text: 'Trades, prices and the reasons behind them arrive by themselves.' },
  { title: 'Leave', text: 'Close the browser; the run goes on. Every device of yours shows it.' },
] as const

/** The dashboard of somebody who has never started a run: what to do, two clicks away. */
export function FirstRun() {
  const { data } = useQuery(q(listStrategies))
  const first = data?.items[0]
  return (
    <section className={classes.panel} aria-labelledby="first-run">
      <div className={classes.words}>
        <h2 id="first-run" className={classes.title}>
          Start your first strategy
        </h2>
        <p className={classes.lead}>
          {first === undefined ? 'Choose a strategy from the catalogue and start it.' : first.summary} Paper
          mode: fills are simulated, and no order is sent to the broker.
        </p>
        <div className={classes.acts}>
          {first === undefined ? (
            <ButtonLink to="/strategies" size="md" rightSection={<IconArrowRight size={16} />}>
              Choose a strategy
            </ButtonLink>
          ) : (
            <ButtonLink
              to="/strategies/$strategyId/start"
              params={{ strategyId: first.id }}
              size="md"
              rightSection={<IconArrowRight size={16} />}
            >
              Start {first.title}
            </ButtonLink>
          )}
          <Link to="/strategies" className={classes.other}>
            See all strategies
          </Link>
        </div>
      </div>
      <ol className={classes.steps}>
        {steps.map(({ title, text }, index) => (
          <li key={title} className={classes.step}>
            <span className={classes.number} aria-hidden>
              {index + 1}
            </span>
            <div>
              <div className={classes.stepTitle}>{title}</div>
              <div className={classes.stepText}>{text}</div>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
