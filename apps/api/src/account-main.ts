import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { accountState } from '@stratdesk/data/accounts'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { findEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { pendingMigrations } from '@stratdesk/data/migrate'
import { createPool } from '@stratdesk/data/pool'
import { type BrokerScope, createScope } from '@stratdesk/data/scope'
import type { Pool } from 'pg'
import { pino } from 'pino'
import { disableAccount, enableAccount } from './account/disable-account.ts'
import { describeAccount } from './account/show-account.ts'
import { type Config, ConfigurationError, configurationExit, readConfig } from './config.ts'
import { Closers } from './run-process.ts'
import type { SessionStore } from './sign-in/session-store.ts'
import { openSessionStore } from './sign-in/stores/open-session-store.ts'
import { connectRedis } from './sign-in/stores/redis-client.ts'

/**
 * `pnpm account disable|enable|show <broker_id>`: the operator's word about one account. It reads the environment of the
 * server and speaks to its database; a running server hears of the change at once.
 */
const usage = 'Usage: pnpm account disable|enable|show <broker_id>, for example: pnpm account disable UK9394'

/** What goes wrong is said by the command itself. */
const log = pino({ level: 'silent' })

/** Something the operator has to change; its message says what. */
class Refused extends Error {
  override readonly name = 'Refused'
}

async function databaseUrl(config: Config): Promise<string> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(join(config.dataDir, 'postgres')))
  if (url !== undefined) return url
  throw new Refused(
    `There is no DATABASE_URL, and the server's own Postgres under ${config.dataDir} is not running. ` +
      'Start the server, or set DATABASE_URL or DATA_DIR as it has them, and run this again.',
  )
}

async function run(verb: string, scope: BrokerScope, sessions: SessionStore | undefined): Promise<string> {
  const account = await accountState(scope)
  if (!account) throw new Refused(`Nobody has signed in as ${scope.brokerId} here: there is no such account.`)
  switch (verb) {
    case 'disable': {
      const isDone = (await disableAccount(scope, new Date())) === 'done'
      // A running server does this as well; here it is done also when none runs.
      if (sessions) await patiently(() => endSessions(scope, sessions))
      if (!isDone) return `${scope.brokerId} was disabled already.`
      return `${scope.brokerId} is disabled: its devices are signed out and its active runs are asked to stop.`
    }
    case 'enable': {
      const isDone = (await enableAccount(scope)) === 'done'
      return isDone ? `${scope.brokerId} may sign in again.` : `${scope.brokerId} was not disabled.`
    }
    default:
      return await patiently(() => describeAccount(scope, account, sessions))
  }
}

async function endSessions({ brokerId }: BrokerScope, sessions: SessionStore): Promise<void> {
  const devices = await sessions.devices(brokerId)
  const ids = devices.map(({ deviceId }) => deviceId)
  if (ids.length > 0) await sessions.revoke(brokerId, ids, 'account-disabled')
}

/** Stores answer a request at once or not at all; an operator would rather wait. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; attempt < 10; attempt++) {
    try {
      return await work()
    } catch {
      await setTimeout(300)
    }
  }
  return await work()
}

/** The sessions that all processes share; undefined where each server keeps them in its memory. */
async function openSharedSessions(
  { sessionStore: kind, redisUrl, sessionIdleMs: idleMs }: Config,
  databaseUrl: string,
  closers: Closers,
): Promise<SessionStore | undefined> {
  if (kind === 'memory') return undefined
  const redis =
    kind === 'redis' && redisUrl ? await connectRedis({ url: redisUrl, log, patienceMs: 3000 }) : undefined
  if (redis) closers.add(() => redis.disconnect())
  const sessions = openSessionStore({ kind, databaseUrl, redis, idleMs, log })
  closers.add(() => sessions.close())
  return sessions
}

async function requireMigrated(pool: Pool): Promise<void> {
  if ((await pendingMigrations(pool)).length === 0) return
  throw new Refused(
    'The database is older than this program: start the server once, which brings it up to date.',
  )
}

async function main([verb = '', id = '', ...rest]: readonly string[]): Promise<string> {
  if (!['disable', 'enable', 'show'].includes(verb) || rest.length > 0) throw new Refused(usage)
  if (!/^[A-Z0-9]{2,16}$/.test(id)) throw new Refused(`"${id}" is not a broker id. ${usage}`)
  const config = readConfig(process.env)
  const closers = new Closers()
  try {
    const url = await databaseUrl(config)
    const pool = createPool({
      url,
      applicationName: 'stratdesk-account',
      max: 2,
      connectionTimeoutMs: 10_000,
    })
    closers.add(() => pool.end())
    await requireMigrated(pool)
    const sessions = await openSharedSessions(config, url, closers)
    return await run(verb, createScope(pool, mintBrokerId(id)), sessions)
  } finally {
    await closers.close(log)
  }
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`)
} catch (error) {
  const isExpected = error instanceof Refused || error instanceof ConfigurationError
  process.stderr.write(`${isExpected ? error.message : `It did not work: ${String(error)}`}\n`)
  process.exitCode = error instanceof ConfigurationError ? configurationExit : 1
}
