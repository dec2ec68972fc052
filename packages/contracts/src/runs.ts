import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Id, IdParams, Instant, Mode, page, pageFields, Pnl } from './values.ts'

export const RunStatus = z.enum(['starting', 'running', 'stopping', 'stopped', 'failed', 'killed'])
export type RunStatus = z.infer<typeof RunStatus>

/** What was wanted of a run last. */
export const RunDesired = z.enum(['running', 'stopped'])

/** One execution of a strategy with frozen parameters, visible from every device of the account. */
export const Run = z.object({
  id: Id,
  name: z.string(),
  strategyId: z.string(),
  strategyVersion: z.string(),
  params: z.record(z.string(), z.unknown()),
  mode: Mode,
  status: RunStatus,
  desired: RunDesired,
  startedBy: z.object({ deviceId: Id, label: z.string() }),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  stoppedAt: Instant.nullable(),
  stopReason: z.string().nullable(),
  revision: z.int(),
  tradeCount: z.int(),
  pnl: Pnl,
  lastActivityAt: Instant.nullable(),
})
export type Run = z.infer<typeof Run>

export const startRun = endpoint({
  name: 'startRun',
  room: 'runs',
  method: 'POST',
  path: '/api/runs',
  summary: 'Starts a strategy; the same Idempotency-Key never starts it twice',
  headers: z.object({ 'idempotency-key': z.string().min(8).max(64) }),
  body: z.strictObject({
    strategyId: z.string().min(1).max(64),
    name: z.string().trim().min(1).max(80).optional(),
    params: z.record(z.string().max(64), z.unknown()),
    mode: Mode,
  }),
  replies: { 201: Run },
})

export const listRuns = endpoint({
  name: 'listRuns',
  room: 'runs',
  method: 'GET',
  path: '/api/runs',
  summary: "The account's runs, newest first, whichever device started them",
  query: z.strictObject({
    status: z.enum(['active', 'ended', ...RunStatus.options]).optional(),
    ...pageFields,
  }),
  replies: { 200: page(Run) },
})

export const getRun = endpoint({
  name: 'getRun',
  room: 'runs',
  method: 'GET',
  path: '/api/runs/:id',
  summary: 'One run',
  params: IdParams,
  replies: { 200: Run },
})

export const stopRun = endpoint({
  name: 'stopRun',
  room: 'runs',
  method: 'POST',
  path: '/api/runs/:id/stop',
  summary: 'Stops a run, closing its positions when `flatten` is true',
  params: IdParams,
  headers: z.object({ 'if-match': z.string().regex(/^"?\d{1,9}"?$/, 'Must be the revision of the run') }),
  body: z.strictObject({ flatten: z.boolean() }),
  replies: { 202: Run },
})

export const LogLevel = z.enum(['debug', 'info', 'warn', 'error'])

/** What a run did and why, or why it did not trade. `marketTime` is the exchange's time of the data it acted on. */
export const RunLog = z.object({
  id: z.string(),
  time: Instant,
  marketTime: Instant.nullable(),
  level: LogLevel,
  message: z.string(),
})
export type RunLog = z.infer<typeof RunLog>

export const listRunLogs = endpoint({
  name: 'listRunLogs',
  room: 'runs',
  method: 'GET',
  path: '/api/runs/:id/logs',
  summary: 'What the run did and why it did not trade, newest first',
  params: IdParams,
  query: z.strictObject({ level: LogLevel.optional(), search: z.string().max(80).optional(), ...pageFields }),
  replies: { 200: page(RunLog) },
})
