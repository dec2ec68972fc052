import { ActionIcon, Button, Tooltip, useComputedColorScheme } from '@mantine/core'
import type { Candle, CandleInterval } from '@stratdesk/contracts/candles'
import {
  IconArrowsHorizontal,
  IconChevronLeft,
  IconChevronRight,
  IconMinus,
  IconPlus,
} from '@tabler/icons-react'
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLivePrice } from '../api/live.ts'
import { quotedDecimals, toBars, toLevels } from './bars.ts'
import { BarsTable } from './bars-table.tsx'
import { axisMoney } from './axis-money.ts'
import { chartSummary } from './chart-summary.ts'
import { Legend } from './legend.tsx'
import { type Mark, marksByBar } from './marks.ts'
import classes from './price-chart.module.css'
import { readout } from './readout.ts'
import { type AxisFormats, type PositionLine, RunChart } from './run-chart.ts'

interface PriceChartProps {
  readonly instrument: string
  readonly candles: readonly Candle[]
  readonly interval: CandleInterval
  /** Undefined while they are not known. */
  readonly marks: readonly Mark[] | undefined
  readonly position: PositionLine | null
  /** Cumulative realised net P&L, oldest first; empty when no trade is closed, undefined while it is not known. */
  readonly pnl: readonly { readonly time: string; readonly net: string }[] | undefined
  /** Whether ticks move the last bar. */
  readonly isLive: boolean
  /** Controls at the left above the chart: the choice of bars. */
  readonly children?: ReactNode
}

const noMarks: readonly Mark[] = []

/** Price bars with entries, exits and the open position, over the P&L on the same IST axis; also as text and table. */
export function PriceChart(props: PriceChartProps) {
  const { instrument, candles, interval, position, pnl, isLive } = props
  const marks = props.marks ?? noMarks
  const [asTable, setAsTable] = useState(false)
  const [chart, setChart] = useState<RunChart | null>(null)
  const readoutRef = useRef<HTMLDivElement>(null)
  const formats = useFormats(candles)
  const attach = useCallback(
    (element: HTMLDivElement) => {
      const made = new RunChart(element, formats)
      setChart(made)
      return () => {
        setChart(null)
        made.remove()
      }
    },
    [formats],
  )
  useChartContent(chart, { ...props, marks })
  useReadout(chart, marks, interval, formats, readoutRef)
  return (
    <figure className={classes.figure}>
      <div className={classes.bar}>
        {props.children}
        <div className={classes.tools}>
          {!asTable && <ViewButtons chart={chart} />}
          <Button
            size="compact-xs"
            variant="default"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'Show chart' : 'Show as table'}
          </Button>
        </div>
      </div>
      {asTable ? (
        <BarsTable candles={candles} marks={marks} interval={interval} instrument={instrument} />
      ) : (
        <div className={classes.stage}>
          <div ref={readoutRef} className={classes.readout} aria-hidden />
          <div ref={attach} className={classes.canvas} />
        </div>
      )}
      <figcaption className={classes.foot}>
        {!asTable && <Legend />}
        {chartSummary({ instrument, candles, marks: props.marks, position, pnl })}
      </figcaption>
      {isLive && chart && <LiveBar chart={chart} instrument={instrument} />}
    </figure>
  )
}

/** Draws each live price into the chart; renders nothing. */
function LiveBar({ chart, instrument }: { readonly chart: RunChart; readonly instrument: string }) {
  const live = useLivePrice(instrument)
  useEffect(() => {
    if (live) chart.tick(live.lastPrice, live.marketTime)
  }, [chart, live])
  return null
}

/** What the pointer does with drag and pinch, for the keyboard and for whoever prefers buttons. */
function ViewButtons({ chart }: { readonly chart: RunChart | null }) {
  const buttons = [
    { label: 'Earlier', Icon: IconChevronLeft, act: () => chart?.pan(-0.5) },
    { label: 'Later', Icon: IconChevronRight, act: () => chart?.pan(0.5) },
    { label: 'Zoom out', Icon: IconMinus, act: () => chart?.zoom(1.6) },
    { label: 'Zoom in', Icon: IconPlus, act: () => chart?.zoom(0.6) },
    { label: 'Show all', Icon: IconArrowsHorizontal, act: () => chart?.fit() },
  ]
  return (
    <div className={classes.views}>
      {buttons.map(({ label, Icon, act }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={act}>
            <Icon size={15} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  )
}

function useFormats(candles: readonly Candle[]): AxisFormats {
  const decimals = quotedDecimals(candles.slice(-50).map((candle) => candle.close))
  return useMemo(() => {
    const price = new Intl.NumberFormat('en-IN', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    })
    return { price: (value) => price.format(value), pnl: axisMoney }
  }, [decimals])
}

/** Hands what React knows to the chart, each part only when it has changed. */
function useChartContent(
  chart: RunChart | null,
  { candles, interval, marks, position, pnl, isLive }: PriceChartProps & { readonly marks: readonly Mark[] },
) {
  const scheme = useComputedColorScheme()
  const fitted = useRef<{ chart: RunChart; interval: CandleInterval }>(undefined)
  const bars = useMemo(() => toBars(candles), [candles])
  const levels = useMemo(() => toLevels(pnl, interval, bars), [pnl, interval, bars])
  useEffect(() => {
    if (chart === null) return
    const isNew = fitted.current?.chart !== chart || fitted.current.interval !== interval
    chart.setBars(bars, interval, bars.length > 0 && isNew ? (isLive ? 'newest' : 'all') : 'as before')
    if (bars.length > 0) fitted.current = { chart, interval }
  }, [chart, bars, interval, isLive])
  useEffect(() => chart?.setPnl(levels), [chart, levels])
  useEffect(() => chart?.setMarks(marks), [chart, marks])
  useEffect(() => chart?.setPosition(position), [chart, position])
  useEffect(() => {
    // The theme's variables change with the attribute on the document, which is set in the same turn.
    const frame = requestAnimationFrame(() => chart?.recolour())
    return () => cancelAnimationFrame(frame)
  }, [chart, scheme])
}

/** Writes the bar under the pointer, or else the last one, above the chart, without rendering React on each move. */
function useReadout(
  chart: RunChart | null,
  marks: readonly Mark[],
  interval: CandleInterval,
  formats: AxisFormats,
  element: RefObject<HTMLDivElement | null>,
) {
  useEffect(() => {
    if (chart === null) return
    const byBar = marksByBar(marks, interval)
    return chart.onPoint((bar, pnl) => {
      if (element.current === null) return
      element.current.replaceChildren(...readout(bar, pnl, (bar && byBar.get(bar.time)) ?? [], formats))
    })
  }, [chart, marks, interval, formats, element])
}
