import type { RunLog, RunStatus } from '@stratdesk/contracts/runs'
import {
  contains,
  countAll,
  lotGain,
  minus,
  olderThan,
  plus,
  sumOrUnknown,
} from '@stratdesk/data/expressions'
import { type Bound, prepared, type PreparedQuery } from '@stratdesk/data/prepared'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { PageRequest } from '../../http/paging.ts'

/** A run's row with its sums. */
export type RunRow =
  typeof latestRuns extends PreparedQuery<infer _Values, infer _Shape, infer Row> ? Row : never

interface RunsAsked extends PageRequest {
  readonly runId?: string | undefined
}

const statusGroups = {
  active: ['starting', 'running', 'stopping'],
  ended: ['stopped', 'failed', 'killed'],
} as const satisfies Record<string, readonly RunStatus[]>

const columns = [
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
  'runs.started_at as startedAt',
  'runs.stopped_at as stoppedAt',
  'runs.stop_reason as stopReason',
  'runs.revision',
  'runs.last_activity_at as lastActivityAt',
  'runs.trade_count as tradeCount',
  'runs.gross',
  'runs.charges',
  'open.asOf',
  'open.unrealised',
] as const

/**
 * Runs with the sums of their closed round trips, which their rows hold, and of their open lots at the last known price,
 * newest first: of one status, of a group of them, or all.
 */
export const latestRuns = prepared(
  (read, bound: Bound<RunsAsked>, { status }: { status?: RunStatus | 'active' | 'ended' | undefined }) => {
    let query = read('runs', 'open_lots', 'instruments')
      .selectFrom('runs')
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('open_lots as lot')
            .leftJoin('instruments', 'instruments.instrument_token', 'lot.instrument_token')
            .whereRef('lot.run_id', '=', 'runs.id')
            .select(({ eb: of }) => [
              of.fn.min<Date | null>('last_price_at').as('asOf'),
              sumOrUnknown(
                lotGain({
                  side: of.ref('side'),
                  remaining: of.ref('remaining'),
                  price: of.ref('price'),
                  lastPrice: of.ref('last_price'),
                }),
              ).as('unrealised'),
            ])
            .as('open'),
        (join) => join.onTrue(),
      )
      .select(columns)
      .select((eb) => {
        const realised = minus(eb.ref('runs.gross'), eb.ref('runs.charges'))
        return [realised.as('realised'), plus(realised, eb.ref('open.unrealised')).as('net')]
      })
    const { runId, time, id } = bound
    if (runId) query = query.where('runs.id', '=', runId)
    if (status === 'active' || status === 'ended') query = query.where('status', 'in', statusGroups[status])
    else if (status) query = query.where('status', '=', status)
    if (time && id)
      query = query.where((eb) => olderThan([eb.ref('runs.created_at'), eb.ref('runs.id')], { time, id }))
    return query.orderBy('runs.created_at', 'desc').orderBy('runs.id', 'desc').limit(bound.limit)
  },
)

/** One run, or undefined when the account has none of that id. */
export async function oneRun(scope: BrokerScope, runId: string): Promise<RunRow | undefined> {
  return (await scope.run(latestRuns, { limit: 1, runId }))[0]
}

/** Whether the account has a run of that id. */
export async function isRun(scope: BrokerScope, runId: string): Promise<boolean> {
  const row = await scope
    .read('runs')
    .selectFrom('runs')
    .select('id')
    .where('id', '=', runId)
    .executeTakeFirst()
  return row !== undefined
}

/** How many runs are not over. */
export async function countActive(scope: BrokerScope): Promise<number> {
  const active = scope.read('runs').selectFrom('runs').where('status', 'in', statusGroups.active)
  return (await active.select(countAll().as('count')).executeTakeFirst())?.count ?? 0
}

interface LogFilter {
  readonly level?: RunLog['level'] | undefined
  readonly search?: string | undefined
  /** Only lines written before this one. */
  readonly before?: string | undefined
}

/** What a run logged, newest first. */
export async function latestLogs(scope: BrokerScope, runId: string, filter: LogFilter, limit: number) {
  const { level, search, before } = filter
  let query = scope
    .read('run_logs')
    .selectFrom('run_logs')
    .select(['id', 'time', 'market_time as marketTime', 'level', 'message'])
    .where('run_id', '=', runId)
  if (level) query = query.where('level', '=', level)
  if (search) query = query.where((eb) => contains(eb.ref('message'), search))
  if (before) query = query.where('id', '<', before)
  return await query.orderBy('id', 'desc').limit(limit).execute()
}

/** The newest change to a run that a device made: which, when and from where. */
export async function lastChange(scope: BrokerScope, runId: string) {
  return await scope
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'device_label as label', 'time'])
    .where('run_id', '=', runId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
