import type { Run } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { paramLines } from '../../lib/param-text.ts'
import { useIsPhone } from '../../ui/data-table.tsx'
import classes from './run-page.module.css'

/** The frozen parameters of a run, with the titles and units of its strategy where those are known. */
export function RunParams({ run }: { readonly run: Run }) {
  const strategies = useQuery({ ...q(listStrategies), staleTime: 10 * 60_000 })
  const strategy = strategies.data?.items.find(({ id }) => id === run.strategyId)
  const lines = paramLines(strategy?.paramsSchema ?? {}, run.params)
  const isPhone = useIsPhone()
  const list = (
    <dl className={classes.params} aria-label="Parameters">
      {lines.map(({ name, title, value }) => (
        <div key={name}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
  if (!isPhone) return list
  return (
    <details className={classes.fold}>
      <summary>{lines.length} parameters</summary>
      {list}
    </details>
  )
}
