import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median, type PairResult } from './pairs.ts'
import type { Row } from './row.ts'

export type RowResult = PairResult & { readonly row: Row }

/** What is kept of a row between runs; a run of one row leaves the others as they were. */
interface Kept {
  readonly number: number
  readonly work: string
  readonly against: string
  readonly unit: string
  readonly reach: number
  readonly ratio: number
  readonly ours: readonly number[]
  readonly peer: readonly number[]
  readonly measuredAt: string
  readonly pace: string
}

const latest = fileURLToPath(new URL('results/latest.json', import.meta.url))
const table = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

/** One line for the terminal. */
export function formatResult({ row, ours, peer, ratio }: RowResult): string {
  const mark = ratio >= row.reach ? 'reached' : 'MISSED'
  const figures = `${Math.round(median(ours))} against ${Math.round(median(peer))} ${row.unit}`
  return `row ${row.number}: ${row.work}: ${figures}, ${ratio.toFixed(2)} × (reach ${row.reach} ×): ${mark}`
}

/** Writes the newest figures as JSON and as the table of docs/benchmarks.md. */
export async function writeReport(
  results: readonly RowResult[],
  pace: { rounds: number; seconds: number },
): Promise<void> {
  const measuredAt = new Date().toISOString()
  const fresh = results.map(({ row, ours, peer, ratio }): Kept => {
    const { number, work, against, unit, reach } = row
    const text = `${pace.rounds} rounds of ${pace.seconds} s`
    return { number, work, against, unit, reach, ratio, ours, peer, measuredAt, pace: text }
  })
  const before = (await readKept()).filter((old) => fresh.every((row) => row.number !== old.number))
  const rows = [...before, ...fresh].toSorted((a, b) => a.number - b.number)
  const machine = describeMachine()
  await mkdir(fileURLToPath(new URL('results', import.meta.url)), { recursive: true })
  await writeFile(latest, `${JSON.stringify({ machine, rows }, null, 2)}\n`)
  await writeFile(table, page(machine, rows))
}

async function readKept(): Promise<readonly Kept[]> {
  try {
    return JSON.parse(await readFile(latest, 'utf8')).rows
  } catch {
    return []
  }
}

function describeMachine() {
  const [cpu] = cpus()
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres: '18.4 (embedded)',
  }
}

function page(machine: ReturnType<typeof describeMachine>, rows: readonly Kept[]): string {
  const whole = (values: readonly number[]) => Math.round(median(values)).toLocaleString('en')
  const lines = rows.map(
    (row) =>
      `| ${row.number} | ${row.work} | ${row.against} | ${whole(row.ours)} ${row.unit} | ${whole(row.peer)} ${row.unit} | **${row.ratio.toFixed(2)} ×** | ≥ ${row.reach} × | ${row.measuredAt.slice(0, 10)}, ${row.pace} |`,
  )
  return `# Benchmarks

Written by \`pnpm bench\`; do not edit. \`pnpm bench --row N\` measures one row, \`--quick\` takes a few seconds.
Both sides of a row run in the same process run, in turn (A B A B …), against the same database and after their answers
were compared; the ratio is the median of the rounds' ratios. The peers are in \`bench/peers\`.

| # | work | against | ours | peer | ratio | reach | measured |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, Postgres ${machine.postgres}.
The load generator and Postgres share the machine's cores with what is measured.
`
}
