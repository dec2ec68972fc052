import { hostname } from 'node:os'
import { createServerTable, type ServerFacts, type ServerTable } from '@stratdesk/data/servers'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import packageFile from '../../package.json' with { type: 'json' }
import { type Config, ConfigurationError } from '../config.ts'
import type { Closers } from '../run-process.ts'
import { type Finding, findingsOf, refusalOf } from './findings.ts'
import { fingerprintOf } from './fingerprint.ts'
import { isGone, processPlace } from './process-place.ts'

interface RegistryOptions {
  readonly pool: Pool
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly role: ServerFacts['role']
  readonly commit: string | null
  readonly secrets: readonly string[]
  readonly sessionStore: Config['sessionStore']
  readonly version?: string
  readonly renewEveryMs?: number
  readonly now?: () => number
}

const renewEveryMs = 10_000

/** This process among the other processes of the server, which all tell of themselves in Postgres. */
export class ServerRegistry {
  readonly #options: RegistryOptions
  readonly #table: ServerTable
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #self: ServerFacts
  #findings: readonly Finding[] = []
  #renewing: Promise<void> = Promise.resolve()
  #isAway = false

  /**
   * Registers this process and looks at the others once. Throws ConfigurationError when its session secret would sign
   * their users out.
   */
  static async join(options: RegistryOptions, closers?: Closers): Promise<ServerRegistry> {
    const table = createServerTable(options.pool)
    const now = options.now ?? Date.now
    const self = { ...factsOf(options), clockOffsetMs: await steadyOffset(table, now) }
    await table.join(self, (others) => {
      const refusal = refusalOf(
        self,
        others.filter((other) => !isGone(other, self)),
      )
      if (refusal !== undefined) throw new ConfigurationError(refusal)
    })
    const registry = new ServerRegistry(options, table, self)
    closers?.add(() => registry.close())
    registry.#look(await table.living())
    return registry
  }

  private constructor(options: RegistryOptions, table: ServerTable, self: ServerFacts) {
    this.#options = options
    this.#table = table
    this.#self = self
    this.#now = options.now ?? Date.now
    this.#timer = setInterval(() => void this.renew(), options.renewEveryMs ?? renewEveryMs).unref()
  }

  /** What does not fit together, as it was seen last. */
  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** Says that this process is up and looks at the others again. Never rejects. */
  renew(): Promise<void> {
    this.#renewing = this.#renewing.then(() => this.#renew())
    return this.#renewing
  }

  /** Takes this process off the list; should Postgres be away, the others find out by themselves. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing
    await this.#table.leave(this.#self.id).catch(() => {})
  }

  async #renew(): Promise<void> {
    try {
      const began = performance.now()
      const clockOffsetMs = await this.#table.clockOffsetMs(this.#now)
      // What took long tells nothing about a clock.
      if (performance.now() - began < 1000) this.#self = { ...this.#self, clockOffsetMs }
      await this.#table.renew(this.#self)
      this.#look(await this.#table.living())
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway) this.#options.log.warn({ err: error }, 'the list of servers cannot be renewed')
      this.#isAway = true
    }
  }

  /** Keeps what is found, and says what was not there before. */
  #look(listed: readonly ServerFacts[]): void {
    const servers = listed.filter((server) => !isGone(server, this.#self))
    const known = new Set(this.#findings.map(({ kind }) => kind))
    this.#findings = findingsOf(servers)
    const seen = servers.map(({ host, pid, role, version, commit, sessionStore, clockOffsetMs }) => {
      return { host, pid, role, version, commit, sessionStore, clockOffsetMs }
    })
    for (const { kind, message } of this.#findings) {
      if (!known.has(kind)) this.#options.log.warn({ kind, servers: seen }, message)
    }
  }
}

function factsOf(options: RegistryOptions): Omit<ServerFacts, 'clockOffsetMs'> {
  const { role, commit, secrets, sessionStore, version = packageFile.version } = options
  return {
    id: uuidv7(),
    host: hostname(),
    pid: process.pid,
    place: processPlace(),
    role,
    version,
    commit,
    secretFingerprints: secrets.map(fingerprintOf),
    sessionStore,
    startedAt: new Date(performance.timeOrigin),
  }
}

/** The smallest of three: what a busy moment adds is not the clock's. */
async function steadyOffset(table: ServerTable, now: () => number): Promise<number> {
  const offsets = [
    await table.clockOffsetMs(now),
    await table.clockOffsetMs(now),
    await table.clockOffsetMs(now),
  ]
  return offsets.reduce((least, each) => (Math.abs(each) < Math.abs(least) ? each : least))
}
