import type { CandleInterval } from '@stratdesk/contracts/candles'
import {
  BaselineSeries,
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  LineType,
  type MouseEventParams,
  type Time,
} from 'lightweight-charts'
import { type Bar, type Level, withTick } from './bars.ts'
import { type ChartColours, readChartColours } from './chart-colours.ts'
import { axisLabel, crosshairLabel } from './ist-time.ts'
import { type Mark, toMarkers } from './marks.ts'

/** The price an open position stands at. */
export interface PositionLine {
  readonly price: string
  readonly title: string
}

/** How the two value axes write their numbers. */
export interface AxisFormats {
  readonly price: (value: number) => string
  readonly pnl: (value: number) => string
}

/** The narrowest bar, in pixels, whose marks do not run into the next ones. */
const readableBar = 5

/**
 * Price bars over a running P&L on one time axis in IST: the world outside React. Everything given is redrawn at once;
 * `remove` must be called in the end.
 */
export class RunChart {
  readonly #chart: IChartApi
  readonly #price: ISeriesApi<'Candlestick'>
  readonly #pnl: ISeriesApi<'Baseline'>
  readonly #markers: ISeriesMarkersPluginApi<Time>
  #line: IPriceLine | null = null
  #position: PositionLine | null = null
  #marks: readonly Mark[] = []
  #interval: CandleInterval = '1m'
  #colours: ChartColours
  #last: Bar | undefined
  #levels: readonly Level[] = []
  #pnlLast: Level | undefined
  readonly #element: HTMLElement

  constructor(element: HTMLElement, formats: AxisFormats) {
    this.#element = element
    this.#colours = readChartColours(element)
    this.#chart = createChart(element, {
      autoSize: true,
      layout: { fontFamily: 'inherit', fontSize: 11, attributionLogo: true },
      crosshair: { mode: CrosshairMode.Normal },
      // The wheel and a finger's vertical drag belong to the page; the chart has buttons, drag, pinch and keys.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
      timeScale: {
        timeVisible: true,
        rightOffset: 4,
        minBarSpacing: 0.5,
        maxBarSpacing: 22,
        tickMarkFormatter: label,
      },
      localization: { locale: 'en-IN', timeFormatter: (time: Time) => crosshairLabel(Number(time)) },
    })
    this.#price = this.#chart.addSeries(CandlestickSeries, {
      priceFormat: { type: 'custom', minMove: 0.0001, formatter: formats.price },
      borderVisible: false,
    })
    this.#pnl = this.#chart.addSeries(
      BaselineSeries,
      {
        baseValue: { type: 'price', price: 0 },
        lineType: LineType.WithSteps,
        lineWidth: 2,
        priceFormat: { type: 'custom', minMove: 0.01, formatter: formats.pnl },
        priceLineVisible: false,
      },
      1,
    )
    this.#markers = createSeriesMarkers(this.#price, [])
    const [upper, lower] = this.#chart.panes()
    upper?.setStretchFactor(3)
    lower?.setStretchFactor(1)
    this.recolour()
  }

  /** Replaces all bars, then shows all of them, the newest that can be told apart, or what was shown before. */
  setBars(bars: readonly Bar[], interval: CandleInterval, view: 'all' | 'newest' | 'as before'): void {
    this.#interval = interval
    this.#last = bars.at(-1)
    this.#chart.applyOptions({ timeScale: { secondsVisible: interval === '5s' } })
    this.#price.setData([...bars])
    this.#drawMarkers()
    if (view === 'all') this.fit()
    if (view === 'newest') this.#showNewest(bars.length)
  }

  /** Draws a tick into the last bar, or as the beginning of the next. */
  tick(price: string, at: string): void {
    const bar = withTick(this.#last, price, at, this.#interval)
    if (bar === null) return
    this.#last = bar
    this.#price.update(bar)
    this.#carryPnl(bar)
  }

  setPnl(levels: readonly Level[]): void {
    this.#levels = levels
    this.#pnlLast = levels.at(-1)
    this.#pnl.setData([...levels])
    if (this.#last) this.#carryPnl(this.#last)
  }

  setMarks(marks: readonly Mark[]): void {
    this.#marks = marks
    this.#drawMarkers()
  }

  setPosition(position: PositionLine | null): void {
    this.#position = position
    this.#drawPosition()
  }

  /**
   * Calls back with the bar under the pointer and the P&L there, or with nulls when it leaves the chart. Returns how to
   * stop listening.
   */
  onPoint(listener: (bar: Bar | null, pnl: number | null) => void): () => void {
    const moved = ({ time, seriesData }: MouseEventParams) => {
      const at = Number(time)
      // Sealed: the price series is only ever given bars.
      const bar = time === undefined ? undefined : (seriesData.get(this.#price) as Bar | undefined)
      listener(bar ?? null, this.#levels.findLast((level) => level.time <= at)?.value ?? null)
    }
    this.#chart.subscribeCrosshairMove(moved)
    return () => this.#chart.unsubscribeCrosshairMove(moved)
  }

  fit(): void {
    this.#chart.timeScale().fitContent()
  }

  /** Shows fewer bars (a factor under 1) or more, keeping the newest one in view where it is. */
  zoom(factor: number): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange()
    if (range === null) return
    this.#chart
      .timeScale()
      .setVisibleLogicalRange({ from: range.to - (range.to - range.from) * factor, to: range.to })
  }

  /** Moves the view by a share of its width; negative is back in time. */
  pan(share: number): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange()
    if (range === null) return
    const step = (range.to - range.from) * share
    this.#chart.timeScale().setVisibleLogicalRange({ from: range.from + step, to: range.to + step })
  }

  /** Reads the theme's colours again and draws with them. */
  recolour(): void {
    const colours = readChartColours(this.#element)
    this.#colours = colours
    this.#chart.applyOptions(layoutColours(colours))
    this.#price.applyOptions({
      upColor: colours.gain,
      downColor: colours.loss,
      wickUpColor: colours.gain,
      wickDownColor: colours.loss,
      priceLineColor: colours.dimmed,
    })
    this.#pnl.applyOptions({
      topLineColor: colours.gain,
      bottomLineColor: colours.loss,
      topFillColor1: colours.gainFaint,
      topFillColor2: colours.clear,
      bottomFillColor1: colours.clear,
      bottomFillColor2: colours.lossFaint,
    })
    this.#drawMarkers()
    this.#drawPosition()
  }

  remove(): void {
    this.#chart.remove()
  }

  /** Shows all bars where they fit at a readable width, else as many of the newest as do. */
  #showNewest(count: number): void {
    const fitting = Math.floor(this.#chart.timeScale().width() / readableBar)
    if (count <= fitting) this.fit()
    else this.#chart.timeScale().setVisibleLogicalRange({ from: count - fitting, to: count + 3 })
  }

  /** The running total stays what it is until the next trade; its line follows the bars. */
  #carryPnl(bar: Bar): void {
    if (this.#pnlLast === undefined || bar.time <= this.#pnlLast.time) return
    this.#pnlLast = { time: bar.time, value: this.#pnlLast.value }
    this.#pnl.update(this.#pnlLast)
  }

  #drawMarkers(): void {
    this.#markers.setMarkers(toMarkers(this.#marks, this.#interval, this.#colours))
  }

  #drawPosition(): void {
    if (this.#line) this.#price.removePriceLine(this.#line)
    this.#line =
      this.#position &&
      this.#price.createPriceLine({
        price: Number(this.#position.price),
        title: this.#position.title,
        color: this.#colours.accent,
        lineWidth: 1,
        lineStyle: LineStyle.Dashed,
        axisLabelVisible: true,
      })
  }
}

function label(time: Time, mark: number): string {
  return axisLabel(Number(time), mark)
}

function layoutColours(colours: ChartColours) {
  const line = { color: colours.dimmed, labelBackgroundColor: colours.dimmed }
  return {
    layout: {
      background: { type: ColorType.Solid as const, color: colours.clear },
      textColor: colours.dimmed,
      panes: { separatorColor: colours.line, separatorHoverColor: colours.line },
    },
    grid: { vertLines: { color: colours.clear }, horzLines: { color: colours.line } },
    crosshair: { vertLine: line, horzLine: line },
    rightPriceScale: { borderColor: colours.line },
    timeScale: { borderColor: colours.line },
  }
}
