import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { createTestDatabase } from '@stratdesk/data/testing'
import type { Measure, Pace, RowContext } from './row.ts'

interface Values {
  readonly ours: readonly number[]
  readonly peer: readonly number[]
}

/** Measures one thing after the other; what needs a database gets one of its own on the Postgres of all. */
export class Bench {
  readonly #pace: Pace
  #folder: string | undefined
  #postgres: EmbeddedPostgres | undefined

  constructor(pace: Pace) {
    this.#pace = pace
  }

  /** The values of a row's rounds, or those of a limit. */
  async measure(measure: Measure): Promise<Values> {
    if (!('against' in measure)) return { ours: await measure.run(this.#pace), peer: [] }
    return this.withDatabase((context) => measure.run(context))
  }

  /** Gives `work` a migrated database, which is gone afterwards. */
  async withDatabase<T>(work: (context: RowContext) => Promise<T>): Promise<T> {
    await this.#start()
    const database = await createTestDatabase()
    try {
      return await work({ databaseUrl: database.url, ...this.#pace })
    } finally {
      await database.drop()
    }
  }

  async #start(): Promise<void> {
    if (this.#postgres !== undefined) return
    this.#folder = await mkdtemp(join(tmpdir(), 'stratdesk-bench-'))
    const settings = { shared_buffers: '256MB' }
    this.#postgres = await startEmbeddedPostgres({ dir: this.#folder, port: 0, settings })
    process.env['TEST_POSTGRES_URL'] = this.#postgres.url
  }

  async close(): Promise<void> {
    await this.#postgres?.stop()
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }
}
