import pg from 'pg'
import { vi } from 'vitest'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { TestBrowser } from '../testing/browser.ts'
import { openTestPlace, startTestServer, type TestPlace, type TestServer } from '../testing/server.ts'

/** The servers' clock stands still, so that periods and the ends of tokens are the same everywhere. */
const clock = '2026-03-04T06:00:00Z'
const now = () => Date.parse(clock)
const simulator = { seed: 'differential', start: clock, speed: 0 }

/** A server that can be restarted, on a database and a simulated broker of its own. */
export class World {
  readonly #place: TestPlace
  readonly #owner: pg.Client
  /** They outlive a restart, as they do where they are kept in Redis or Postgres. */
  readonly #sessions: MemorySessionStore
  #server: TestServer
  #isRunning = true

  private constructor(place: TestPlace, owner: pg.Client, sessions: MemorySessionStore, server: TestServer) {
    this.#place = place
    this.#owner = owner
    this.#sessions = sessions
    this.#server = server
  }

  /** Opens one that knows the whole instrument list and no account. */
  static async open(): Promise<World> {
    const place = await openTestPlace(simulator)
    const owner = new pg.Client(place.database.url)
    await owner.connect()
    const sessions = new MemorySessionStore({ now })
    const world = new World(place, owner, sessions, await start(place, sessions))
    // Whoever signs in first brings the instrument list along.
    await world.server.signIn('UK9999')
    const lists = () => owner.query('select from instrument_list')
    await vi.waitFor(async () => expectOne((await lists()).rowCount), { timeout: 30_000 })
    await world.clear()
    return world
  }

  get server(): TestServer {
    return this.#server
  }

  /** A browser at the server as it is now; `before` gives it the cookies it had at the server before a restart. */
  browser(userAgent: string, before?: TestBrowser): TestBrowser {
    const browser = new TestBrowser(this.#server, userAgent)
    for (const [name, value] of before?.cookies ?? []) browser.cookies.set(name, value)
    return browser
  }

  /** Ends the server and starts it anew on the same database. */
  async restart(): Promise<void> {
    await this.#stop()
    this.#server = await start(this.#place, this.#sessions)
    this.#isRunning = true
  }

  /** Takes every account's rows out of the database. */
  async clear(): Promise<void> {
    const { rows } = await this.#owner.query<{ name: string }>(
      "select oid::regclass::text as name from pg_class where relrowsecurity and relkind in ('r', 'p')",
    )
    const deletes = ['account_ids', ...rows.map(({ name }) => name)].map((name) => `delete from ${name}`)
    await this.#owner.query(
      `begin; set local session_replication_role = replica; ${deletes.join('; ')}; commit`,
    )
  }

  /** The number of the account's last event; 0 before the first. */
  async lastEvent(brokerId: string): Promise<number> {
    const { rows } = await this.#owner.query<{ seq: string }>(
      'select event_seq as seq from broker_accounts where broker_id = $1',
      [brokerId],
    )
    return Number(rows[0]?.seq ?? 0)
  }

  /** Has the account be one in which much has happened: its next event has a number beyond those of young accounts. */
  async growOld(brokerId: string): Promise<void> {
    await this.#owner.query('update broker_accounts set event_seq = event_seq + 1000 where broker_id = $1', [
      brokerId,
    ])
  }

  async close(): Promise<void> {
    await this.#stop()
    await this.#owner.end()
    await this.#place.close()
  }

  async #stop(): Promise<void> {
    if (!this.#isRunning) return
    this.#isRunning = false
    await this.#server.close()
  }
}

/** A machine that is busy elsewhere is no difference between two servers, so nothing here gives up soon. */
function start(place: TestPlace, sessions: MemorySessionStore): Promise<TestServer> {
  return startTestServer({ place, sessions, now, connectionTimeoutMs: 30_000, isHurried: true })
}

function expectOne(count: number | null): void {
  if (count !== 1) throw new Error('The instrument list has not been read yet')
}
