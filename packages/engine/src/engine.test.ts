import { expect, test } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, fillsOf, logOf, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { startStack } from './testing/stack.ts'

test('two brokers run at once, and each ledger holds its own fills only', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  try {
    const first = await addRun(asha)
    const second = await addRun(rohan, { fastLength: 2, slowLength: 5, quantity: 7 })
    await untilSeen(asha, first, stack.now())
    await untilSeen(rohan, second, stack.now())
    for (let step = 0; step < 40; step += 1) await stack.advance(1)
    await untilSeen(asha, first, stack.now())
    await untilSeen(rohan, second, stack.now())

    const ashasFills = await fillsOf(asha, first)
    const rohansFills = await fillsOf(rohan, second)
    expect(ashasFills.length).toBeGreaterThan(0)
    expect(rohansFills.length).toBeGreaterThan(0)
    expect(ashasFills.every(({ quantity }) => quantity % 10 === 0)).toBe(true)
    expect(rohansFills.every(({ quantity }) => quantity % 7 === 0)).toBe(true)
    expect(await fillsOf(asha, second)).toEqual([])
    expect(await fillsOf(rohan, first)).toEqual([])
    console.log(await logOf(asha, first), await readRun(asha, first))
  } finally {
    await engine.stop()
  }
})
void untilStatus
