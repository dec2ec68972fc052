import { createListener } from '@stratdesk/data/listen'
import type pg from 'pg'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, fillsOf, readRun, untilSeen } from './testing/runs.ts'
import { type Stack, startStack } from './testing/stack.ts'

/** A statement of a scope; pg's own are texts. */
function isAwaited(value: unknown): value is { readonly text: string; readonly result: Promise<unknown> } {
  return typeof value === 'object' && value !== null && 'result' in value && 'text' in value
}

/** After `lose` the next statement of such a text is done, and then as if the connection had broken before the answer. */
function loseAnswers(pool: pg.Pool, part: string): { lose(): void } {
  let toLose = 0
  pool.on('connect', (client) => {
    const query: (statement: unknown, ...rest: readonly unknown[]) => unknown = client.query.bind(client)
    vi.spyOn(client, 'query').mockImplementation((statement: unknown, ...rest: readonly unknown[]) => {
      const sent = query(statement, ...rest)
      if (!isAwaited(statement) || !statement.text.includes(part)) return sent
      const result = statement.result.then((answer) => {
        if (toLose === 0) return answer
        toLose -= 1
        throw new Error('The answer was lost')
      })
      return { result }
    })
  })
  return { lose: () => void (toLose += 1) }
}

async function play(stack: Stack, isRough: boolean) {
  const heard: string[] = []
  const listener = createListener({ url: stack.engineOptions.url })
  await listener.listen('account_events', (payload) => heard.push(payload))
  const answers = loseAnswers(stack.engineOptions.pool, 'log_events')
  const [asha, rohan] = [await stack.signIn('UK9394'), await stack.signIn('UK1234')]
  const engine = createEngine({ ...stack.engineOptions, checkpointMs: 3_600_000 })
  await engine.start()
  const runs = [await addRun(asha), await addRun(rohan, { quantity: 3 })] as const
  await untilSeen(asha, runs[0], stack.now())
  await untilSeen(rohan, runs[1], stack.now())
  const woken = () => heard.filter((payload) => payload === 'UK9394' || payload === 'UK1234').length
  const before = woken()
  const losses = isRough ? 4 : 0
  for (let loss = 1; loss <= 4; loss += 1) {
    if (isRough) answers.lose()
    for (let second = 1; second <= 12; second += 1) await stack.advance(1)
    // Whoever has lost an answer wakes its streams, which have not heard of what was committed.
    await vi.waitUntil(() => woken() - before >= Math.min(losses, loss), { timeout: 15_000 })
  }
  await engine.stop()
  await listener.close()
  const checkpoints = [(await readRun(asha, runs[0])).checkpoint, (await readRun(rohan, runs[1])).checkpoint]
  return { fills: [await fillsOf(asha, runs[0]), await fillsOf(rohan, runs[1])], checkpoints }
}

test('what was committed without an answer is not done again, and its events are told of', async () => {
  await using calm = await startStack('lost')
  await using rough = await startStack('lost')
  const undisturbed = await play(calm, false)
  const lost = await play(rough, true)

  expect(undisturbed.fills.every((fills) => fills.length > 5)).toBe(true)
  expect(lost).toEqual(undisturbed)
}, 90_000)
