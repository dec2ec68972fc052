import type { Candle } from '@stratdesk/contracts/candles'
import { price, signedMoney } from '../lib/money.ts'
import { shortTime } from '../lib/time.ts'
import type { Mark } from './marks.ts'
import type { PositionLine } from './run-chart.ts'

interface ChartContent {
  readonly instrument: string
  readonly candles: readonly Candle[]
  /** Undefined while they are not known. */
  readonly marks: readonly Mark[] | undefined
  readonly position: PositionLine | null
  /** Undefined while it is not known. */
  readonly pnl: readonly { readonly net: string }[] | undefined
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function marksCounted(marks: readonly Mark[]): string {
  const entries = marks.filter((mark) => mark.kind === 'long-entry' || mark.kind === 'short-entry').length
  return `${counted(entries, 'entry', 'entries')}, ${counted(marks.length - entries, 'exit', 'exits')}.`
}

/** Browsers may break a line between a plus and a currency sign; a word joiner keeps them together. */
function unbroken(text: string): string {
  return text.replace('₹', '\u2060₹')
}

/** What the chart shows, in words, for whoever does not see it. */
export function chartSummary({ instrument, candles, marks, position, pnl }: ChartContent): string {
  const [first, last] = [candles.at(0), candles.at(-1)]
  if (first === undefined || last === undefined) return `No prices of ${instrument} yet.`
  const net = pnl?.at(-1)?.net
  return [
    `${instrument} from ${shortTime(first.time)} to ${shortTime(last.time)} IST: ${price(first.open)} to ${price(last.close)}.`,
    ...(marks === undefined ? [] : [marksCounted(marks)]),
    ...(position === null ? [] : [`${position.title} at ${price(position.price)}.`]),
    ...(net === undefined ? [] : [`Realised P&L ${unbroken(signedMoney(net))}.`]),
  ].join(' ')
}
