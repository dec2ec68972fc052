import { readFile, writeFile } from 'node:fs/promises'
import { type Conditions, type Finding, judge, type LoadFinding, type Results } from './findings.ts'
import { roundsOf } from './latency-at-load.ts'
import { latencyPlot } from './latency-plot.ts'
import { median } from './pairs.ts'
import type { Limit, Mark, Measure, Row } from './row.ts'

/** What the page tells of: every row there is, in its order, whether it was measured yet or not. */
export interface Contents {
  readonly rows: readonly Row[]
  readonly limits: readonly Limit[]
  readonly results: Results
}

/** A row and what was found of it. */
interface Entry<M extends Measure> {
  readonly measure: M
  readonly finding: Finding
}

const plot = 'images/latency-load.svg'
/** Three digits that count, and all those before the point. */
const amount = (value: number) =>
  value.toLocaleString('en', value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 })
const withUnit = (value: number, unit: string) => `${unit === '×' ? value.toFixed(2) : amount(value)} ${unit}`
const inOrder = (a: Entry<Measure>, b: Entry<Measure>) =>
  a.measure.name.localeCompare(b.measure.name, 'en', { numeric: true })

/** One line for the terminal; it tells whether the mark was reached, or that `share` of it. */
export function lineOf(measure: Measure, { ours, peer }: Pick<Finding, 'ours' | 'peer'>, share = 1): string {
  const isRow = 'against' in measure
  const unit = isRow ? '×' : measure.unit
  const { value, isReached } = judge(measure, { ours, peer }, share)
  const sides = isRow ? ` (${sideOf(measure, ours)} against ${sideOf(measure, peer)})` : ''
  const mark = `${share < 1 ? `${share} of ` : ''}${markOf(measure.mark, unit)}`
  return `${measure.name}: ${measure.work}: ${withUnit(value, unit)}${sides}: ${isReached ? 'reached' : 'MISSED'} ${mark}`
}

/** Writes docs/benchmarks.md and its plot. */
export async function writePage(contents: Contents): Promise<void> {
  const docs = new URL('../docs/', import.meta.url)
  const changes = await readFile(new URL('changes.md', import.meta.url), 'utf8')
  await writeFile(new URL('benchmarks.md', docs), pageOf(contents, changes.trim()))
  const { load } = contents.results
  if (load !== undefined) await writeFile(new URL(plot, docs), latencyPlot(load.points))
}

function found<M extends Measure>(measures: readonly M[], findings: readonly Finding[]): readonly Entry<M>[] {
  return measures
    .flatMap((measure) =>
      findings.filter(({ name }) => name === measure.name).map((finding) => ({ measure, finding })),
    )
    .toSorted(inOrder)
}

function pageOf({ rows, limits, results }: Contents, changes: string): string {
  const [compared, held] = [found(rows, results.rows), found(limits, results.rows)]
  const all = [...compared, ...held].toSorted(inOrder)
  const load = results.load === undefined ? [] : [{ name: 'load', ...results.load }]
  return `# Benchmarks

Written by \`pnpm bench\`; do not edit. Figures come from \`bench/results/latest.json\`, words from \`bench/page.ts\`, from
beside each row and from \`bench/changes.md\`; \`npx pnpm@12 bench --page\` writes the page again without measuring.

## Against a peer

Both sides of a comparison run in turn (A B A B …) against the same database, after their answers were compared; the first
pair warms up and is not counted. The measure is the median of the rounds' ratios, ours to the peer's, and the spread its
smallest and largest. The peers are in \`bench/peers\`. \`npx pnpm@12 bench\` measures everything, the command of a row that row.

| \`npx pnpm@12 …\` | work | against | ours | peer | median ratio | spread | to reach | measured |
|---|---|---|---|---|---|---|---|---|
${compared.map(comparisonLine).join('\n')}

## Without a peer

| \`npx pnpm@12 …\` | work | measure | spread | to reach | measured |
|---|---|---|---|---|---|
${held.map(limitLine).join('\n')}

${load.map(loadSection).join('')}## What limits each row

${all.map(({ measure }) => `- **${measure.name}** ${measure.limitedBy}`).join('\n')}

## What each change gave

${changes}

## Machine and versions

${conditionsOf([...all.map(({ finding }) => finding), ...load])}

The load generator and Postgres share the machine's cores with what is measured. Machines that are lent are not equally fast: the one of
2026-11-29 answered row 1's peer at a third of the rate of 2026-11-23. Times of different days cannot be compared; ratios can.

## The gate

\`npx pnpm@12 bench --quick\` is the last step of \`.ci/run\`. It measures rows 1 and 3 in short rounds, in less than a minute, and
fails when one of them is below 0.8 of its mark; that row is measured once more before, because machines are noisy. It writes
nothing. \`bench --quick --row NAME\` does the same with any other row.
`
}

function comparisonLine({ measure, finding }: Entry<Row>): string {
  const { value, spread, isReached } = judge(measure, finding)
  return line([
    `\`bench --row ${measure.name}\``,
    measure.work,
    measure.against,
    sideOf(measure, finding.ours),
    sideOf(measure, finding.peer),
    verdictOf(withUnit(value, '×'), isReached),
    spread.map((ratio) => ratio.toFixed(2)).join('–'),
    markOf(measure.mark, '×'),
    `${finding.measured}, ${finding.pace.rounds} rounds of ${finding.pace.seconds} s`,
  ])
}

function limitLine({ measure, finding }: Entry<Limit>): string {
  const { value, spread, isReached } = judge(measure, finding)
  const count = finding.ours.length
  return line([
    `\`bench --row ${measure.name}\``,
    measure.work,
    verdictOf(withUnit(value, measure.unit), isReached),
    count === 1 ? '–' : spread.map(amount).join('–'),
    markOf(measure.mark, measure.unit),
    `${finding.measured}, ${count === 1 ? 'one value' : `${count} values`}`,
  ])
}

function loadSection({ points, measured, pace }: LoadFinding): string {
  const lines = points.map(({ perSecond, ours, peer }) =>
    line([
      perSecond.toLocaleString('en'),
      ...[ours.p50, peer.p50, ours.p99, peer.p99].map((ms) => (ms === null ? 'refused' : amount(ms))),
    ]),
  )
  return `## Latency against load

![Median and 99th percentile of the latency of both sides, from a tenth of the load that the bare route can answer to more than it can](${plot})

Row 1's page and its bare peer, asked at a fixed rate whether or not the requests before were answered, in turn; the rates are shares
of what the peer answers at most. A request's time counts from when it was due, so that one which had to wait for those before it
says so, and up to a millisecond of the generator's own clock is in every figure. Where a side can no more, the queue grows for as
long as one asks. Ours refuses (503) what has waited a second for a connection to Postgres; where that is one in a hundred, its line ends.
Medians of ${roundsOf(pace)} rounds of ${pace.seconds} s, ${measured}, \`npx pnpm@12 bench --row load\`.

| requests/s | p50 ms, ours | p50 ms, peer | p99 ms, ours | p99 ms, peer |
|---|---|---|---|---|
${lines.join('\n')}

`
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const sideOf = (row: Row, values: readonly number[]) => withUnit(median(values), row.unit)
const verdictOf = (measure: string, isReached: boolean) => `**${measure}**${isReached ? '' : ' (missed)'}`

function markOf(mark: Mark, unit: string): string {
  return 'atLeast' in mark ? `≥ ${amount(mark.atLeast)} ${unit}` : `≤ ${amount(mark.atMost)} ${unit}`
}

/** One line for each machine and set of versions, with the rows where there are several. */
function conditionsOf(measured: readonly (Conditions & { readonly name: string })[]): string {
  const groups = Map.groupBy(measured, ({ machine, versions }) => `${machine}. ${versions}.`)
  return [...groups]
    .map(([conditions, group]) =>
      groups.size === 1 ? conditions : `- ${group.map(({ name }) => name).join(', ')}: ${conditions}`,
    )
    .join('\n')
}
