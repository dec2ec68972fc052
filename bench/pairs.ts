/** One side of a comparison: does its work for a while and answers with how much it did a second. */
export type Side = (seconds: number) => Promise<number>

export interface PairResult {
  /** Operations a second of each round, in the order they were measured. */
  readonly ours: readonly number[]
  readonly peer: readonly number[]
  /** The median of the rounds' ratios, ours to the peer's. */
  readonly ratio: number
}

/** Measures two sides in turn (A B A B …), so that a noisy machine disturbs both alike. */
export async function measurePairs(
  ours: Side,
  peer: Side,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<PairResult> {
  await ours(seconds)
  await peer(seconds)
  const measured: { ours: number; peer: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ ours: await ours(seconds), peer: await peer(seconds) })
  }
  return {
    ours: measured.map((round) => round.ours),
    peer: measured.map((round) => round.peer),
    ratio: median(measured.map((round) => round.ours / round.peer)),
  }
}

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which `part` of the values lie, without interpolation; NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Runs `work` from several callers at once until the time is over; operations a second. */
export async function closedLoop(
  work: (turn: number) => Promise<unknown>,
  { callers, seconds }: { callers: number; seconds: number },
): Promise<number> {
  const start = performance.now()
  const end = start + seconds * 1000
  let done = 0
  const caller = async () => {
    while (performance.now() < end) {
      await work(done)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return done / ((performance.now() - start) / 1000)
}
