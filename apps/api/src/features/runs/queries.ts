import type { RunStatus } from '@stratdesk/contracts/runs'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { PageRequest } from '../../http/paging.ts'

/** A run's row with the sums of its closed round trips and of its open lots at the last known price. */
export type RunRow = Awaited<ReturnType<typeof runRows>>[number]

const activeStatuses = ['starting', 'running', 'stopping'] as const
const endedStatuses = ['stopped', 'failed', 'killed'] as const

/** Runs of one status, of a group of them (`active`, `ended`) or all, newest first. */
export async function runRows(
  scope: BrokerScope,
  filter: { readonly status?: RunStatus | 'active' | 'ended' | undefined; readonly id?: string },
  page: PageRequest,
) {
  const { status, id } = filter
  const { after } = page
  return await withSums(scope)
    .$if(status !== undefined, (query) => query.where('runs.status', 'in', statusesOf(status)))
    .$if(id !== undefined, (query) => query.where('runs.id', '=', id ?? ''))
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(eb.refTuple('runs.created_at', 'runs.id'), '<', eb.tuple(after?.at ?? '', after?.id ?? '')),
      ),
    )
    .orderBy('runs.created_at', 'desc')
    .orderBy('runs.id', 'desc')
    .limit(page.limit)
    .execute()
}

/** One run, or undefined when the account has none of that id. */
export async function runRow(scope: BrokerScope, id: string): Promise<RunRow | undefined> {
  return (await runRows(scope, { id }, { limit: 1, after: undefined }))[0]
}

function statusesOf(status: RunStatus | 'active' | 'ended' | undefined): readonly RunStatus[] {
  if (status === 'active') return activeStatuses
  if (status === 'ended') return endedStatuses
  return status === undefined ? [] : [status]
}

function withSums(scope: BrokerScope) {
  return scope
    .read('runs', 'trades', 'open_lots', 'instruments')
    .selectFrom('runs')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('trades')
          .whereRef('trades.run_id', '=', 'runs.id')
          .select(({ fn }) => [
            fn.countAll<string>().as('count'),
            fn.sum<string>('gross').as('gross'),
            fn.sum<string>('charges').as('charges'),
            fn.sum<string>('net').as('net'),
          ])
          .as('closed'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('open_lots')
          .leftJoin('instruments', 'instruments.instrument_token', 'open_lots.instrument_token')
          .whereRef('open_lots.run_id', '=', 'runs.id')
          .select(({ eb: of, fn, ref }) => [
            fn.countAll<string>().as('lots'),
            fn.count<string>('last_price').as('priced'),
            fn.min<Date | null>('last_price_at').as('pricedAt'),
            fn
              .sum<string>(
                of(
                  of(ref('last_price'), '-', ref('price')),
                  '*',
                  of.case().when('side', '=', 'long').then(ref('remaining')).else(of.neg(ref('remaining'))).end(),
                ),
              )
              .as('unrealised'),
          ])
          .as('open'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      'runs.id',
      'runs.name',
      'runs.strategy_id as strategyId',
      'runs.strategy_version as strategyVersion',
      'runs.params',
      'runs.mode',
      'runs.status',
      'runs.desired',
      'runs.started_by_device_id as deviceId',
      'runs.started_by_label as deviceLabel',
      'runs.created_at as createdAt',
      eb.cast<string>('runs.created_at', 'text').as('place'),
      'runs.started_at as startedAt',
      'runs.stopped_at as stoppedAt',
      'runs.stop_reason as stopReason',
      'runs.revision',
      'runs.last_activity_at as lastActivityAt',
      'closed.count',
      'closed.gross',
      'closed.charges',
      'closed.net as realised',
      'open.lots',
      'open.priced',
      'open.pricedAt',
      'open.unrealised',
      eb(eb.fn.coalesce('closed.net', eb.lit(0)), '+', eb.ref('open.unrealised')).as('net'),
    ])
}

/** The newest audit row that names a run: which device changed it last, how and when. */
export async function lastChange(scope: BrokerScope, runId: string) {
  return await scope
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'device_label as label', 'time'])
    .where((eb) => eb(eb.ref('detail', '->>').key('runId'), '=', runId))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** What a run logged, newest first. */
export async function logRows(
  scope: BrokerScope,
  runId: string,
  filter: { readonly level?: string | undefined; readonly search?: string | undefined },
  page: PageRequest,
) {
  const { level, search } = filter
  const { after } = page
  return await scope
    .read('run_logs')
    .selectFrom('run_logs')
    .select(['id', 'time', 'market_time as marketTime', 'level', 'message'])
    .where('run_id', '=', runId)
    .$if(level !== undefined, (query) => query.where((eb) => eb(eb.ref('level'), '=', eb.val(level))))
    .$if(Boolean(search), (query) => query.where('message', 'ilike', `%${escapeLike(search ?? '')}%`))
    .$if(after !== undefined, (query) => query.where('id', '<', after?.id ?? '0'))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute()
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}
