import type { BrokerScope, RowOf } from '@stratdesk/data/scope'
import type { Strategy } from '@stratdesk/strategies/strategy'
import Big from 'big.js'
import type { Lot } from '../ledger/match-fill.ts'
import type { ActiveRun, Totals } from './active-run.ts'
import { readCheckpoint } from './checkpoint.ts'

/** The columns of a run that its actor works with. */
export type RunRow = Pick<RowOf<'runs'>, (typeof columns)[number]>

const columns = [
  'id',
  'strategy_id',
  'params',
  'desired',
  'flatten',
  'status',
  'checkpoint',
  'gross',
  'charges',
] as const

const activeStatuses = ['starting', 'running', 'stopping'] as const

/** The account's runs that are not over, oldest first. */
export async function readActiveRuns(scope: BrokerScope): Promise<RunRow[]> {
  return await scope
    .read('runs')
    .selectFrom('runs')
    .select(columns)
    .where('status', 'in', activeStatuses)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** What the loader looks things up in. */
export interface RunSources {
  readonly findStrategy: (id: string) => Strategy | undefined
  /** The token of an `EXCHANGE:SYMBOL`; undefined for one that is not in the instrument list. */
  readonly tokenOf: (instrument: string) => Promise<number | undefined>
}

/** Builds a run from its row, its checkpoint and its ledger. Throws an Error in plain words when it cannot be run. */
export async function loadRun(scope: BrokerScope, row: RunRow, sources: RunSources): Promise<ActiveRun> {
  const strategy = sources.findStrategy(row.strategy_id)
  if (!strategy) throw new UnrunnableError(`There is no strategy ${row.strategy_id}`)
  const params = strategy.params.safeParse(row.params)
  if (!params.success) throw new UnrunnableError('Its parameters do not fit this version of the strategy')
  const instruments = await tokensOf(
    starting(() => strategy.instruments(params.data)),
    sources,
  )
  const run: ActiveRun = {
    id: row.id,
    strategyId: row.strategy_id,
    instruments,
    strategy: starting(() => strategy.create(params.data)),
    lots: await readLots(scope, row.id),
    totals: totalsOf(row),
    seen: new Map(),
    nextSeq: 1,
    phase: 'running',
    loadedAtMs: Date.now(),
    mayHaveGap: new Set(instruments.keys()),
    waitingFor: null,
  }
  if (row.checkpoint !== null) resume(run, row.checkpoint)
  return run
}

/** What is needed to close a run's positions without its strategy; undefined when it holds nothing. */
export async function loadHeld(scope: BrokerScope, row: RunRow): Promise<ActiveRun | undefined> {
  const lots = await readLots(scope, row.id)
  if (lots.length === 0) return undefined
  const instruments = new Map(lots.map((lot) => [lot.instrumentToken, lot.instrument]))
  const last = await scope
    .read('order_intents')
    .selectFrom('order_intents')
    .select('run_seq')
    .where('run_id', '=', row.id)
    .orderBy('run_seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    id: row.id,
    strategyId: row.strategy_id,
    instruments,
    strategy: { snapshot: () => null, restore: () => {} },
    lots,
    totals: totalsOf(row),
    seen: new Map(),
    nextSeq: (last?.run_seq ?? 0) + 1,
    phase: 'flatten',
    loadedAtMs: Date.now(),
    mayHaveGap: new Set(),
    waitingFor: null,
  }
}

/** A run that cannot be started or resumed, and never will be: it has failed. */
export class UnrunnableError extends Error {
  override readonly name = 'UnrunnableError'
}

function starting<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (cause) {
    throw new UnrunnableError(`The strategy failed to start: ${textOf(cause)}`, { cause })
  }
}

function resume(run: ActiveRun, json: unknown): void {
  try {
    const checkpoint = readCheckpoint(json)
    for (const [token, seen] of checkpoint.seen) run.seen.set(token, seen)
    run.nextSeq = checkpoint.nextSeq
    run.strategy.restore(checkpoint.snapshot)
  } catch (cause) {
    throw new UnrunnableError(`It could not be resumed: ${textOf(cause)}`, { cause })
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

async function tokensOf(names: readonly string[], { tokenOf }: RunSources): Promise<Map<number, string>> {
  const tokens = new Map<number, string>()
  for (const name of names) {
    const token = await tokenOf(name)
    if (token === undefined) throw new UnrunnableError(`The broker's instrument list has no ${name}`)
    tokens.set(token, name)
  }
  return tokens
}

/** What a run holds, in the order it was opened. */
export async function readLots(scope: BrokerScope, runId: string): Promise<Lot[]> {
  const rows = await scope
    .read('open_lots')
    .selectFrom('open_lots')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('opened_at')
    .orderBy('fill_id')
    .execute()
  return rows.map((row) => ({
    fillId: row.fill_id,
    instrumentToken: row.instrument_token,
    instrument: row.instrument,
    side: row.side,
    remaining: row.remaining,
    price: row.price,
    charges: row.charges,
    reason: row.reason,
    openedAt: row.opened_at,
  }))
}

function totalsOf({ gross, charges }: RunRow): Totals {
  return { gross, charges, net: new Big(gross).minus(charges).toFixed() }
}
