import { join } from 'node:path'
import { findEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { pendingMigrations } from '@stratdesk/data/migrate'
import { createPool, roleFault } from '@stratdesk/data/pool'
import { brokerTableCount, protectionFaults } from '@stratdesk/data/protection'
import { createServerTable } from '@stratdesk/data/servers'
import type { Pool } from 'pg'
import type { Config } from '../config.ts'
import { clockSpreadMaxMs, clockSpreadMs, findingsOf } from '../registry/findings.ts'
import { fault, judged, type Line, ok, tried } from './line.ts'

const restoreFix =
  'Connect as the owner and restore what migrations made, or bring a backup back; until then accounts are kept apart by one wall only'

/** Whether the database can be reached, keeps accounts apart by itself, and agrees with this machine and the others. */
export async function checkDatabase(config: Config): Promise<readonly Line[]> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(join(config.dataDir, 'postgres')))
  if (url === undefined) {
    const saw = `no DATABASE_URL, and the server's own Postgres under ${config.dataDir} is not running`
    return [fault('Database', saw, 'Start the server, or give its variables')]
  }
  const pool = createPool({ url, applicationName: 'stratdesk-verify', max: 2, connectionTimeoutMs: 5000 })
  try {
    const reached = await checkReached(pool)
    if (reached.result === 'fault') return [reached]
    return [reached, await checkRole(pool), await checkPolicies(pool), ...(await checkServers(pool))]
  } finally {
    await pool.end()
  }
}

function checkReached(pool: Pool): Promise<Line> {
  const fix =
    'Check DATABASE_URL and that Postgres runs; the server brings the schema up to date when it starts'
  return tried('Database', fix, async () => {
    const missing = await pendingMigrations(pool)
    return judged(
      'Database',
      missing.map((name) => `${name} is not applied`),
      'reached, up to date',
      fix,
    )
  })
}

function checkRole(pool: Pool): Promise<Line> {
  const fix =
    'As a superuser of Postgres: alter role stratdesk_app nosuperuser nobypassrls, and let the migrating role own the tables'
  return tried('Database role', fix, async () => {
    const wrong = await roleFault(pool)
    return judged('Database role', wrong === undefined ? [] : [wrong], 'cannot bypass row security', fix)
  })
}

function checkPolicies(pool: Pool): Promise<Line> {
  return tried('Row security', restoreFix, async () => {
    const right = `forced on all ${brokerTableCount} tables that hold accounts' rows`
    return judged('Row security', await protectionFaults(pool), right, restoreFix)
  })
}

async function checkServers(pool: Pool): Promise<readonly Line[]> {
  const table = createServerTable(pool)
  const clockFix = 'Let NTP set the time on all servers and on the database'
  const clock = await tried('Clock', clockFix, async () => {
    const offset = await table.clockOffsetMs(Date.now)
    const saw = `${Math.abs(offset)} ms ${offset < 0 ? 'behind' : 'ahead of'} the database's`
    return Math.abs(offset) > clockSpreadMaxMs ? fault('Clock', saw, clockFix) : ok('Clock', saw)
  })
  const fix = 'Do what each of these sentences says'
  const listed = await tried('Server list', fix, async () => {
    const servers = await table.living()
    if (servers.length === 0) {
      return fault('Server list', 'no server is up on this database', 'Start the server with these variables')
    }
    const names = servers.map(({ host, pid, role, version, commit }) => {
      return `${role} ${host}/${pid} ${[version, commit?.slice(0, 7)].filter(Boolean).join(' ')}`
    })
    const right = `${names.join(', ')}; clocks ${clockSpreadMs(servers)} ms apart`
    return judged(
      'Server list',
      findingsOf(servers).map(({ message }) => message),
      right,
      fix,
    )
  })
  return [clock, listed]
}
