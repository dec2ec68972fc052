import type { Run } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { paramLines } from '../../lib/param-text.ts'
import classes from './run-page.module.css'

/** The frozen parameters of a run, with the titles and units of its strategy where those are known. */
export function RunParams({ run }: { readonly run: Run }) {
  const strategies = useQuery({ ...q(listStrategies), staleTime: 10 * 60_000 })
  const strategy = strategies.data?.items.find(({ id }) => id === run.strategyId)
  return (
    <dl className={classes.params} aria-label="Parameters">
      {paramLines(strategy?.paramsSchema ?? {}, run.params).map(({ name, title, value }) => (
        <div key={name}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
