import type { EquityPoint } from '@stratdesk/contracts/performance'

/** What an equity curve says in words; each value is one of the curve's own decimals. */
export interface EquityFacts {
  readonly last: string
  readonly highest: string
  readonly lowest: string
  readonly largestDrawdown: string
}

/** The curve with its beginning: nothing was realised before the first trade of the period was closed. */
export function fromZero(points: readonly EquityPoint[]): readonly EquityPoint[] {
  const [first] = points
  if (first === undefined) return []
  const before = new Date(Date.parse(first.time) - 1000).toISOString()
  return [{ time: before, net: '0', drawdown: '0' }, ...points]
}

/** The facts of a curve with at least one point; of an empty one all are 0, which is what nothing traded makes. */
export function equityFacts(points: readonly EquityPoint[]): EquityFacts {
  const nets = points.map(({ net }) => net)
  return {
    last: nets.at(-1) ?? '0',
    highest: pick(nets, (a, b) => a > b),
    lowest: pick(nets, (a, b) => a < b),
    largestDrawdown: pick(
      points.map(({ drawdown }) => drawdown),
      (a, b) => a < b,
    ),
  }
}

function pick(decimals: readonly string[], isBetter: (a: number, b: number) => boolean): string {
  return decimals.reduce(
    (best, next) => (isBetter(Number(next), Number(best)) ? next : best),
    decimals[0] ?? '0',
  )
}
