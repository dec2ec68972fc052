import type { Bar } from './bars.ts'
import { crosshairLabel } from './ist-time.ts'
import type { Mark } from './marks.ts'
import type { AxisFormats } from './run-chart.ts'

const marksMax = 4

function line(text: string): HTMLElement {
  const element = document.createElement('div')
  element.textContent = text
  return element
}

/** The lines about one bar: its time and prices, the P&L there, and what the run did in it. */
export function readout(
  bar: Bar | null,
  pnl: number | null,
  marks: readonly Mark[],
  formats: AxisFormats,
): HTMLElement[] {
  if (bar === null) return []
  const { open, high, low, close } = bar
  const prices = `O ${formats.price(open)}  H ${formats.price(high)}  L ${formats.price(low)}  C ${formats.price(close)}`
  const result = pnl === null ? '' : `  P&L ${formats.pnl(pnl)}`
  const more = marks.length > marksMax ? [line(`and ${marks.length - marksMax} more`)] : []
  return [
    line(`${crosshairLabel(bar.time)}  ${prices}${result}`),
    ...marks.slice(0, marksMax).map((mark) => line(mark.text)),
    ...more,
  ]
}
