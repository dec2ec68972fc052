import type { BrokerScope } from '@stratdesk/data/scope'
import type { LoggedEvent } from './event-stream.ts'

/** The newest sequence of the account, and the oldest one that is still kept (newest + 1 when none is). */
export async function eventBounds(scope: BrokerScope): Promise<{ latest: number; oldest: number }> {
  const row = await scope
    .read('broker_accounts', 'events')
    .selectFrom('broker_accounts')
    .select((eb) => [
      'event_seq as latest',
      eb
        .selectFrom('events')
        .select((of) => of.fn.min('seq').as('seq'))
        .as('oldest'),
    ])
    .executeTakeFirst()
  const latest = Number(row?.latest ?? 0)
  return { latest, oldest: row?.oldest == null ? latest + 1 : Number(row.oldest) }
}

/** The next events behind a sequence, oldest first. */
export async function eventsAfter(scope: BrokerScope, seq: number, limit: number): Promise<LoggedEvent[]> {
  const rows = await scope
    .read('events')
    .selectFrom('events')
    .select((eb) => ['seq', 'type', eb.cast<string>('payload', 'text').as('payload')])
    .where('seq', '>', String(seq))
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
}
