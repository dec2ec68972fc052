import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { createTestDatabase } from '@stratdesk/data/testing'
import { formatResult, writeReport, type RowResult } from './report.ts'
import { tenantQuery } from './rows/tenant-query.ts'
import { tradesPage } from './rows/trades-page.ts'

/** `pnpm bench [--row N] [--quick]`: measures and writes bench/results/latest.json and docs/benchmarks.md. */
const rows = [tradesPage, tenantQuery]

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { row: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const chosen = rows.filter((row) => values.row === undefined || row.number === Number(values.row))
if (chosen.length === 0) {
  console.error(`There is no row ${values.row}; rows: ${rows.map((row) => row.number).join(', ')}`)
  process.exit(2)
}
const pace = values.quick ? { rounds: 5, seconds: 0.5 } : { rounds: 9, seconds: 3 }

const folder = await mkdtemp(join(tmpdir(), 'stratdesk-bench-'))
const postgres = await startEmbeddedPostgres({ dir: folder, port: 0, settings: { shared_buffers: '256MB' } })
process.env['TEST_POSTGRES_URL'] = postgres.url
const results: RowResult[] = []
try {
  for (const row of chosen) {
    const database = await createTestDatabase()
    const measured = await row.run({ databaseUrl: database.url, ...pace })
    await database.drop()
    const result = { row, ...measured }
    results.push(result)
    console.log(formatResult(result))
  }
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
await writeReport(results, pace)
if (results.some((result) => result.ratio < result.row.reach)) process.exitCode = 1
