import { parseArgs } from 'node:util'
import { Bench } from './bench.ts'
import { type Conditions, judge, keepFinding, keepLoad, readResults } from './findings.ts'
import { passesGate } from './gate.ts'
import { latencyAtLoad } from './latency-at-load.ts'
import { devReady } from './limits/dev-ready.ts'
import { engineLoad, tickToDevices, tickToIntent, tickToIntentTogether } from './limits/engine-runs.ts'
import { firstLoad } from './limits/first-load.ts'
import { lighthouseScore } from './limits/lighthouse.ts'
import { logLines, logLinesMemory } from './limits/log-lines.ts'
import { productionMemory, productionStart } from './limits/production-start.ts'
import { sessionMemory } from './limits/session-memory.ts'
import { streamLatency, streamMemory } from './limits/streams.ts'
import { tickToScreen } from './limits/tick-to-screen.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { lineOf, writePage } from './page.ts'
import type { Limit, Measure, Pace, Row } from './row.ts'
import { expressStack } from './rows/express-stack.ts'
import { flaskStack } from './rows/flask-stack.ts'
import { logLatency } from './rows/log-latency.ts'
import { manyBrokers } from './rows/many-brokers.ts'
import { redisSessions } from './rows/redis-sessions.ts'
import { sessionCost } from './rows/session-cost.ts'
import { tenantQuery } from './rows/tenant-query.ts'
import { tradesPage } from './rows/trades-page.ts'

/**
 * `pnpm bench [--row NAME …]` measures and writes bench/results/latest.json and docs/benchmarks.md; `--page` writes the
 * page alone. `pnpm bench --quick [--row NAME]` writes nothing: exit code 1 says that something became much slower.
 */
const rows: readonly Row[] = [
  tradesPage,
  expressStack,
  flaskStack('each its own'),
  flaskStack('Redis'),
  tenantQuery,
  manyBrokers,
  redisSessions,
  sessionCost,
  logLatency('up'),
  logLatency('down'),
  logLatency('hung'),
]
const limits: readonly Limit[] = [
  sessionMemory,
  streamLatency,
  streamMemory,
  firstLoad,
  lighthouseScore({ page: 'sign-in page', on: 'desktop' }),
  lighthouseScore({ page: 'dashboard', on: 'desktop' }),
  lighthouseScore({ page: 'sign-in page', on: 'phone' }),
  lighthouseScore({ page: 'dashboard', on: 'phone' }),
  productionStart,
  productionMemory,
  logLines,
  logLinesMemory,
  devReady,
  tickToScreen,
  tickToDevices,
  tickToIntent,
  tickToIntentTogether,
  engineLoad,
]
/** What the gate holds unless told otherwise: the way of every request, and its query. */
const gated: readonly Measure[] = [tradesPage, tenantQuery]

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    row: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
})
const pace: Pace = values.quick ? { rounds: 5, seconds: 0.5 } : { rounds: 9, seconds: 3 }

/** The plot of latency against load, which is no row: it has no mark. */
const loadName = 'load'

function named(name: string): readonly Measure[] {
  const all = [...rows, ...limits]
  const chosen = all.filter((measure) => measure.name === name)
  if (chosen.length > 0 || (name === loadName && !values.quick)) return chosen
  console.error(`There is no row ${name}; there are ${all.map((row) => row.name).join(', ')}, ${loadName}`)
  process.exit(2)
}

async function conditions(): Promise<Conditions> {
  const measured = new Date().toISOString().slice(0, 10)
  return { measured, pace, machine: describeMachine(), versions: await describeVersions() }
}

/** Measures, keeps what was found as soon as it was, and answers whether the mark was reached. */
async function record(bench: Bench, measure: Measure): Promise<boolean> {
  const finding = { name: measure.name, ...(await conditions()), ...(await bench.measure(measure)) }
  console.log(lineOf(measure, finding))
  await keepFinding(finding)
  return judge(measure, finding).isReached
}

/** Records all of them; one that fails, as where a peer is not installed, is told and does not keep the others. */
async function recordAll(bench: Bench, chosen: readonly Measure[]): Promise<boolean> {
  let areReached = true
  for (const measure of chosen) {
    const isReached = await record(bench, measure).catch((error: unknown) => {
      console.error(`${measure.name} could not be measured:`, error)
      return false
    })
    areReached &&= isReached
  }
  return areReached
}

if (!values.page) {
  const bench = new Bench(pace)
  const chosen = values.row?.flatMap(named)
  try {
    const isWell = values.quick
      ? await passesGate(bench, chosen ?? gated)
      : await recordAll(bench, chosen ?? [...rows, ...limits])
    if (!isWell) process.exitCode = 1
    if (!values.quick && (values.row === undefined || values.row.includes(loadName))) {
      await keepLoad({ ...(await conditions()), points: await bench.withDatabase(latencyAtLoad) })
    }
  } finally {
    await bench.close()
  }
}
if (!values.quick) await writePage({ rows, limits, results: await readResults() })
// What a row that failed has left running, as a server without its browser, ends with us.
process.exit()
