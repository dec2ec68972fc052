import type { LoadPoint } from './latency-at-load.ts'

/** The plot of docs/benchmarks.md as SVG. Its colours are readable on a light page and on a dark one. */
export function latencyPlot(points: readonly LoadPoint[]): string {
  const scale = scaleOf(points)
  const lines = series.map((one) => ({
    ...one,
    at: points.flatMap((point) => scale.place(point, one.value)),
  }))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title">
<title id="title">Latency of the trades page against offered load</title>
<style>
text { font: 13px system-ui, sans-serif; fill: ${grey} }
.title { font-size: 15px; font-weight: 600 }
.grid { stroke: ${grey}; stroke-opacity: 0.25 }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
</style>
<text class="title" x="${plot.left}" y="22">Latency of a page of 50 trades, by offered load</text>
${legend()}
${yAxis(scale)}
${xAxis(scale)}
${lines.map(({ at, colour, dash }) => drawn(at, colour, dash)).join('\n')}
${lastLabels(lines)}
</svg>
`
}

const size = { width: 760, height: 440 }
const plot = { left: 88, right: 646, top: 66, bottom: 380 }
const grey = '#6e7b88'
const [ours, peer] = ['#2a78e4', '#c2660c']

interface Series {
  readonly label: string
  readonly colour: string
  readonly dash: string
  readonly value: (point: LoadPoint) => number | null
}

const series: readonly Series[] = [
  { label: 'Stratdesk p50', colour: ours, dash: '', value: (point) => point.ours.p50 },
  { label: 'Stratdesk p99', colour: ours, dash: '6 4', value: (point) => point.ours.p99 },
  { label: 'bare route p50', colour: peer, dash: '', value: (point) => point.peer.p50 },
  { label: 'bare route p99', colour: peer, dash: '6 4', value: (point) => point.peer.p99 },
]

type Place = readonly [x: number, y: number]

interface Scale {
  readonly x: (perSecond: number) => number
  readonly y: (ms: number) => number
  /** Nothing where there is no value. */
  readonly place: (point: LoadPoint, value: Series['value']) => readonly Place[]
  readonly rateMax: number
  /** In milliseconds; all latencies lie between the first and the last. */
  readonly marks: readonly number[]
}

const marks = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]

function scaleOf(points: readonly LoadPoint[]): Scale {
  const all = points.flatMap((point) => series.flatMap(({ value }) => value(point) ?? []))
  const first = marks.findLastIndex((mark) => mark <= Math.min(...all))
  const last = marks.findIndex((mark) => mark >= Math.max(...all))
  const used = marks.slice(first, last + 1)
  const rateMax = Math.max(...points.map(({ perSecond }) => perSecond))
  const [low, high] = [Math.log(used.at(0) ?? 1), Math.log(used.at(-1) ?? 1)]
  const x = (perSecond: number) => plot.left + (perSecond / rateMax) * (plot.right - plot.left)
  const y = (ms: number) => plot.bottom - ((Math.log(ms) - low) / (high - low)) * (plot.bottom - plot.top)
  const place: Scale['place'] = (point, value) => {
    const ms = value(point)
    return ms === null ? [] : [[x(point.perSecond), y(ms)]]
  }
  return { x, y, place, marks: used, rateMax }
}

const text = (x: number, y: number, words: string, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${more}>${words}</text>`
const rule = (x1: number, y1: number, x2: number, y2: number, more: string) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${more}/>`
const stroke = (colour: string, dash: string) => `stroke="${colour}"${dash && ` stroke-dasharray="${dash}"`}`

function legend(): string {
  return series
    .map(({ label, colour, dash }, index) => {
      const x = plot.left + index * 140
      return `${rule(x, 44, x + 26, 44, `stroke-width="2.5" ${stroke(colour, dash)}`)}${text(x + 32, 48, label)}`
    })
    .join('\n')
}

function yAxis({ y, marks }: Scale): string {
  const labels = marks.map((ms) => {
    const words = ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`
    return `${rule(plot.left, y(ms), plot.right, y(ms), 'class="grid"')}${text(plot.left - 8, y(ms) + 4, words, ' text-anchor="end"')}`
  })
  const [x, middle] = [20, (plot.top + plot.bottom) / 2]
  const title = text(
    x,
    middle,
    'latency (logarithmic)',
    ` text-anchor="middle" transform="rotate(-90 ${x} ${middle})"`,
  )
  return [...labels, title].join('\n')
}

function xAxis({ x, rateMax }: Scale): string {
  const step = rateMax > 2500 ? 500 : 250
  const rates = Array.from({ length: Math.floor(rateMax / step) + 1 }, (_, index) => index * step)
  const labels = rates.map((rate) =>
    text(x(rate), plot.bottom + 20, rate.toLocaleString('en'), ' text-anchor="middle"'),
  )
  const title = text(
    (plot.left + plot.right) / 2,
    plot.bottom + 44,
    'offered load (requests/s)',
    ' text-anchor="middle"',
  )
  return [...labels, title].join('\n')
}

function drawn(at: readonly Place[], colour: string, dash: string): string {
  const places = at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  const dots = at.map(
    ([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}"/>`,
  )
  return `<polyline class="line" points="${places}" ${stroke(colour, dash)}/>${dots.join('')}`
}

/** Each line's name beside its end, moved down where two would touch. */
function lastLabels(lines: readonly (Series & { readonly at: readonly Place[] })[]): string {
  let taken = Number.NEGATIVE_INFINITY
  return lines
    .flatMap(({ at, label, colour }) => at.slice(-1).map(([x, y]) => ({ x, y, label, colour })))
    .toSorted((a, b) => a.y - b.y)
    .map(({ x, y, label, colour }) => {
      taken = Math.max(y + 4, taken + 15)
      return text(x + 10, taken, label, ` style="fill: ${colour}"`)
    })
    .join('\n')
}
