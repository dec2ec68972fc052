import type { EquityPoint, Performance } from '@stratdesk/contracts/performance'

/** The large chart asks for no more points; of a curve with more trades it gets a sample. */
export const equityPointsMax = 500

/** What an equity curve says in words; what a sample of it cannot tell is null. */
export interface EquityFacts {
  readonly last: string
  readonly highest: string | null
  readonly lowest: string | null
  readonly largestDrawdown: string | null
}

/** The curve with its beginning: nothing was realised before the first trade of the period was closed. */
export function fromZero(points: readonly EquityPoint[]): readonly EquityPoint[] {
  const [first] = points
  if (first === undefined) return []
  const before = new Date(Date.parse(first.time) - 1000).toISOString()
  return [{ time: before, net: '0', drawdown: '0' }, ...points]
}

/**
 * The facts of a curve with at least one point; of an empty one all are 0, which is what nothing traded makes. The
 * drawdown is the one the server found in all trades of the period; undefined `result` is not known yet.
 */
export function equityFacts(
  points: readonly EquityPoint[],
  result: Pick<Performance, 'tradeCount' | 'largestDrawdown'> | undefined,
): EquityFacts {
  const nets = points.map(({ net }) => net)
  const isWhole = result !== undefined && result.tradeCount <= equityPointsMax
  return {
    last: nets.at(-1) ?? '0',
    highest: isWhole ? pick(nets, (a, b) => a > b) : null,
    lowest: isWhole ? pick(nets, (a, b) => a < b) : null,
    largestDrawdown: result?.largestDrawdown ?? null,
  }
}

function pick(decimals: readonly string[], isBetter: (a: number, b: number) => boolean): string {
  return decimals.reduce(
    (best, next) => (isBetter(Number(next), Number(best)) ? next : best),
    decimals[0] ?? '0',
  )
}
