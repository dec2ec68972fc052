import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Pool } from 'pg'

/** From a quick read to a broker that does not answer. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const intentBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** What the log's shipping tells of itself. */
export interface ShippedLog {
  readonly counts: Readonly<Record<'queuedBytes' | 'sent' | 'dropped' | 'restarts', number>>
}

/** Numbers of the engine in this process. */
interface RunningEngine {
  counts(): { readonly actors: number; readonly runs: number }
}

/**
 * The numbers of this process for Prometheus. They are about the server: no label ever holds an account, a device, an
 * address or anything else that a caller chose.
 */
export class Metrics {
  readonly registry = new Registry()
  readonly #registers = [this.registry]
  readonly #requests = new Histogram({
    name: 'stratdesk_request_seconds',
    help: 'Answers by method, route and status, and how long they took; an event stream is counted when it is refused only',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: this.#registers,
  })
  readonly #intents = new Histogram({
    name: 'stratdesk_tick_to_intent_seconds',
    help: 'From the arrival of a price to the commit of an order that was decided on it',
    buckets: intentBuckets,
    registers: this.#registers,
  })

  /** Adds what Node tells of the process: memory, processor, event loop, garbage collection. Once in a process. */
  addProcess(version: string): void {
    collectDefaultMetrics({ register: this.registry })
    const info = new Gauge({
      name: 'stratdesk_info',
      help: 'The version, as a label',
      labelNames: ['version'],
      aggregator: 'first',
      registers: this.#registers,
    })
    info.set({ version }, 1)
  }

  /** `route` is the template of the route, never the address that was asked for. */
  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds)
  }

  /** An order was committed so many milliseconds after the price it was decided on came. */
  intentCommitted(ms: number): void {
    this.#intents.observe(ms / 1000)
  }

  watchPool(pool: Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount'>): void {
    const help = 'Database connections, open and idle, and requests that wait for one'
    this.#gauge('stratdesk_database_pool_total', help, () => pool.totalCount)
    this.#gauge('stratdesk_database_pool_idle', help, () => pool.idleCount)
    this.#gauge('stratdesk_database_pool_waiting', help, () => pool.waitingCount)
  }

  watchStreams(hub: { readonly size: number }): void {
    this.#gauge('stratdesk_live_streams', 'Open event streams', () => hub.size)
  }

  /** Only for a store that knows at once; a shared one would have to be searched, and every worker would count all. */
  watchSessions(sessions: { readonly size: number }): void {
    this.#gauge('stratdesk_sessions', 'Signed-in sessions in the memory of the process', () => sessions.size)
  }

  watchEngine(engine: RunningEngine): void {
    this.#gauge('stratdesk_engine_accounts', 'Accounts that are acted for', () => engine.counts().actors)
    this.#gauge('stratdesk_engine_runs', 'Active runs of those accounts', () => engine.counts().runs)
  }

  watchLog(log: ShippedLog): void {
    this.#gauge(
      'stratdesk_log_queued_bytes',
      'Log that Azure has not taken yet',
      () => log.counts.queuedBytes,
    )
    this.#total('stratdesk_log_sent_lines_total', 'Log lines that Azure took', () => log.counts.sent)
    this.#total('stratdesk_log_dropped_lines_total', 'Log lines that were lost', () => log.counts.dropped)
    const restarts = 'How often the thread that sends the log had to be started again'
    this.#total('stratdesk_log_thread_restarts_total', restarts, () => log.counts.restarts)
  }

  #gauge(name: string, help: string, read: () => number): void {
    const registers = this.#registers
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
  }

  #total(name: string, help: string, read: () => number): void {
    const collect = () => {
      counter.reset()
      counter.inc(read())
    }
    const counter: Counter = new Counter({ name, help, registers: this.#registers, collect })
  }
}
