import { SegmentedControl } from '@mantine/core'
import { CandleInterval, listCandles } from '@stratdesk/contracts/candles'
import { getEquity } from '@stratdesk/contracts/performance'
import { listPositions } from '@stratdesk/contracts/positions'
import type { Run } from '@stratdesk/contracts/runs'
import { listTrades, type Trade } from '@stratdesk/contracts/trades'
import { IconChartCandle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { q } from '../../api/query.ts'
import { fittingInterval } from '../../charts/bars.ts'
import { PriceChart } from '../../charts/price-chart.tsx'
import { quantity } from '../../lib/money.ts'
import { Empty, LoadingBlock, QueryFace, Stale } from '../../ui/faces.tsx'
import { isActive } from '../../ui/run-status.tsx'
import { candleRange } from './candle-range.ts'
import { runMarks } from './marks.ts'
import { instrumentOf } from './run-instrument.ts'
import classes from './run-page.module.css'

const route = getRouteApi('/app/runs/$runId')

/** The newest trades are marked; older ones would be marks too dense to read. */
const marksMax = 200

/** The run's chart: price with entries, exits and the open position, over the P&L. */
export function OverviewTab({ run }: { readonly run: Run }) {
  const instrument = instrumentOf(run)
  if (instrument === null) {
    return (
      <Empty title="No chart">This run trades no single instrument, so there is no one price to show.</Empty>
    )
  }
  return <RunChartPanel run={run} instrument={instrument} />
}

function RunChartPanel({ run, instrument }: { readonly run: Run; readonly instrument: string }) {
  const [openedAt] = useState(() => Date.now())
  const chosen = route.useSearch().interval
  const ended = run.stoppedAt === null ? openedAt : Date.parse(run.stoppedAt)
  const interval = chosen ?? fittingInterval(ended - Date.parse(run.startedAt ?? run.createdAt))
  const { trades, content, failed, retry } = useRunContent(run)
  const candles = useQuery({
    ...q(listCandles, { query: { instrument, interval, ...candleRange(run, trades ?? [], interval) } }),
    // An ended run's range reaches to its last trade, so it waits for them.
    enabled: isActive(run) || trades !== undefined,
    refetchInterval: isActive(run) ? 20_000 : false,
  })
  return (
    <div className={classes.panel}>
      {failed && (
        <Stale onRetry={retry}>
          The trades, positions or result could not be loaded; the chart may lack some of them.
        </Stale>
      )}
      <QueryFace
        query={candles}
        loading={<LoadingBlock height={540} />}
        failed="The prices could not be loaded."
      >
        {({ items }) =>
          items.length === 0 && !isActive(run) ? (
            <Empty title="No prices recorded" icon={<IconChartCandle stroke={1.4} />}>
              The engine saw no price of {instrument} while this run was active.
            </Empty>
          ) : (
            <PriceChart
              instrument={instrument}
              candles={items}
              interval={interval}
              isLive={isActive(run)}
              {...content}
            >
              <IntervalSwitch value={interval} />
            </PriceChart>
          )
        }
      </QueryFace>
    </div>
  )
}

const barNames: Readonly<Record<CandleInterval, string>> = {
  '5s': '5 s',
  '1m': '1 min',
  '5m': '5 min',
  '15m': '15 min',
  '1h': '1 h',
}

function IntervalSwitch({ value }: { readonly value: CandleInterval }) {
  const navigate = route.useNavigate()
  return (
    <SegmentedControl
      size="xs"
      aria-label="Length of a bar"
      value={value}
      data={CandleInterval.options.map((interval) => ({ value: interval, label: barNames[interval] }))}
      onChange={(next) => {
        const interval = CandleInterval.parse(next)
        void navigate({
          search: (previous) => ({ ...previous, interval }),
          replace: true,
          resetScroll: false,
        })
      }}
    />
  )
}

/** What stands on the chart beside the prices. Missing parts are drawn when they come; the prices do not wait. */
function useRunContent(run: Run) {
  const trades = useQuery(q(listTrades, { query: { runId: run.id, limit: String(marksMax) } }))
  const positions = useQuery(q(listPositions))
  const equity = useQuery(q(getEquity, { query: { runId: run.id, period: 'all', points: '1000' } }))
  const failed = [trades, positions, equity].filter((query) => query.isError)
  const content = useMemo(() => {
    const held = positions.data?.items.filter((position) => position.runId === run.id) ?? []
    const [first] = held
    return {
      marks: trades.data && runMarks(trades.data.items, held),
      position:
        first === undefined
          ? null
          : {
              price: first.averagePrice,
              title: `${first.quantity < 0 ? 'Short' : 'Long'} ${quantity(Math.abs(first.quantity))}`,
            },
      pnl: equity.data?.items,
    }
  }, [run.id, trades.data, positions.data, equity.data])
  return {
    content,
    /** Undefined until they are loaded; empty when they could not be, which the prices do not wait for. */
    trades: trades.data?.items ?? (trades.isError ? noTrades : undefined),
    failed: failed.length > 0,
    retry: () => failed.forEach((query) => void query.refetch()),
  }
}

const noTrades: readonly Trade[] = []
