import type { EquityPoint } from '@stratdesk/contracts/performance'
import {
  AreaSeries,
  ColorType,
  createChart,
  CrosshairMode,
  type IChartApi,
  type ISeriesApi,
  LineStyle,
  LineType,
  type Time,
} from 'lightweight-charts'
import type { ChartColours } from '../../charts/chart-colours.ts'
import { axisLabel, chartTime, crosshairLabel } from '../../charts/ist-time.ts'
import { roundMoney } from '../../lib/money.ts'
import { DrawdownShade, type DrawdownPoint } from './drawdown-shade.ts'

/** A curve shorter than this is labelled with seconds. */
const shortSpanSeconds = 15 * 60

/** The equity curve as steps over time in IST, with the distance below its highest point shaded. */
export class EquityPlot {
  readonly #chart: IChartApi
  readonly #net: ISeriesApi<'Area'>
  readonly #shade = new DrawdownShade()

  constructor(element: HTMLElement, colours: ChartColours) {
    this.#chart = createChart(element, {
      autoSize: true,
      layout: { fontFamily: 'inherit', fontSize: 11, attributionLogo: true },
      crosshair: { mode: CrosshairMode.Magnet },
      handleScroll: false,
      handleScale: false,
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.08 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: false,
        fixLeftEdge: true,
        fixRightEdge: true,
        tickMarkFormatter: (time: Time, mark: number) => axisLabel(Number(time), mark),
      },
      localization: { locale: 'en-IN', timeFormatter: (time: Time) => crosshairLabel(Number(time)) },
    })
    this.#net = this.#chart.addSeries(AreaSeries, {
      lineType: LineType.WithSteps,
      lineWidth: 2,
      priceLineVisible: false,
      priceFormat: {
        type: 'custom',
        minMove: 0.01,
        formatter: (value: number) => roundMoney(value.toFixed(2)),
      },
    })
    this.#net.attachPrimitive(this.#shade)
    this.recolour(colours)
  }

  setPoints(points: readonly EquityPoint[]): void {
    const drawn = drawdownPoints(points)
    const spanSeconds = (drawn.at(-1)?.time ?? 0) - (drawn[0]?.time ?? 0)
    this.#chart.applyOptions({ timeScale: { secondsVisible: spanSeconds < shortSpanSeconds } })
    this.#shade.setPoints(drawn)
    this.#net.setData(drawn.map(({ time, net }) => ({ time, value: net })))
    this.#chart.timeScale().fitContent()
  }

  recolour(colours: ChartColours): void {
    const line = { color: colours.dimmed, labelBackgroundColor: colours.dimmed, style: LineStyle.Dashed }
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: colours.clear }, textColor: colours.dimmed },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
      crosshair: { vertLine: line, horzLine: line },
    })
    this.#net.applyOptions({
      lineColor: colours.accent,
      topColor: colours.clear,
      bottomColor: colours.clear,
      crosshairMarkerBackgroundColor: colours.accent,
    })
    this.#shade.recolour(colours.lossFaint)
  }

  remove(): void {
    this.#chart.remove()
  }
}

/** The points in the chart's coordinates, oldest first; the last one of each second counts. */
function drawdownPoints(points: readonly EquityPoint[]): DrawdownPoint[] {
  const bySecond = new Map<number, DrawdownPoint>()
  for (const { time, net, drawdown } of points) {
    const at = chartTime(time)
    bySecond.set(at, { time: at, net: Number(net), peak: Number(net) - Number(drawdown) })
  }
  return [...bySecond.values()].sort((a, b) => a.time - b.time)
}
