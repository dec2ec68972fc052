import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import type { Metrics } from './metrics.ts'

/** What a worker asks the primary process for, and what comes back. */
interface Question {
  readonly type: typeof question
  readonly id: number
}
interface Answer {
  readonly type: typeof answer
  readonly id: number
  /** Null when some worker did not answer within five seconds. */
  readonly text: string | null
}

const question = 'stratdesk:metrics?'
const answer = 'stratdesk:metrics!'

/** Reads the numbers of the whole server: of this process, or of all workers together when it is one of them. */
export type ReadMetrics = () => Promise<string>

/** In the primary process: gathers the numbers of all workers, added up, for the worker that is asked for them. */
export function gatherMetrics(): void {
  const all = new AggregatorRegistry()
  const reply = async (worker: Worker, id: number) => {
    const text = await all.clusterMetrics().catch(() => null)
    if (worker.isConnected()) worker.send({ type: answer, id, text } satisfies Answer)
  }
  cluster.on('message', (worker, message: unknown) => {
    if (isMessage<Question>(message, question)) void reply(worker, message.id)
  })
}

/** Lets the numbers of this process be gathered when it is a worker; answers how to read those of the server. */
export function shareMetrics({ registry }: Metrics): ReadMetrics {
  if (!cluster.isWorker) return () => registry.metrics()
  AggregatorRegistry.setRegistries(registry)
  // It is this that answers the primary process when that gathers.
  const answering = new AggregatorRegistry()
  void answering
  const waiting = new Map<number, PromiseWithResolvers<string>>()
  let count = 0
  process.on('message', (message: unknown) => {
    if (!isMessage<Answer>(message, answer)) return
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.text === null) asked?.reject(new Error('Not every worker told its numbers'))
    else asked?.resolve(message.text)
  })
  return () => {
    const asked = Promise.withResolvers<string>()
    count += 1
    waiting.set(count, asked)
    process.send?.({ type: question, id: count } satisfies Question)
    return asked.promise
  }
}

function isMessage<Message extends { readonly type: string }>(
  message: unknown,
  type: Message['type'],
): message is Message {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type
}
