import { isDeepStrictEqual } from 'node:util'
import type { startRun } from '@stratdesk/contracts/runs'
import type { FieldProblem } from '@stratdesk/contracts/problem'
import type { Market } from '@stratdesk/data/market'
import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import { findStrategy } from '@stratdesk/strategies/catalogue'
import type { Strategy } from '@stratdesk/strategies/strategy'
import type { z } from 'zod'
import { recordAudit } from '../../audit/record-audit.ts'
import { invalidFields, ProblemError } from '../../http/problem.ts'
import { plainWords } from '../../http/plain-words.ts'
import { fieldProblems } from '../../http/read-part.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { sessionEnded } from '../../sign-in/ending-words.ts'
import { countActive } from './queries.ts'

type StartBody = z.output<typeof startRun.body>

/** A run that may be started: its parameters are complete and fit the instruments they name. */
interface WantedRun {
  readonly name: string
  readonly strategy: Strategy
  readonly params: Record<string, unknown>
  readonly mode: StartBody['mode']
}

/** Checks what was asked for by the strategy's own schema and the instrument list; throws `invalid-request` with paths. */
export async function checkRun(body: StartBody, market: Market): Promise<WantedRun> {
  const strategy = findStrategy(body.strategyId)
  if (!strategy) throw invalidFields([{ path: 'strategyId', message: 'There is no such strategy' }])
  const parsed = strategy.params.safeParse(body.params, { error: plainWords })
  if (!parsed.success) throw invalidFields(fieldProblems(parsed.error, 'params.'))
  const problems: FieldProblem[] = []
  const instruments = strategy.instruments(parsed.data)
  for (const instrument of instruments) {
    const found = await market.instrument(instrument)
    if (!found) {
      problems.push({
        path: pathOf(parsed.data, instrument, 'instrument'),
        message: 'There is no such instrument',
      })
    } else if (found.lot_size === 0) {
      problems.push({ path: pathOf(parsed.data, instrument, 'instrument'), message: 'Cannot be traded' })
    } else if (strategy.quantity(parsed.data) % found.lot_size !== 0) {
      const message = `Must be a multiple of the lot size, ${found.lot_size}`
      problems.push({ path: pathOf(parsed.data, strategy.quantity(parsed.data), 'quantity'), message })
    }
  }
  if (problems.length > 0) throw invalidFields(problems)
  const name = body.name ?? `${strategy.title} · ${instruments.map((id) => id.split(':')[1]).join(', ')}`
  return {
    name: name.slice(0, 80),
    strategy,
    params: Object.fromEntries(entriesOf(parsed.data)),
    mode: body.mode,
  }
}

/** The parameter that holds a value, so that the form can show the problem where it is. */
function pathOf(params: unknown, value: unknown, usual: string): string {
  const entries = entriesOf(params)
  const name =
    entries.find(([key, held]) => key === usual && held === value) ??
    entries.find(([, held]) => held === value)
  return `params.${name?.[0] ?? usual}`
}

function entriesOf(params: unknown): [string, unknown][] {
  return typeof params === 'object' && params !== null ? Object.entries(params) : []
}

/** Runs of one account that may be active at once: all of them share one actor, which decides on each price for each. */
export const activeRunsMax = 50

/**
 * Writes a run that is wanted to be running and answers its id. The same idempotency key with the same request answers
 * the run that is there; with another request it is a conflict, as is one run too many.
 */
export async function insertRun(
  scope: BrokerScope,
  device: DeviceSession,
  idempotencyKey: string,
  wanted: WantedRun,
): Promise<string> {
  const id = uuidv7()
  const { strategy } = wanted
  return await scope.transaction(async (tx) => {
    // Starts of one account come one by one, so that each counts the ones before it.
    const account = await tx.lockAccount()
    // It may have been disabled since the request was let in.
    if (account?.disabled_at) throw sessionEnded('account-disabled')
    const inserted = await tx
      .insert('runs', {
        id,
        idempotency_key: idempotencyKey,
        name: wanted.name,
        strategy_id: strategy.id,
        strategy_version: strategy.version,
        params: JSON.stringify(wanted.params),
        mode: wanted.mode,
        desired: 'running',
        started_by_device_id: device.deviceId,
        started_by_label: device.label,
      })
      .onConflict((conflict) => conflict.columns(['broker_id', 'idempotency_key']).doNothing())
      .returning(['status', 'desired', 'revision'])
      .executeTakeFirst()
    if (!inserted) return await earlierRun(tx, idempotencyKey, wanted)
    await refuseTooMany(tx)
    await recordAudit(tx, 'run-started', device, { runId: id, name: wanted.name, strategyId: strategy.id })
    await tx.emit('run', { runId: id, ...inserted })
    return id
  })
}

async function earlierRun(scope: BrokerScope, idempotencyKey: string, wanted: WantedRun): Promise<string> {
  const row = await scope
    .read('runs')
    .selectFrom('runs')
    .select(['id', 'name', 'strategy_id', 'params', 'mode'])
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst()
  const isSame =
    row !== undefined &&
    row.name === wanted.name &&
    row.strategy_id === wanted.strategy.id &&
    row.mode === wanted.mode &&
    // As JSON keeps them: -0 comes back as 0.
    isDeepStrictEqual(row.params, JSON.parse(JSON.stringify(wanted.params)))
  if (isSame) return row.id
  throw new ProblemError('conflict', 'This Idempotency-Key was used for another request; nothing was started')
}

/** Throws `conflict` when more runs are active than may be, the one just written among them. */
async function refuseTooMany(scope: BrokerScope): Promise<void> {
  if ((await countActive(scope)) <= activeRunsMax) return
  throw new ProblemError(
    'conflict',
    `${activeRunsMax} runs are active, which is as many as an account can have; stop one, then start this one`,
  )
}
