import type { BrokerScope } from '@stratdesk/data/scope'

const linesKept = 5_000
const linesBetween = 500

/** Keeps each run's log bounded: its newest 5,000 lines, and at most 500 more until the next look. */
export class LogPruner {
  readonly #scope: BrokerScope
  readonly #written = new Map<string, number>()

  constructor(scope: BrokerScope) {
    this.#scope = scope
  }

  /** Counts lines that were written. The first look at a run is after 500 lines, also after a restart. */
  async count(lines: readonly { readonly runId: string }[]): Promise<void> {
    for (const { runId } of lines) {
      const written = (this.#written.get(runId) ?? 0) + 1
      this.#written.set(runId, written)
      if (written < linesBetween) continue
      this.#written.set(runId, 0)
      await pruneLog(this.#scope, runId, linesKept)
    }
  }

  forget(runId: string): void {
    this.#written.delete(runId)
  }
}

/** Deletes all but the newest lines of a run's log. */
export async function pruneLog(scope: BrokerScope, runId: string, kept: number): Promise<void> {
  const newestSurplus = await scope
    .read('run_logs')
    .selectFrom('run_logs')
    .select('id')
    .where('run_id', '=', runId)
    .orderBy('id', 'desc')
    .offset(kept)
    .limit(1)
    .executeTakeFirst()
  if (!newestSurplus) return
  await scope.delete('run_logs').where('run_id', '=', runId).where('id', '<=', newestSurplus.id).execute()
}
