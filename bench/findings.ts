import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { LoadPoint } from './latency-at-load.ts'
import { quantile } from './pairs.ts'
import { type Measure, type Pace, reaches } from './row.ts'

/** What was measured of a row: the values of its rounds, and of what, where and when. */
export interface Finding extends Conditions {
  readonly name: string
  readonly ours: readonly number[]
  /** Of the same rounds; empty where there is no peer. */
  readonly peer: readonly number[]
}

/** Under what something was measured. */
export interface Conditions {
  readonly measured: string
  readonly pace: Pace
  readonly machine: string
  readonly versions: string
}

interface Verdict {
  /** The ratio, ours to the peer's, or without a peer the value: the part of them that the mark is of. */
  readonly value: number
  readonly spread: readonly [min: number, max: number]
  readonly isReached: boolean
}

/** What a finding says of its row; with a `share` below 1, whether that much of the mark was reached. */
export function judge(measure: Measure, { ours, peer }: Pick<Finding, 'ours' | 'peer'>, share = 1): Verdict {
  const isRow = 'against' in measure
  const values = isRow ? ours.map((our, round) => our / (peer[round] ?? Number.NaN)) : ours
  const value = quantile(values, isRow ? 0.5 : (measure.quantile ?? 0.5))
  return {
    value,
    spread: [Math.min(...values), Math.max(...values)],
    isReached: reaches(measure.mark, value, share),
  }
}

const latest = fileURLToPath(new URL('results/latest.json', import.meta.url))

/** Everything that was measured last, whenever that was. */
export interface Results {
  readonly rows: readonly Finding[]
  readonly load?: LoadFinding
}

export interface LoadFinding extends Conditions {
  readonly points: readonly LoadPoint[]
}

export async function readResults(): Promise<Results> {
  return JSON.parse(await readFile(latest, 'utf8'))
}

/** Keeps a new finding in place of the old one of the same row, and leaves all others as they were. */
export async function keepFinding(found: Finding): Promise<void> {
  const { rows: before, ...others } = await readResults()
  const rows = [...before.filter(({ name }) => name !== found.name), found]
  await write({
    rows: rows.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    ...others,
  })
}

/** Keeps the newest latencies at load. */
export async function keepLoad(load: LoadFinding): Promise<void> {
  await write({ ...(await readResults()), load })
}

async function write(results: Results): Promise<void> {
  await writeFile(latest, `${JSON.stringify(results, null, 2)}\n`)
}
