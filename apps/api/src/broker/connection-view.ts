import type { Connection, ConnectionStatus } from '@stratdesk/contracts/connection'
import type { BrokerScope } from '@stratdesk/data/scope'

/** A connection is said to be expiring in its last 30 minutes. */
const expiringMs = 30 * 60_000

interface ConnectionRow {
  readonly status: 'connected' | 'expired' | 'disconnected' | null
  readonly expiresAt: Date | null
  readonly renewedAt: Date | null
  readonly renewedBy: string | null
}

/** The account's name and its broker connection as they are at `now`. */
export async function readAccount(
  scope: BrokerScope,
  now: number,
  simulated: boolean,
): Promise<{ readonly name: string; readonly connection: Connection }> {
  const row = await scope
    .read('broker_accounts', 'broker_connections')
    .selectFrom('broker_accounts')
    .leftJoin('broker_connections', 'broker_connections.broker_id', 'broker_accounts.broker_id')
    .select([
      'name',
      'status',
      'expires_at as expiresAt',
      'renewed_at as renewedAt',
      'renewed_by_label as renewedBy',
    ])
    .executeTakeFirst()
  const connection = row ?? { status: null, expiresAt: null, renewedAt: null, renewedBy: null }
  return { name: row?.name ?? scope.brokerId, connection: connectionView(connection, now, simulated) }
}

/** A connection's status depends on the clock: its token dies at 06:00 IST whatever the row says. */
export function connectionView(row: ConnectionRow, now: number, simulated: boolean): Connection {
  return {
    status: statusAt(row, now),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    renewedAt: row.renewedAt?.toISOString() ?? null,
    renewedBy: row.renewedBy,
    simulated,
  }
}

function statusAt({ status, expiresAt }: ConnectionRow, now: number): ConnectionStatus {
  if (status === null || status === 'disconnected') return 'disconnected'
  if (status === 'expired' || expiresAt === null || expiresAt.getTime() <= now) return 'expired'
  return expiresAt.getTime() - now <= expiringMs ? 'expiring' : 'connected'
}
