import { getRun } from '@stratdesk/contracts/runs'
import { listStrategies, type Strategy } from '@stratdesk/contracts/strategies'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { q } from '../../api/query.ts'
import { Empty, Failed, LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Page } from '../../ui/page.tsx'
import { StrategyPicture } from './picture.tsx'
import { StartRunForm } from './start-run-form.tsx'
import classes from './start-run.module.css'

const route = getRouteApi('/app/strategies/$strategyId/start')

/** The form that starts a strategy, with the defaults or with the parameters of a past run. */
export function StartRunPage() {
  const { strategyId } = route.useParams()
  const strategies = useQuery({ ...q(listStrategies), staleTime: 10 * 60_000 })
  const title = strategies.data?.items.find((strategy) => strategy.id === strategyId)?.title
  return (
    <Page
      title={title === undefined ? 'Start a run' : `Start ${title}`}
      description="Set the parameters; they are frozen once the run has started."
    >
      <QueryFace
        query={strategies}
        loading={<LoadingBlock height={720} />}
        failed="The strategy could not be loaded."
      >
        {({ items }) => {
          const strategy = items.find(({ id }) => id === strategyId)
          return strategy === undefined ? <NoStrategy /> : <StartRun strategy={strategy} />
        }}
      </QueryFace>
    </Page>
  )
}

function NoStrategy() {
  return (
    <Empty
      title="There is no such strategy"
      action={
        <ButtonLink to="/strategies" variant="default">
          See all strategies
        </ButtonLink>
      }
    >
      It may have been removed, or the address is mistyped.
    </Empty>
  )
}

function StartRun({ strategy }: { readonly strategy: Strategy }) {
  const { from } = route.useSearch()
  const past = useQuery({
    ...q(getRun, { params: { id: from ?? '' } }),
    enabled: from !== undefined,
    staleTime: Infinity,
  })
  if (from !== undefined && past.isPending) return <LoadingBlock height={720} />
  if (past.isError && past.data === undefined) {
    return (
      <Failed
        error={past.error}
        title="The run to copy could not be loaded."
        onRetry={() => void past.refetch()}
        isRetrying={past.isFetching}
      />
    )
  }
  return (
    <div className={classes.layout}>
      <StartRunForm key={from ?? ''} strategy={strategy} from={past.data} />
      <aside className={classes.aside} aria-label={`About ${strategy.title}`}>
        <div className={classes.asidePicture}>
          <StrategyPicture strategyId={strategy.id} />
        </div>
        {past.data && (
          <p>
            The form opens with the parameters of <strong>{past.data.name}</strong>.
          </p>
        )}
        <p>{strategy.summary}</p>
        <h2>Risk</h2>
        <p>{strategy.riskNote}</p>
      </aside>
    </div>
  )
}
