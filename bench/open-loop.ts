import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Connections } from './connections.ts'
import type { Target } from './load.ts'

interface Rate {
  readonly perSecond: number
  readonly seconds: number
  /**
   * Whether more may be asked than can be answered. Then a request's time counts from when it was due, so that waiting
   * for a connection or for us is in it, and one that is refused never ends.
   */
  readonly isOverload?: boolean
}

/** So long after the last request was sent all have been answered, or it has failed. */
const patienceMs = 30_000

/**
 * Sends requests at a fixed rate, whether or not the ones before were answered, so that a server that stops for a moment
 * delays every request of that moment. Answers how long each took, in milliseconds and in their order; throws when one was
 * not answered well.
 */
export async function answerTimes(
  { url, requests }: Target,
  { perSecond, seconds, isOverload = false }: Rate,
): Promise<readonly number[]> {
  const connections = new Connections(url)
  const sent = requests.map(({ path, headers }) => connections.request(path, headers))
  const times = new Float64Array(Math.ceil(perSecond * seconds))
  const all = Promise.withResolvers<void>()
  let answered = 0
  let hasFailed = false
  const ask = async (turn: number, began: number) => {
    const status = await connections.ask(sent[turn % sent.length] ?? Buffer.alloc(0))
    const isRefused = isOverload && status === 503
    if (!isRefused)
      assert.equal(status, 200, `of ${perSecond} requests a second one was answered with ${status}`)
    times[turn] = isRefused ? Number.POSITIVE_INFINITY : performance.now() - began
    answered += 1
    if (answered === times.length) all.resolve()
  }
  const failed = (error: unknown) => {
    hasFailed = true
    all.reject(error)
  }
  // Awaited only when all were sent.
  all.promise.catch(() => {})
  const start = performance.now()
  let turn = 0
  while (turn < times.length && !hasFailed) {
    const due = Math.min(((performance.now() - start) / 1000) * perSecond, times.length)
    for (; turn < due; turn += 1) {
      const dueAt = start + (turn / perSecond) * 1000
      ask(turn, isOverload ? dueAt : performance.now()).catch(failed)
    }
    await delay(1)
  }
  const timer = setTimeout(() => failed(new Error('A request was never answered')), patienceMs)
  try {
    await all.promise
    return [...times]
  } finally {
    clearTimeout(timer)
    connections.close()
  }
}
