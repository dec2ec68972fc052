import { SegmentedControl } from '@mantine/core'
import type { EquityPoint, Period } from '@stratdesk/contracts/performance'
import { IconChartLine } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { signedMoney } from '../../lib/money.ts'
import { Empty, LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { Section } from '../../ui/page.tsx'
import classes from './equity-card.module.css'
import { equityFacts, fromZero } from './equity-facts.ts'
import { allResults, equityOf } from './load.ts'
import { periods, periodWords } from './periods.ts'

const EquityChart = lazy(async () => ({ default: (await import('./equity-chart.tsx')).EquityChart }))
const chartHeight = 300

/** The period the URL asks for; the dashboard opens with today. */
export const defaultPeriod: Period = 'today'

/** The curve of realised results with its drawdowns, for one period. */
export function EquityCard() {
  const { period = defaultPeriod } = useSearch({ from: '/app/' })
  const navigate = useNavigate({ from: '/' })
  const equity = useQuery({ ...equityOf(period), placeholderData: keepPreviousData })
  return (
    <Section
      title={
        <>
          Equity <span className={classes.quiet}>realised, after charges</span>
        </>
      }
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Period of the equity curve"
          value={period}
          onChange={(next) => void navigate({ search: { period: next }, replace: true, resetScroll: false })}
          data={periods.map((value) => ({ value, label: periodWords[value].label }))}
        />
      }
    >
      <QueryFace
        query={equity}
        loading={<LoadingBlock height={chartHeight + 44} />}
        failed="The equity curve could not be loaded."
      >
        {({ items, period: shown }) =>
          items.length === 0 ? <NoCurve period={shown} /> : <Curve items={items} period={shown} />
        }
      </QueryFace>
    </Section>
  )
}

function NoCurve({ period }: { readonly period: Period }) {
  return (
    <div className={classes.none}>
      <Empty title="No curve yet" icon={<IconChartLine stroke={1.4} />}>
        {period === 'today' ? 'Nothing has been closed today.' : 'Nothing has been closed in this period.'}{' '}
        The curve begins with the first closed trade.
      </Empty>
    </div>
  )
}

function Curve({ items, period }: { readonly items: readonly EquityPoint[]; readonly period: Period }) {
  const points = useMemo(() => fromZero(items), [items])
  const results = useQuery(allResults)
  const result = results.data?.items.find((one) => one.period === period)
  const facts = equityFacts(points, result)
  const shown = [
    { label: 'Now', value: facts.last },
    { label: 'Highest', value: facts.highest },
    { label: 'Lowest', value: facts.lowest },
    { label: 'Largest drawdown', value: facts.largestDrawdown, isShaded: true },
  ].flatMap(({ value, ...fact }) => (value === null ? [] : [{ ...fact, value }]))
  return (
    <figure className={classes.figure}>
      <dl className={classes.facts}>
        {shown.map((fact) => (
          <Fact key={fact.label} {...fact} />
        ))}
      </dl>
      <Suspense fallback={<LoadingBlock height={chartHeight} />}>
        <EquityChart points={points} height={chartHeight} />
      </Suspense>
      <figcaption className={classes.hidden}>
        Realised net result, {periodWords[period].label.toLowerCase()}:{' '}
        {shown.map(({ label, value }) => `${label.toLowerCase()} ${signedMoney(value)}`).join(', ')}.
      </figcaption>
    </figure>
  )
}

interface FactProps {
  readonly label: string
  readonly value: string
  /** Drawn with the shade it has in the chart. */
  readonly isShaded?: boolean
}

function Fact({ label, value, isShaded = false }: FactProps) {
  return (
    <div className={classes.fact}>
      <dt>
        {isShaded && <span className={classes.swatch} aria-hidden />}
        {label}
      </dt>
      <dd>{signedMoney(value)}</dd>
    </div>
  )
}
