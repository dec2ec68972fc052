import type { Tick } from '@stratdesk/kite/tick'
import type { EndReason } from '../lease/leases.ts'
import { LiveNumbers } from '../live/live-numbers.ts'
import { type LiveQuote, quotesOf } from '../market/quote.ts'
import { pause } from '../pause.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { Batch } from '../runs/batch.ts'
import { commitBatch } from '../runs/commit-batch.ts'
import { LostLeaseError, retakeFence } from '../runs/fence.ts'
import { staleAfterMs, takeCheckpoints } from '../runs/run-quote.ts'
import type { AccountActorOptions } from './actor-options.ts'
import { Alarm } from './alarm.ts'
import { Feed } from './feed.ts'
import { playApart } from './play-apart.ts'
import { playQuotes } from './play-quotes.ts'
import { Progress } from './progress.ts'
import { LogPruner } from './prune-logs.ts'
import { reconcileRuns } from './reconcile.ts'
import { isRefusal } from './refusal.ts'
import type { Turn } from './turns.ts'
import { skippedTexts, waitTexts } from './wait-texts.ts'

const sleepMs = 1_000
const triesAtTheEnd = 3

/**
 * All runs of one account. One loop does one thing at a time: bring the runs to their desired state, or process the
 * quotes that have come. What was decided is committed before the next step begins; where nothing was, the runs' new
 * checkpoints may wait a moment for others. After an error nothing in memory is believed: the runs are loaded again from
 * what was committed and the same quotes processed again; those that had been are known.
 */
export class AccountActor {
  readonly #options: AccountActorOptions
  readonly #feed: Feed
  readonly #live: LiveNumbers
  readonly #pruner: LogPruner
  readonly #progress = new Progress()
  readonly #names = new Map<number, string>()
  #runs = new Map<string, ActiveRun>()
  #isReconcileDue = true
  #idleSinceMs = Date.now()
  #failures = 0
  /** Whether Postgres refused the last batch for what was in it. */
  #isRefused = false
  readonly #alarm = new Alarm()
  readonly #turn: Turn
  #fence: string

  constructor(options: AccountActorOptions) {
    this.#options = options
    this.#fence = options.fence
    this.#turn = options.checkpointTurns.of(() => this.#alarm.ring())
    const { scope, log, ended } = options
    this.#live = new LiveNumbers(scope, (err) => log.debug({ err }, 'Live numbers were not sent'))
    this.#pruner = new LogPruner(scope)
    this.#feed = new Feed({
      ...options,
      onTicks: (ticks) => this.#take(ticks),
      onOpen: () => this.#expectGaps(),
      onExpired: () => this.reconcile(),
    })
    ended.addEventListener('abort', () => this.#alarm.ring(), { once: true })
  }

  /** The desired state or the connection has changed. */
  reconcile(): void {
    this.#isReconcileDue = true
    this.#alarm.ring()
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
      for (let tries = 0; tries < triesAtTheEnd; tries += 1)
        if (await this.#survive(() => this.#processRest())) break
      return 'handover'
    } catch (error) {
      if (!(error instanceof LostLeaseError)) throw error
      this.#options.log.warn({ err: error }, 'The account was taken over')
      return 'lost'
    } finally {
      this.#turn.leave()
      await this.#feed.close()
      await this.#live.stop()
    }
  }

  /** What has arrived is processed before the account goes to somebody who will not be sent it again. */
  async #processRest(): Promise<true> {
    if (this.#failures > 0) await this.#reconcile()
    while (this.#progress.queue.length > 0) await this.#processQuotes()
    await this.#write()
    return true
  }

  /** One step; true when there is nothing left to do here. */
  async #step(): Promise<boolean> {
    this.#alarm.set()
    if (this.#isReconcileDue) await this.#reconcile()
    else if (this.#progress.queue.length > 0) await this.#processQuotes()
    else {
      this.#sayWaiting(this.#progress.batch)
      if (this.#mayWrite()) await this.#write()
      if (this.#runs.size > 0) this.#idleSinceMs = Date.now()
      else if (Date.now() - this.#idleSinceMs > this.#options.idleMs) return true
      await this.#alarm.sleep(Math.min(sleepMs, this.#progress.unwritten.dueInMs || this.#turn.leftMs))
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
      this.#progress.goBack()
      this.#turn.leave()
      this.#isReconcileDue = true
      this.#isRefused = isRefusal(error)
      await pause(Math.min(10_000, 250 * 2 ** this.#failures), this.#options.ended)
      return false
    }
  }

  async #reconcile(): Promise<void> {
    this.#isReconcileDue = false
    await this.#write()
    const batch = new Batch()
    // What failed may still be under way in Postgres, when only its answer was lost.
    if (this.#failures > 0) {
      this.#fence = await retakeFence(this.#options.scope, this.#fence)
      // Nor were its events told of then.
      this.#options.scope.wakeStreams()
    }
    await reconcileRuns(this.#runs, {
      ...this.#context(batch),
      currentQuote: (token) => {
        const quote = this.#progress.quotes.get(token)
        return quote && this.#feed.isCurrent(quote.receivedAtMs) ? quote : undefined
      },
    })
    await this.#commit(batch)
    this.#names.clear()
    for (const run of this.#runs.values())
      for (const [token, name] of run.instruments) this.#names.set(token, name)
    const { quotes } = this.#progress
    for (const token of quotes.keys()) if (!this.#names.has(token)) quotes.delete(token)
    await this.#feed.want(new Set(this.#names.keys()))
  }

  async #processQuotes(): Promise<void> {
    const quotes = this.#progress.take()
    const done = this.#isRefused ? await this.#playApart(quotes) : this.#playTogether(quotes)
    this.#progress.putBack(quotes.length - done)
    if (this.#isRefused || this.#mayWrite()) await this.#write()
    this.#isRefused = false
    for (const quote of quotes.slice(0, done)) this.#options.marketWriter.add(quote)
    this.#live.show(this.#progress.quotes, this.#runs.values())
  }

  #playTogether(quotes: readonly LiveQuote[]): number {
    const { batch } = this.#progress
    this.#sayWaiting(batch)
    this.#progress.tellDropped((count) => skippedTexts(this.#runs.values(), count, batch))
    return playQuotes(quotes, [...this.#runs.values()], this.#progress.quotes, this.#context(batch))
  }

  #playApart(quotes: readonly LiveQuote[]): Promise<number> {
    return playApart(quotes, this.#runs.values(), this.#progress.quotes, {
      ...this.#options,
      contextOf: (batch) => this.#context(batch),
      commit: (batch) => this.#commitQuotes(batch),
    })
  }

  /** Whether it is time to write; what nobody waits for waits for its turn. */
  #mayWrite(): boolean {
    const { isUrgent, dueInMs } = this.#progress.unwritten
    return isUrgent || (dueInMs === 0 && this.#turn.take())
  }

  async #write(): Promise<void> {
    if (this.#progress.unwritten.isEmpty) return
    await this.#commitQuotes(this.#progress.batch)
    this.#progress.keep(Date.now() + this.#options.checkpointMs)
    this.#turn.leave()
  }

  async #commitQuotes(batch: Batch): Promise<void> {
    await this.#commit(batch)
    for (const { receivedAtMs } of [...batch.filled, ...batch.refused])
      this.#options.onIntent?.(Date.now() - receivedAtMs)
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

  #context(batch: Batch) {
    const { scope, sources, gateway, lagMaxMs } = this.#options
    return { scope, sources, batch, gateway, lagMaxMs, nowMs: Date.now() }
  }

  #take(ticks: readonly Tick[]): void {
    const quotes = quotesOf(ticks, this.#names, Date.now())
    if (quotes.length === 0) return
    this.#progress.queue.add(quotes)
    this.#alarm.ring()
  }

  #expectGaps(): void {
    for (const run of this.#runs.values())
      for (const token of run.instruments.keys()) run.mayHaveGap.add(token)
  }

  #sayWaiting(batch: Batch): void {
    waitTexts(this.#runs.values(), this.#feed.trouble, staleAfterMs, batch)
  }
}
