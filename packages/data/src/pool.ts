import { Socket } from 'node:net'
import pg from 'pg'
import { FastClient } from './tenant/fast-client.ts'

/** The role every query of the application runs as: it owns nothing and cannot bypass row security. */
export const applicationRole = 'stratdesk_app'

export interface PoolSettings {
  readonly url: string
  /** Connections that stay open though nobody uses them; none when absent. */
  readonly min?: number
  /** Connections at most; 10 when absent. */
  readonly max?: number
  /** The server ends a statement that runs longer; 10 s when absent. */
  readonly statementTimeoutMs?: number
  /** The server ends a statement that waits longer for a lock; when absent only for as long as a statement may run. */
  readonly lockTimeoutMs?: number
  /** How long to wait for a free or new connection before giving up; 1 s when absent. */
  readonly connectionTimeoutMs?: number
  readonly applicationName?: string
  /** Whether any index is preferred to reading a whole table; true when absent. See docs/decisions/0013. */
  readonly prefersIndexes?: boolean
  /** Told of connections lost while idle; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void
}

/**
 * How to connect as the application's role, in UTC. Start-up options of the URL itself are kept, but ours come last and
 * win: pg would let those of the URL replace them, and the role with them.
 */
export function asApplication(url: string): { readonly connectionString: string; readonly options: string } {
  const plain = new URL(url)
  const given = plain.searchParams.get('options') ?? ''
  plain.searchParams.delete('options')
  const options = `${given} -c role=${applicationRole} -c timezone=UTC -c datestyle=ISO`
  return { connectionString: plain.href, options: options.trim() }
}

/** A pool whose connections run as the application's role, in UTC, and never take the process down when they break. */
export function createPool(settings: PoolSettings): pg.Pool {
  const { onError = ignore, statementTimeoutMs = 10_000 } = settings
  const { connectionString, options } = asApplication(settings.url)
  const planning = settings.prefersIndexes === false ? '' : ' -c enable_seqscan=off -c jit=off'
  const pool = new pg.Pool({
    Client: FastClient,
    connectionString,
    options: `${options}${planning}`,
    min: settings.min ?? 0,
    max: settings.max ?? 10,
    connectionTimeoutMillis: settings.connectionTimeoutMs ?? 1000,
    statement_timeout: statementTimeoutMs,
    ...(settings.lockTimeoutMs === undefined ? {} : { lock_timeout: settings.lockTimeoutMs }),
    idle_in_transaction_session_timeout: 30_000,
    application_name: settings.applicationName ?? 'stratdesk',
  })
  pool.on('error', onError)
  // Without a listener of its own, a client that breaks while it is checked out ends the process.
  pool.on('connect', (client) => {
    client.on('error', onError)
    breakSilence(client, statementTimeoutMs + graceMs)
  })
  return pool
}

/** How much longer than a statement may run its answer may take to arrive. */
const graceMs = 2000

/**
 * Breaks a connection off whose statement got no word of an answer for so long: Postgres would have ended it by then,
 * so the machine is frozen or the network is gone, and nobody else would ever notice.
 */
function breakSilence(client: pg.PoolClient, silenceMs: number): void {
  const { stream } = client.connection
  // Over TLS too it is a socket, which pg's types leave open.
  if (!(stream instanceof Socket)) return
  stream.setTimeout(silenceMs)
  stream.on('timeout', () => {
    // pg's own flag, which its types do not name: false while a statement is under way.
    if (Reflect.get(client, 'readyForQuery') === true) return
    const error = new Error(`Postgres did not answer within ${silenceMs} ms`)
    stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
  })
}

function ignore(): void {}

/**
 * Refuses a pool whose role could look past row security: superuser, BYPASSRLS, or owner of a table.
 * Throws with a sentence that says what to change.
 */
export async function assertSafeRole(pool: pg.Pool): Promise<void> {
  const fault = await roleFault(pool)
  if (fault === undefined) return
  throw new Error(
    `Refusing to serve: the database role ${fault}, so row security would not hold. ` +
      `Connect as a member of ${applicationRole} and let migrations create that role.`,
  )
}

/** By what the role of a pool could look past row security, as `name is a superuser`; undefined when by nothing. */
export async function roleFault(pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<RoleFacts>(`
    select current_user as name, rolsuper as is_superuser, rolbypassrls as bypasses_rls,
      exists (
        select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relowner = pg_roles.oid and relkind in ('r', 'p') and nspname = 'public'
      ) as owns_tables
    from pg_roles where rolname = current_user
  `)
  const [role] = rows
  if (!role) throw new Error('The database does not know the role it is connected as')
  const fault = unsafeBecause(role)
  return fault && `${role.name} ${fault}`
}

interface RoleFacts {
  readonly name: string
  readonly is_superuser: boolean
  readonly bypasses_rls: boolean
  readonly owns_tables: boolean
}

function unsafeBecause(role: RoleFacts): string | undefined {
  if (role.is_superuser) return 'is a superuser'
  if (role.bypasses_rls) return 'may bypass row security'
  if (role.owns_tables) return 'owns tables'
  return undefined
}
