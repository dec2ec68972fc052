import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import { vi } from 'vitest'
import { readCheckpoint } from '../runs/checkpoint.ts'

/** Asks for a run, as the API does. */
export async function addRun(
  scope: BrokerScope,
  params: Record<string, unknown> = {},
  strategyId = 'ema-crossover',
): Promise<string> {
  const id = uuidv7()
  await scope
    .insert('runs', {
      id,
      idempotency_key: id,
      name: `Test of ${strategyId}`,
      strategy_id: strategyId,
      strategy_version: '1.0.0',
      params: JSON.stringify(params),
      mode: 'paper',
      desired: 'running',
      started_by_device_id: uuidv7(),
      started_by_label: 'Firefox on Linux',
    })
    .execute()
  return id
}

/** Asks for a run to stop, as the API does. */
export async function askToStop(scope: BrokerScope, id: string, flatten: boolean): Promise<void> {
  await scope
    .update('runs')
    .set((row) => ({
      desired: 'stopped',
      flatten,
      stop_reason: 'Stopped from Firefox on Linux',
      revision: row('revision', '+', 1),
    }))
    .where('id', '=', id)
    .execute()
}

/** The run's row. */
export async function readRun(scope: BrokerScope, id: string) {
  return await scope
    .read('runs')
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

/** Waits until a run has processed the prices of that instant of the exchange. */
export async function untilSeen(scope: BrokerScope, id: string, timeMs: number, timeoutMs = 15_000) {
  await vi.waitUntil(
    async () => {
      const { checkpoint } = await readRun(scope, id)
      return checkpoint !== null && readCheckpoint(checkpoint).seen.some(([, seen]) => seen.timeMs >= timeMs)
    },
    { timeout: timeoutMs, interval: 10 },
  )
}

/** Waits until a run has a status. */
export async function untilStatus(scope: BrokerScope, id: string, status: string) {
  await vi.waitUntil(async () => (await readRun(scope, id)).status === status, {
    timeout: 10_000,
    interval: 20,
  })
}

/** A run's fills in the order they happened: what two executions are compared by. */
export async function fillsOf(scope: BrokerScope, id: string) {
  const rows = await scope
    .read('fills')
    .selectFrom('fills')
    .select(['market_time', 'side', 'quantity', 'price', 'charges'])
    .where('run_id', '=', id)
    .orderBy('market_time')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, market_time: row.market_time.toISOString() }))
}

/** The messages of a run's log, oldest first. */
export async function logOf(scope: BrokerScope, id: string): Promise<string[]> {
  const rows = await scope
    .read('run_logs')
    .selectFrom('run_logs')
    .select('message')
    .where('run_id', '=', id)
    .orderBy('id')
    .execute()
  return rows.map(({ message }) => message)
}
