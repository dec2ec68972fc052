import { load, type Target } from './load.ts'
import { answerTimes } from './open-loop.ts'
import { median, quantile } from './pairs.ts'
import type { Pace, RowContext } from './row.ts'
import { withTradesPage } from './rows/trades-page.ts'

/** Milliseconds from the moment a request was due; null where that part of the requests was refused. */
interface Latency {
  readonly p50: number | null
  readonly p99: number | null
}

/** What a load does to both sides: the medians of the rounds. */
export interface LoadPoint {
  readonly perSecond: number
  readonly ours: Latency
  readonly peer: Latency
}

interface Round {
  readonly p50: number
  readonly p99: number
}

/** How many rounds are measured at each load: there are many loads. */
export const roundsOf = ({ rounds }: Pace) => Math.min(rounds, 5)

/** Of what the peer can do at all. */
const shares = [0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.2, 1.35, 1.5]

/** The latency of row 1's page, and of its peer's, at loads up to more than the peer can do; both sides in turn. */
export function latencyAtLoad({ databaseUrl, ...pace }: RowContext): Promise<readonly LoadPoint[]> {
  return withTradesPage(databaseUrl, async (ours, peer) => {
    const { seconds } = pace
    await load(ours, seconds)
    const most = Math.max(await load(peer, seconds), await load(peer, seconds), await load(peer, seconds))
    const points: LoadPoint[] = []
    for (const share of shares) {
      const perSecond = Math.max(50, Math.round((most * share) / 50) * 50)
      const rounds = { ours: new Array<Round>(), peer: new Array<Round>() }
      for (let round = 0; round < roundsOf(pace); round += 1) {
        rounds.ours.push(await latency(ours, { perSecond, seconds }))
        rounds.peer.push(await latency(peer, { perSecond, seconds }))
      }
      points.push({ perSecond, ours: middle(rounds.ours), peer: middle(rounds.peer) })
    }
    return points
  })
}

async function latency(target: Target, rate: { perSecond: number; seconds: number }): Promise<Round> {
  const times = await answerTimes(target, { ...rate, isOverload: true })
  return { p50: median(times), p99: quantile(times, 0.99) }
}

function middle(rounds: readonly Round[]): Latency {
  const of = (part: 'p50' | 'p99') => {
    const ms = median(rounds.map((round) => round[part]))
    return Number.isFinite(ms) ? ms : null
  }
  return { p50: of('p50'), p99: of('p99') }
}
