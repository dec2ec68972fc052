import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median, type PairResult, quantile } from './pairs.ts'
import type { Limit, Pace, Row } from './row.ts'

/** What is kept of a row between runs; a run of one row leaves the others as they were. */
export interface Finding {
  readonly name: string
  readonly work: string
  readonly against: string | null
  /** The figures as the table shows them: ours, the peer's, the measure and its mark. */
  readonly figures: readonly [ours: string, peer: string, measure: string, mark: string]
  readonly isReached: boolean
  readonly ours: readonly number[]
  readonly peer: readonly number[]
  readonly measured: string
}

const latest = fileURLToPath(new URL('results/latest.json', import.meta.url))
const table = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))
/** Three digits that count, and all those before the point. */
const amount = (value: number, unit: string) =>
  `${value.toLocaleString('en', value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 })} ${unit}`
const today = () => new Date().toISOString().slice(0, 10)

/** What a comparison found. */
export function ofRow(row: Row, { ours, peer, ratio }: PairResult, { rounds, seconds }: Pace): Finding {
  return {
    name: row.name,
    work: row.work,
    against: row.against,
    figures: [
      amount(median(ours), row.unit),
      amount(median(peer), row.unit),
      `${ratio.toFixed(2)} ×`,
      'atLeast' in row.mark ? `≥ ${row.mark.atLeast} ×` : `≤ ${row.mark.atMost} ×`,
    ],
    isReached: 'atLeast' in row.mark ? ratio >= row.mark.atLeast : ratio <= row.mark.atMost,
    ours,
    peer,
    measured: `${today()}, ${rounds} rounds of ${seconds} s`,
  }
}

/** What a limit found. */
export function ofLimit(limit: Limit, values: readonly number[]): Finding {
  const part = limit.quantile ?? 0.5
  const value = quantile(values, part)
  return {
    name: limit.name,
    work: limit.work,
    against: null,
    figures: [
      `median ${amount(median(values), limit.unit)}`,
      '–',
      amount(value, limit.unit),
      `≤ ${amount(limit.reach, limit.unit)}`,
    ],
    isReached: value <= limit.reach,
    ours: values,
    peer: [],
    measured: `${today()}, ${values.length} values`,
  }
}

/** One line for the terminal. */
export function lineOf({ name, work, figures: [ours, peer, measure, mark], isReached }: Finding): string {
  return `${name}: ${work}: ${ours} against ${peer}: ${measure} (${mark}): ${isReached ? 'reached' : 'MISSED'}`
}

/** Writes the newest figures as JSON and as the table of docs/benchmarks.md. */
export async function writeReport(found: readonly Finding[]): Promise<void> {
  const before = (await readKept()).filter((old) => found.every(({ name }) => name !== old.name))
  const rows = [...before, ...found].toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const machine = describeMachine()
  await mkdir(fileURLToPath(new URL('results', import.meta.url)), { recursive: true })
  await writeFile(latest, `${JSON.stringify({ machine, rows }, null, 2)}\n`)
  await writeFile(table, page(machine, rows))
}

async function readKept(): Promise<readonly Finding[]> {
  try {
    return JSON.parse(await readFile(latest, 'utf8')).rows
  } catch {
    return []
  }
}

function describeMachine(): string {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const system = `${process.platform} ${process.arch}, Node ${process.version}, Postgres 18.4 (embedded)`
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory}, ${system}`
}

function page(machine: string, rows: readonly Finding[]): string {
  const lines = rows.map(({ name, work, against, figures, isReached, measured }) => {
    const [ours, peer, measure, mark] = figures
    const verdict = `**${measure}**${isReached ? '' : ' (missed)'}`
    return `| ${name} | ${work} | ${against ?? '–'} | ${ours} | ${peer} | ${verdict} | ${mark} | ${measured} |`
  })
  return `# Benchmarks

Written by \`pnpm bench\`; do not edit. \`pnpm bench --row NAME\` measures one row, \`--quick\` takes seconds.
Both sides of a comparison run in turn (A B A B …) against the same database, after their answers were compared; the
measure is the median of the rounds' ratios, and the peers are in \`bench/peers\`. A row without a peer has a limit.

| row | work | against | ours | peer | measure | to reach | measured |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

Machine: ${machine}.
The load generator and Postgres share the machine's cores with what is measured.
`
}
