import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { createTestDatabase } from '@stratdesk/data/testing'
import { devReady } from './limits/dev-ready.ts'
import { firstLoad } from './limits/first-load.ts'
import { logLines } from './limits/log-lines.ts'
import { productionMemory, productionStart } from './limits/production-start.ts'
import { sessionMemory } from './limits/session-memory.ts'
import { streamLatency, streamMemory } from './limits/streams.ts'
import { tickToScreen } from './limits/tick-to-screen.ts'
import { type Finding, lineOf, ofLimit, ofRow, writeReport } from './report.ts'
import type { Limit, Pace, Row } from './row.ts'
import { expressStack } from './rows/express-stack.ts'
import { flaskStack } from './rows/flask-stack.ts'
import { manyBrokers } from './rows/many-brokers.ts'
import { redisSessions } from './rows/redis-sessions.ts'
import { sessionCost } from './rows/session-cost.ts'
import { tenantQuery } from './rows/tenant-query.ts'
import { tradesPage } from './rows/trades-page.ts'

/** `pnpm bench [--row NAME] [--quick]`: measures and writes bench/results/latest.json and docs/benchmarks.md. */
const rows: readonly Row[] = [
  tradesPage,
  expressStack,
  flaskStack('each its own'),
  flaskStack('Redis'),
  tenantQuery,
  manyBrokers,
  redisSessions,
  sessionCost,
]
const limits: readonly Limit[] = [
  sessionMemory,
  streamLatency,
  streamMemory,
  firstLoad,
  productionStart,
  productionMemory,
  logLines,
  devReady,
  tickToScreen,
]

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { row: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const isChosen = ({ name, isLong }: Row | Limit) =>
  values.row === undefined ? !(isLong && values.quick) : values.row === name
const chosenRows = rows.filter(isChosen)
const chosenLimits = limits.filter(isChosen)
if (chosenRows.length + chosenLimits.length === 0) {
  const names = [...rows.map((row) => row.name), ...limits.map((limit) => limit.name)].join(', ')
  console.error(`There is no row ${values.row}; there are ${names}`)
  process.exit(2)
}
const pace: Pace = values.quick ? { rounds: 5, seconds: 0.5 } : { rounds: 9, seconds: 3 }

async function compare(chosen: readonly Row[]): Promise<readonly Finding[]> {
  if (chosen.length === 0) return []
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-bench-'))
  const postgres = await startEmbeddedPostgres({
    dir: folder,
    port: 0,
    settings: { shared_buffers: '256MB' },
  })
  process.env['TEST_POSTGRES_URL'] = postgres.url
  const found: Finding[] = []
  try {
    for (const row of chosen) {
      const database = await createTestDatabase()
      found.push(tell(ofRow(row, await row.run({ databaseUrl: database.url, ...pace }), pace)))
      await database.drop()
    }
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return found
}

function tell(finding: Finding): Finding {
  console.log(lineOf(finding))
  return finding
}

const findings = [...(await compare(chosenRows))]
for (const limit of chosenLimits) findings.push(tell(ofLimit(limit, await limit.run(pace))))
await writeReport(findings)
if (findings.some((finding) => !finding.isReached)) process.exitCode = 1
