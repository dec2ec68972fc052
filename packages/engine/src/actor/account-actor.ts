import type { BrokerScope } from '@stratdesk/data/scope'
import type { Tick } from '@stratdesk/kite/tick'
import type { EndReason } from '../lease/leases.ts'
import { LiveNumbers } from '../live/live-numbers.ts'
import type { EngineLog } from '../log.ts'
import type { MarketWriter } from '../market/market-writer.ts'
import { type LiveQuote, quoteOf } from '../market/quote.ts'
import type { PaperGateway } from '../paper/paper-gateway.ts'
import { pause } from '../pause.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { Batch } from '../runs/batch.ts'
import { commitBatch } from '../runs/commit-batch.ts'
import { LostLeaseError } from '../runs/fence.ts'
import type { RunSources } from '../runs/load-run.ts'
import { runQuote, staleAfterMs, takeCheckpoints } from '../runs/run-quote.ts'
import { Feed, type FeedOptions } from './feed.ts'
import { LogPruner } from './prune-logs.ts'
import { QuoteQueue } from './quote-queue.ts'
import { reconcileRuns } from './reconcile.ts'
import { waitTexts } from './wait-texts.ts'

export interface AccountActorOptions extends Pick<FeedOptions, 'vault' | 'kiteApiUrl' | 'kiteTickerUrl'> {
  readonly scope: BrokerScope
  readonly fence: string
  readonly ended: AbortSignal
  readonly log: EngineLog
  readonly sources: RunSources
  readonly gateway: PaperGateway
  readonly marketWriter: MarketWriter
  /** How long an account without active runs keeps its actor. */
  readonly idleMs: number
}

const quotesPerBatch = 500
/** Keeps transactions short, and the values of a statement far below Postgres's 65,535. */
const fillsPerBatch = 200
const sleepMs = 1_000
const failuresMax = 5

/**
 * All runs of one account. One loop does one thing at a time: bring the runs to their desired state, or process the
 * quotes that have come, each step committed before the next begins. After an error nothing in memory is believed:
 * the runs are loaded again from what was committed and the same quotes processed again; those that had been are known.
 */
export class AccountActor {
  readonly #options: AccountActorOptions
  readonly #feed: Feed
  readonly #live: LiveNumbers
  readonly #pruner: LogPruner
  readonly #queue = new QuoteQueue()
  readonly #quotes = new Map<number, LiveQuote>()
  readonly #names = new Map<number, string>()
  #runs = new Map<string, ActiveRun>()
  #isReconcileDue = true
  #idleSinceMs = Date.now()
  #failures = 0
  #wake = Promise.withResolvers<void>()

  constructor(options: AccountActorOptions) {
    this.#options = options
    const { scope, log, ended } = options
    this.#live = new LiveNumbers(scope, (error) => log.debug({ err: error }, 'Live numbers were not sent'))
    this.#pruner = new LogPruner(scope)
    this.#feed = new Feed({
      ...options,
      onTicks: (ticks) => this.#take(ticks),
      onOpen: () => this.#expectGaps(),
    })
    ended.addEventListener('abort', () => this.#wake.resolve(), { once: true })
  }

  /** The desired state or the connection has changed. */
  reconcile(): void {
    this.#isReconcileDue = true
    this.#wake.resolve()
  }

  /** Works until the lease ends or the account has had no active run for a while. */
  async act(): Promise<'idle' | EndReason> {
    try {
      while (!this.#options.ended.aborted) {
        if (await this.#survive(() => this.#step())) return 'idle'
      }
      if (this.#options.ended.reason === 'lost') return 'lost'
      await this.#feed.close()
      // What has arrived is processed before the account goes to somebody who will not be sent it again.
      while (this.#queue.length > 0 && this.#failures === 0) await this.#survive(() => this.#processQuotes())
      return 'handover'
    } catch (error) {
      if (!(error instanceof LostLeaseError)) throw error
      this.#options.log.warn({ err: error }, 'The account was taken over')
      return 'lost'
    } finally {
      await this.#feed.close()
      await this.#live.stop()
    }
  }

  /** One step; true when there is nothing left to do here. */
  async #step(): Promise<boolean> {
    this.#wake = Promise.withResolvers()
    if (this.#isReconcileDue) await this.#reconcile()
    else if (this.#queue.length > 0) await this.#processQuotes()
    else {
      const batch = new Batch()
      this.#sayWaiting(batch)
      await this.#commit(batch)
      if (this.#runs.size > 0) this.#idleSinceMs = Date.now()
      else if (Date.now() - this.#idleSinceMs > this.#options.idleMs) return true
      await this.#sleep()
    }
    return false
  }

  /** Runs a step; after an error waits and starts again from what was committed. A lost lease is passed on. */
  async #survive(step: () => Promise<boolean | void>): Promise<boolean> {
    try {
      const result = await step()
      this.#failures = 0
      return result === true
    } catch (error) {
      if (error instanceof LostLeaseError) throw error
      this.#failures += 1
      this.#options.log.error({ err: error, failures: this.#failures }, 'An account actor starts again')
      this.#runs = new Map()
      this.#isReconcileDue = true
      if (this.#failures >= failuresMax) this.#queue.clear()
      await pause(Math.min(10_000, 250 * 2 ** this.#failures), this.#options.ended)
      return false
    }
  }

  async #reconcile(): Promise<void> {
    this.#isReconcileDue = false
    const batch = new Batch()
    const { scope, sources } = this.#options
    await reconcileRuns(this.#runs, {
      ...this.#context(batch),
      scope,
      sources,
      currentQuote: (token) => {
        const quote = this.#quotes.get(token)
        return quote && this.#feed.isCurrent(quote.receivedAtMs) ? quote : undefined
      },
    })
    await this.#commit(batch)
    this.#names.clear()
    for (const run of this.#runs.values())
      for (const [token, name] of run.instruments) this.#names.set(token, name)
    for (const token of this.#quotes.keys()) if (!this.#names.has(token)) this.#quotes.delete(token)
    await this.#feed.want(new Set(this.#names.keys()))
  }

  async #processQuotes(): Promise<void> {
    const quotes = this.#queue.take(quotesPerBatch)
    let done = 0
    try {
      const batch = new Batch()
      const context = this.#context(batch)
      this.#sayWaiting(batch)
      for (const quote of quotes) {
        this.#quotes.set(quote.instrumentToken, quote)
        for (const run of this.#runs.values()) {
          if (run.instruments.has(quote.instrumentToken)) runQuote(run, quote, context)
        }
        done += 1
        if (batch.filled.length >= fillsPerBatch) break
      }
      const dropped = this.#queue.takeDropped()
      for (const run of dropped > 0 ? this.#runs.values() : []) {
        batch.log(
          run,
          'warn',
          `${dropped} prices were skipped: they came faster than they could be processed`,
        )
      }
      await this.#commit(batch)
    } catch (error) {
      this.#queue.putBack(quotes)
      throw error
    }
    this.#queue.putBack(quotes.splice(done))
    for (const quote of quotes) this.#options.marketWriter.add(quote)
    this.#live.show(this.#quotes, [...this.#runs.values()])
  }

  async #commit(batch: Batch): Promise<void> {
    takeCheckpoints(batch)
    if (batch.isEmpty) return
    const { scope, fence } = this.#options
    await commitBatch(scope, fence, batch)
    for (const [id, run] of this.#runs) {
      if (run.phase !== 'ended') continue
      this.#runs.delete(id)
      this.#pruner.forget(id)
      this.#isReconcileDue = true
    }
    await this.#pruner.count(batch.logs)
  }

  #context(batch: Batch) {
    const byName = new Map([...this.#quotes.values()].map((quote) => [quote.instrument, quote]))
    const quoteOf = (name: string) => byName.get(name)
    return { batch, gateway: this.#options.gateway, nowMs: Date.now(), quoteOf }
  }

  #take(ticks: readonly Tick[]): void {
    const nowMs = Date.now()
    const quotes = ticks.flatMap((tick) => {
      const name = this.#names.get(tick.instrumentToken)
      return (name !== undefined && quoteOf(tick, name, nowMs)) || []
    })
    if (quotes.length === 0) return
    this.#queue.add(quotes)
    this.#wake.resolve()
  }

  #expectGaps(): void {
    for (const run of this.#runs.values())
      for (const token of run.instruments.keys()) run.mayHaveGap.add(token)
  }

  #sayWaiting(batch: Batch): void {
    waitTexts(this.#runs.values(), this.#feed.trouble, staleAfterMs, batch)
  }

  /** Until something happens, but not for longer than a second. */
  async #sleep(): Promise<void> {
    const timer = setTimeout(this.#wake.resolve, sleepMs)
    await this.#wake.promise
    clearTimeout(timer)
  }
}
