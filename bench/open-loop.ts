import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
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

/**
 * Sends requests at a fixed rate, whether or not the ones before were answered, so that a server that stops for a moment
 * delays every request of that moment. Answers how long each took, in milliseconds; throws when one was not answered well.
 */
export async function answerTimes(
  { url, requests }: Target,
  { perSecond, seconds, isOverload = false }: Rate,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 })
  const { hostname, port } = new URL(url)
  const ask = async (turn: number, began: number): Promise<number> => {
    const { path = '', headers = {} } = requests[turn % requests.length] ?? {}
    const [answer] = await once(get({ hostname, port, agent, path, headers }), 'response')
    await once(answer.resume(), 'end')
    if (isOverload && answer.statusCode === 503) return Number.POSITIVE_INFINITY
    assert.equal(answer.statusCode, 200)
    return performance.now() - began
  }
  const times: Promise<number>[] = []
  const start = performance.now()
  while (times.length < perSecond * seconds) {
    const due = Math.min(((performance.now() - start) / 1000) * perSecond, perSecond * seconds)
    while (times.length < due) {
      const dueAt = start + (times.length / perSecond) * 1000
      times.push(ask(times.length, isOverload ? dueAt : performance.now()))
    }
    await delay(1)
  }
  try {
    return await Promise.all(times)
  } finally {
    agent.destroy()
  }
}
