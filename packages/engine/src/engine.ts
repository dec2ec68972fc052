import { accountsWithActiveRuns } from '@stratdesk/data/account-search'
import { createListener, type Listener } from '@stratdesk/data/listen'
import type { Vault } from '@stratdesk/data/vault'
import type { Strategy } from '@stratdesk/strategies/strategy'
import type pg from 'pg'
import { Actors } from './actor/actors.ts'
import { Asking } from './lease/asking.ts'
import { Leases } from './lease/leases.ts'
import { openQueue, readLeaseSeconds } from './lease/queue.ts'
import type { EngineLog } from './log.ts'
import type { PaperSettings } from './paper/paper-gateway.ts'
import { requestActor } from './requests.ts'

export interface EngineOptions {
  /** The database, for the job queue and notifications. */
  readonly url: string
  /** The same database, as the application's role. */
  readonly pool: pg.Pool
  readonly vault: Vault
  readonly log: EngineLog
  readonly kiteApiUrl: string
  readonly kiteTickerUrl: string
  /** Accounts this process serves at most; 500 when absent. */
  readonly accountsMax?: number
  /** How long the checkpoint of a price that decides nothing may wait to be written with others; 500 ms when absent. */
  readonly checkpointMs?: number
  /** How long an account at most waits for others that write checkpoints; 500 when absent. */
  readonly checkpointTurnMs?: number
  /** How long an account without active runs keeps its actor; 10 s when absent. */
  readonly idleMs?: number
  /** How paper orders are filled; at the quote, without slippage, when absent. */
  readonly paper?: PaperSettings
  /** Where strategies are found; the catalogue when absent. */
  readonly findStrategy?: (id: string) => Strategy | undefined
  /** Told of every intent that a new price led to, once it is committed: milliseconds since the price came. */
  readonly onIntent?: (ms: number) => void
}

/** Runs account actors in this process. */
export interface Engine {
  /** Resolves when it is ready to take accounts; rejects when the database or the queue's schema is not there. */
  start(): Promise<void>
  /** Commits what has arrived, hands all accounts back at once, and resolves when nothing is left running. */
  stop(): Promise<void>
  /** The accounts that are acted for in this process, and their runs. */
  counts(): { readonly actors: number; readonly runs: number }
}

/**
 * An engine. Any number of them, in one process or many, share the accounts among themselves: each account has one
 * actor at a time, in whichever process holds its job.
 */
export function createEngine(options: EngineOptions): Engine {
  const { url, log, accountsMax = 500 } = options
  const warn = (message: string) => (error: unknown) => log.warn({ err: error }, message)
  const boss = openQueue({ url, supervise: true, max: 2, onError: warn('The job queue has a problem') })
  const actors = new Actors(options)
  const leases: Leases = new Leases({
    boss,
    log,
    accountsMax,
    act: (lease) => actors.act(lease),
    async onReleased(brokerId, outcome) {
      if (outcome === 'handover') return await actors.announce(brokerId)
      // A run may have come between the actor's last look and the end of its job: look once more.
      if (await actors.isWanted(brokerId)) asking.request(brokerId)
    },
  })

  async function makeSure(brokerId: string): Promise<void> {
    if (leases.holds(brokerId)) return
    await requestActor(boss, brokerId)
    leases.wake()
  }

  function onWanted(payload: string): void {
    const [brokerId = ''] = payload.split(' ', 1)
    actors.reconcile(brokerId)
    asking.request(brokerId)
  }

  const asking = new Asking({
    ask: makeSure,
    find: () => accountsWithActiveRuns(options.pool),
    onError: (error, message) => log.warn({ err: error }, message),
  })

  let listener: Listener | undefined
  return {
    counts: () => actors.counts,
    async start() {
      await boss.start()
      const leaseSeconds = await readLeaseSeconds(boss)
      listener = createListener({ url, log: (message, error) => log.warn({ err: error }, message) })
      listener.onReconnect(() => {
        actors.reconcileAll()
        leases.wake()
        void asking.search()
      })
      await listener.listen('account_wanted', onWanted)
      leases.start(leaseSeconds)
      asking.start()
    },
    async stop() {
      await listener?.close()
      await asking.stop()
      await leases.stop()
      await actors.close()
      await boss.stop({ graceful: false })
    },
  }
}
