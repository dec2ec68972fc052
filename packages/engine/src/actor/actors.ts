import type { BrokerId } from '@stratdesk/data/broker-id'
import { createMarket, type Market } from '@stratdesk/data/market'
import { createScope } from '@stratdesk/data/scope'
import { findStrategy } from '@stratdesk/strategies/catalogue'
import type { EngineOptions } from '../engine.ts'
import type { EndReason, Lease } from '../lease/leases.ts'
import { withFields } from '../log.ts'
import { MarketWriter } from '../market/market-writer.ts'
import { createPaperGateway } from '../paper/paper-gateway.ts'
import { takeFence } from '../runs/fence.ts'
import { readActiveRuns, type RunSources } from '../runs/load-run.ts'
import { AccountActor } from './account-actor.ts'
import { Turns } from './turns.ts'

const lagMaxMs = 60_000

/** A broker on this machine is the simulator, whose clock is its own. */
function isSimulated(kiteApiUrl: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(kiteApiUrl).hostname)
}

/** The account actors of this process, and what they share. */
export class Actors {
  readonly #options: EngineOptions
  readonly #market: Market
  readonly #marketWriter: MarketWriter
  readonly #checkpointTurns: Turns
  readonly #actors = new Map<string, AccountActor>()

  constructor(options: EngineOptions) {
    this.#options = options
    this.#checkpointTurns = new Turns(options.checkpointTurnMs ?? 500)
    this.#market = createMarket(options.pool)
    this.#marketWriter = new MarketWriter(this.#market, (error) =>
      options.log.warn({ err: error }, 'Prices and candles were not kept'),
    )
  }

  /** How many accounts are acted for here, and how many runs they have. */
  get counts(): { readonly actors: number; readonly runs: number } {
    const runs = this.#actors.values().reduce((sum, actor) => sum + actor.runs, 0)
    return { actors: this.#actors.size, runs }
  }

  /** Runs the actor of a leased account to its end. */
  async act({ brokerId, ended }: Lease): Promise<'idle' | EndReason> {
    const { vault, kiteApiUrl, kiteTickerUrl, onIntent } = this.#options
    const { checkpointMs = 500, idleMs = 10_000 } = this.#options
    const log = withFields(this.#options.log, { brokerId })
    const scope = createScope(this.#options.pool, brokerId)
    const fence = await takeFence(scope)
    if (fence === undefined) return 'idle'
    // The one before may have been killed between a commit and the telling of it.
    scope.wakeStreams()
    const actor = new AccountActor({
      scope,
      fence,
      ended,
      log,
      vault,
      kiteApiUrl,
      kiteTickerUrl,
      checkpointMs,
      checkpointTurns: this.#checkpointTurns,
      idleMs,
      onIntent,
      lagMaxMs: isSimulated(kiteApiUrl) ? Infinity : lagMaxMs,
      sources: this.#sources(),
      gateway: createPaperGateway(this.#options.paper),
      marketWriter: this.#marketWriter,
    })
    this.#actors.set(brokerId, actor)
    log.info({ fence }, 'Took an account')
    try {
      const outcome = await actor.act()
      log.info({ fence, outcome }, 'Left an account')
      return outcome
    } finally {
      // After a lost lease its successor may be in this process, too.
      if (this.#actors.get(brokerId) === actor) this.#actors.delete(brokerId)
    }
  }

  /** The account's desired state or connection has changed; nothing to do if its actor is elsewhere. */
  reconcile(brokerId: string): void {
    this.#actors.get(brokerId)?.reconcile()
  }

  /** Something may have changed for any of them. */
  reconcileAll(): void {
    for (const actor of this.#actors.values()) actor.reconcile()
  }

  /** Tells every engine process that the account is there to be taken. */
  async announce(brokerId: BrokerId): Promise<void> {
    await createScope(this.#options.pool, brokerId).notify('account_wanted')
  }

  /** Whether the account has runs that are not over. */
  async isWanted(brokerId: BrokerId): Promise<boolean> {
    return (await readActiveRuns(createScope(this.#options.pool, brokerId))).length > 0
  }

  /** Writes what is left of prices and candles. */
  async close(): Promise<void> {
    await this.#marketWriter.stop()
  }

  #sources(): RunSources {
    return {
      findStrategy: this.#options.findStrategy ?? findStrategy,
      tokenOf: async (id) => (await this.#market.instrument(id))?.instrument_token,
    }
  }
}
