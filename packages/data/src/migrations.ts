import type { Migration } from 'kysely/migration'
import { up as spine } from './migrations/0001-spine.ts'
import { up as sessions } from './migrations/0002-sessions.ts'
import { up as signIn } from './migrations/0003-sign-in.ts'
import { up as accounts } from './migrations/0004-accounts.ts'
import { up as servers } from './migrations/0005-servers.ts'
import { up as runStatistics } from './migrations/0006-run-statistics.ts'
import { up as holdAccount } from './migrations/0007-hold-account.ts'
import { up as processPlaces } from './migrations/0008-process-places.ts'
import { up as auditRetention } from './migrations/0009-audit-retention.ts'
import { up as logEvents } from './migrations/0010-log-events.ts'

/** Every migration in order; their names are recorded in the database, so they never change. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-spine': { up: spine },
  '0002-sessions': { up: sessions },
  '0003-sign-in': { up: signIn },
  '0004-accounts': { up: accounts },
  '0005-servers': { up: servers },
  '0006-run-statistics': { up: runStatistics },
  '0007-hold-account': { up: holdAccount },
  '0008-process-places': { up: processPlaces },
  '0009-audit-retention': { up: auditRetention },
  '0010-log-events': { up: logEvents },
}
