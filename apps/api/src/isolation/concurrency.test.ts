import { expect, test } from 'vitest'
import { openCrowd } from './concurrency.ts'

const brokers = 50
/** 50 × 20 answers; the long variant asks for a hundred thousand. */
const answersEach = process.env['PROVE_LONG'] ? 2000 : process.env['PROVE_HASTY'] ? 5 : 20

declare module 'vitest' {
  interface TaskMeta {
    /** How much was tried, where that is more than the test itself. */
    cases?: number
  }
}

test(
  `S40 ${brokers} accounts asking at once over four connections are each answered with their own rows alone`,
  { timeout: 120_000 + brokers * answersEach * 30 },
  async ({ task }) => {
    const crowd = await openCrowd({ brokers, connections: 4 })
    try {
      const { answers, strays } = await crowd.ask(answersEach)
      task.meta.cases = answers
      expect(strays).toEqual([])
      expect(answers).toBe(brokers * answersEach)
      // At most four connections, and all of them in use.
      expect(crowd.connections).toBe(4)
    } finally {
      await crowd.close()
    }
  },
)
