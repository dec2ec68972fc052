import { listStrategies, type Strategy } from '@stratdesk/contracts/strategies'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { Empty, LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Page } from '../../ui/page.tsx'
import classes from './page.module.css'
import { paramLines } from '../../lib/param-text.ts'
import { StrategyPicture } from './picture.tsx'

/** The catalogue: what each strategy does, for which market, at which risk, and how to start it. */
export function StrategiesPage() {
  const strategies = useQuery(q(listStrategies))
  return (
    <Page title="Strategies" description="Choose one, set its parameters and start a run.">
      <QueryFace
        query={strategies}
        loading={
          <div className={classes.cards}>
            <LoadingBlock height={640} />
          </div>
        }
        failed="The strategies could not be loaded."
      >
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No strategies">This server has no strategies. Whoever runs it can add some.</Empty>
          ) : (
            <div className={classes.cards}>
              {items.map((strategy) => (
                <StrategyCard key={strategy.id} strategy={strategy} />
              ))}
            </div>
          )
        }
      </QueryFace>
    </Page>
  )
}

function StrategyCard({ strategy }: { readonly strategy: Strategy }) {
  const lines = paramLines(strategy.paramsSchema, strategy.defaults)
  return (
    <article className={classes.card} aria-labelledby={`strategy-${strategy.id}`}>
      <div className={classes.picture}>
        <StrategyPicture strategyId={strategy.id} />
      </div>
      <div className={classes.body}>
        <h2 className={classes.title} id={`strategy-${strategy.id}`}>
          {strategy.title} <span className={classes.version}>{strategy.version}</span>
        </h2>
        <p className={classes.summary}>{strategy.summary}</p>
        <dl className={classes.facts}>
          <dt>Market</dt>
          <dd>{strategy.market}</dd>
          <dt>Risk</dt>
          <dd>{strategy.riskNote}</dd>
        </dl>
        <dl className={classes.params} aria-label="Parameters and their defaults">
          {lines.map(({ name, title, value }) => (
            <div key={name} className={classes.param}>
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <div className={classes.foot}>
          <span className={classes.note}>Paper: fills are simulated at live quotes.</span>
          <ButtonLink
            to="/strategies/$strategyId/start"
            params={{ strategyId: strategy.id }}
            aria-label={`Start ${strategy.title}`}
          >
            Start
          </ButtonLink>
        </div>
      </div>
    </article>
  )
}
