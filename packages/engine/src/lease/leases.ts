import { type BrokerId, mintBrokerId } from '@stratdesk/data/broker-id'
import type { PgBoss } from 'pg-boss'
import type { EngineLog } from '../log.ts'
import { pause } from '../pause.ts'
import { type Claim, claimAccounts, keepAlive } from './claims.ts'
import { accountQueue } from './queue.ts'

/** Why an actor has to end: `lost` means that another may already be at work, so not a single thing more. */
export type EndReason = 'handover' | 'lost'

/** The right to act for an account, until `ended` aborts with an EndReason as its reason. */
export interface Lease {
  readonly brokerId: BrokerId
  readonly ended: AbortSignal
}

export interface LeasesOptions {
  readonly boss: PgBoss
  readonly log: EngineLog
  /** Accounts this process takes at most. */
  readonly accountsMax: number
  /** Runs the account's actor until it has nothing to do (`idle`) or the lease ends. */
  readonly act: (lease: Lease) => Promise<'idle' | EndReason>
  /** Called when an account's job was given back (`handover`) or is done (`idle`). */
  readonly onReleased: (brokerId: BrokerId, outcome: 'handover' | 'idle') => Promise<void>
}

interface Held {
  readonly claim: Claim
  readonly end: AbortController
  readonly since: number
}

const pollMs = 1_000
const failurePauseMs = 5_000
/** pg-boss lets no job run for more than 24 h; well before that an actor hands over, to itself if nobody is quicker. */
const leaseMaxMs = 20 * 3_600_000

/**
 * Takes accounts from the queue and keeps them. Uses pg-boss's `fetch`, `touch`, `complete` and `fail` rather than its
 * `work`: a worker holds one job at a time and this needs hundreds in one loop, woken by a notification.
 */
export class Leases {
  readonly #options: LeasesOptions
  readonly #held = new Map<string, Held>()
  /** Everything that is being served, also claims that a later one of the same account has replaced. */
  readonly #serving = new Set<Promise<void>>()
  #isOver = false
  #wake = Promise.withResolvers<void>()
  #polling: Promise<void> | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor(options: LeasesOptions) {
    this.#options = options
  }

  /** Begins; `leaseSeconds` is how long the queue lets a claim live without a heartbeat. */
  start(leaseSeconds: number): void {
    this.#polling = this.#poll()
    this.#heartbeat = setInterval(() => void this.#beat(), (leaseSeconds * 1000) / 4)
  }

  /** Looks for a waiting account now rather than at the next poll. */
  wake(): void {
    this.#wake.resolve()
  }

  holds(brokerId: string): boolean {
    return this.#held.has(brokerId)
  }

  /** Ends all actors and hands their accounts back at once. */
  async stop(): Promise<void> {
    this.#isOver = true
    this.wake()
    await this.#polling
    for (const { end } of this.#held.values()) end.abort('handover')
    await Promise.all(this.#serving)
    clearInterval(this.#heartbeat)
  }

  async #poll(): Promise<void> {
    while (!this.#isOver) {
      this.#wake = Promise.withResolvers()
      const room = this.#options.accountsMax - this.#held.size
      try {
        const claims = room > 0 ? await claimAccounts(this.#options.boss, Math.min(room, 50)) : []
        for (const claim of claims) this.#take(claim)
      } catch (error) {
        this.#options.log.warn({ err: error }, 'The job queue cannot be read')
      }
      const timer = setTimeout(this.#wake.resolve, pollMs)
      await this.#wake.promise
      clearTimeout(timer)
    }
  }

  #take(claim: Claim): void {
    const held: Held = { claim, end: new AbortController(), since: Date.now() }
    // The account was put back although we thought we had it: what we had is over.
    this.#held.get(claim.brokerId)?.end.abort('lost')
    this.#held.set(claim.brokerId, held)
    const done = this.#serve(held).finally(() => {
      this.#drop(held)
      this.#serving.delete(done)
    })
    this.#serving.add(done)
  }

  /** Runs an actor to its end and gives its job back accordingly; never rejects. */
  async #serve(held: Held): Promise<void> {
    const { claim, end } = held
    const { log, boss, act, onReleased } = this.#options
    try {
      const brokerId = mintBrokerId(claim.brokerId)
      const outcome = await act({ brokerId, ended: end.signal })
      // Nothing is done about a lost one: it is somebody else's, or becomes it when our heartbeat runs out.
      if (outcome === 'lost') return
      // A failed job goes back to waiting, first in line, without end: that is how a lease is returned.
      if (outcome === 'handover') await boss.fail(accountQueue, claim)
      else await boss.complete(accountQueue, claim)
      this.#drop(held)
      await onReleased(brokerId, outcome)
    } catch (error) {
      log.error({ err: error, brokerId: claim.brokerId }, 'An account actor ended by an error')
      await pause(failurePauseMs, end.signal)
      await boss.fail(accountQueue, claim).catch(() => undefined)
    }
  }

  /** Forgets a claim, but not a later one of the same account. */
  #drop({ claim }: Held): void {
    if (this.#held.get(claim.brokerId)?.claim === claim) this.#held.delete(claim.brokerId)
  }

  async #beat(): Promise<void> {
    const held = [...this.#held.values()]
    for (const { end, since } of held) if (Date.now() - since > leaseMaxMs) end.abort('handover')
    if (held.length === 0) return
    try {
      const kept = await keepAlive(
        this.#options.boss,
        held.map(({ claim }) => claim),
      )
      for (const { claim, end } of held) if (!kept.has(claim.id)) end.abort('lost')
    } catch (error) {
      // Nothing is concluded from a heartbeat that could not be sent: every write is fenced anyhow.
      this.#options.log.warn({ err: error }, 'The heartbeat of the account actors failed')
    }
  }
}
