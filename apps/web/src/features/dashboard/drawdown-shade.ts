import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
  UTCTimestamp,
} from 'lightweight-charts'

/** A point of the curve with the highest value up to it. */
export interface DrawdownPoint {
  readonly time: UTCTimestamp
  readonly net: number
  readonly peak: number
}

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]

/** Fills the space between the curve and its highest point so far: where the account stands below its best. */
export class DrawdownShade implements ISeriesPrimitive<Time> {
  #attached: SeriesAttachedParameter<Time> | undefined
  #points: readonly DrawdownPoint[] = []
  #colour = 'transparent'
  readonly #view: IPrimitivePaneView = {
    zOrder: () => 'bottom',
    renderer: () => ({ draw: (target) => this.#draw(target) }),
  }

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.#attached = parameters
  }

  detached(): void {
    this.#attached = undefined
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.#view]
  }

  setPoints(points: readonly DrawdownPoint[]): void {
    this.#points = points
    this.#attached?.requestUpdate()
  }

  recolour(colour: string): void {
    this.#colour = colour
    this.#attached?.requestUpdate()
  }

  #draw(target: Target): void {
    const corners = this.#corners()
    const [first, ...rest] = corners
    if (first === undefined) return
    target.useMediaCoordinateSpace(({ context }) => {
      context.fillStyle = this.#colour
      context.beginPath()
      context.moveTo(first.x, first.y)
      for (const { x, y } of rest) context.lineTo(x, y)
      context.closePath()
      context.fill()
    })
  }

  /** Along the highest points to the right and back along the curve, both as steps. */
  #corners(): { readonly x: number; readonly y: number }[] {
    if (this.#attached === undefined) return []
    const { chart, series } = this.#attached
    const peaks: { x: number; y: number }[] = []
    const nets: { x: number; y: number }[] = []
    for (const { time, net, peak } of this.#points) {
      const x = chart.timeScale().timeToCoordinate(time)
      const peakY = series.priceToCoordinate(peak)
      const netY = series.priceToCoordinate(net)
      if (x === null || peakY === null || netY === null) continue
      peaks.push(...step(peaks, x, peakY))
      nets.push(...step(nets, x, netY))
    }
    return [...peaks, ...nets.reverse()]
  }
}

function step(before: readonly { readonly y: number }[], x: number, y: number) {
  const last = before.at(-1)
  return last === undefined
    ? [{ x, y }]
    : [
        { x, y: last.y },
        { x, y },
      ]
}
