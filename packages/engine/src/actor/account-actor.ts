import type { Tick } from '@stratdesk/kite/tick'
import type { EndReason } from '../lease/leases.ts'
import { LiveNumbers } from '../live/live-numbers.ts'
import { type LiveQuote, quoteOf } from '../market/quote.ts'
import { pause } from '../pause.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { Batch } from '../runs/batch.ts'
import { commitBatch } from '../runs/commit-batch.ts'
import { LostLeaseError, retakeFence } from '../runs/fence.ts'
import { staleAfterMs, takeCheckpoints } from '../runs/run-quote.ts'
import type { AccountActorOptions } from './actor-options.ts'
import { Feed } from './feed.ts'
import { playQuotes } from './play-quotes.ts'
import { LogPruner } from './prune-logs.ts'
import { QuoteQueue } from './quote-queue.ts'
import { reconcileRuns } from './reconcile.ts'
import { failRefused, isRefusal } from './refusal.ts'
import { waitTexts } from './wait-texts.ts'

const quotesPerBatch = 500
const sleepMs = 1_000

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
  #quotes = new Map<number, LiveQuote>()
  readonly #names = new Map<number, string>()
  #runs = new Map<string, ActiveRun>()
  #isReconcileDue = true
  #idleSinceMs = Date.now()
  #failures = 0
  /** Whether Postgres refused the last batch for what was in it. */
  #isRefused = false
  #wake = Promise.withResolvers<void>()
  #fence: string

  constructor(options: AccountActorOptions) {
    this.#options = options
    this.#fence = options.fence
    const { scope, log, ended } = options
    this.#live = new LiveNumbers(scope, (error) => log.debug({ err: error }, 'Live numbers were not sent'))
    this.#pruner = new LogPruner(scope)
    this.#feed = new Feed({
      ...options,
      onTicks: (ticks) => this.#take(ticks),
      onOpen: () => this.#expectGaps(),
      onExpired: () => this.reconcile(),
    })
    ended.addEventListener('abort', () => this.#wake.resolve(), { once: true })
  }

  /** The desired state or the connection has changed. */
  reconcile(): void {
    this.#isReconcileDue = true
    this.#wake.resolve()
  }

  /** How many runs it holds. */
  get runs(): number {
    return this.#runs.size
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
      this.#isRefused = isRefusal(error)
      await pause(Math.min(10_000, 250 * 2 ** this.#failures), this.#options.ended)
      return false
    }
  }

  async #reconcile(): Promise<void> {
    this.#isReconcileDue = false
    const batch = new Batch()
    // What failed may still be under way in Postgres, when only its answer was lost.
    if (this.#failures > 0) this.#fence = await retakeFence(this.#options.scope, this.#fence)
    await reconcileRuns(this.#runs, {
      ...this.#context(batch),
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
    // Believed only when it is committed.
    const known = new Map(this.#quotes)
    let done = 0
    try {
      done = this.#isRefused ? await this.#playApart(quotes, known) : await this.#playTogether(quotes, known)
    } catch (error) {
      this.#queue.putBack(quotes)
      throw error
    }
    this.#isRefused = false
    this.#quotes = known
    this.#queue.putBack(quotes.splice(done))
    for (const quote of quotes) this.#options.marketWriter.add(quote)
    this.#live.show(this.#quotes, [...this.#runs.values()])
  }

  async #playTogether(quotes: readonly LiveQuote[], known: Map<number, LiveQuote>): Promise<number> {
    const batch = new Batch()
    this.#sayWaiting(batch)
    const done = playQuotes(quotes, [...this.#runs.values()], known, this.#context(batch))
    const dropped = this.#queue.dropped
    for (const run of dropped > 0 ? this.#runs.values() : []) {
      batch.log(run, 'warn', `${dropped} prices were skipped: they came faster than they could be processed`)
    }
    await this.#commit(batch)
    this.#tellIntents(batch)
    this.#queue.forgetDropped(dropped)
    return done
  }

  /** Something in the batch was refused: each run for itself, so that only the one that it came from fails. */
  async #playApart(quotes: readonly LiveQuote[], known: Map<number, LiveQuote>): Promise<number> {
    const { scope, log } = this.#options
    let done = quotes.length
    for (const run of this.#runs.values()) {
      const batch = new Batch()
      const own = new Map(this.#quotes)
      done = Math.min(done, playQuotes(quotes, [run], own, this.#context(batch)))
      try {
        await this.#commit(batch)
        this.#tellIntents(batch)
      } catch (error) {
        if (!isRefusal(error)) throw error
        log.error({ err: error, runId: run.id }, 'What a run came to cannot be kept')
        const failure = new Batch()
        await failRefused(scope, run, error, failure)
        await this.#commit(failure)
      }
    }
    playQuotes(quotes.slice(0, done), [], known, this.#context(new Batch()))
    return done
  }

  async #commit(batch: Batch): Promise<void> {
    takeCheckpoints(batch)
    if (batch.isEmpty) return
    await commitBatch(this.#options.scope, this.#fence, batch)
    for (const [id, run] of this.#runs) {
      if (run.phase !== 'ended') continue
      this.#runs.delete(id)
      this.#pruner.forget(id)
      this.#isReconcileDue = true
    }
    await this.#pruner.count(batch.logs)
  }

  #tellIntents({ filled, refused }: Batch): void {
    const nowMs = Date.now()
    for (const { receivedAtMs } of [...filled, ...refused]) this.#options.onIntent?.(nowMs - receivedAtMs)
  }

  #context(batch: Batch) {
    const { scope, sources, gateway, lagMaxMs } = this.#options
    return { scope, sources, batch, gateway, lagMaxMs, nowMs: Date.now() }
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
