import { expect, test } from 'vitest'
import { proveDifferential } from './differential.ts'

const { PROVE_SEED, PROVE_PATH, PROVE_RUNS, PROVE_HASTY, PROVE_LONG } = process.env
const runs = Number(PROVE_RUNS ?? (PROVE_LONG ? 2000 : 200))
const seed = Number(PROVE_SEED ?? Date.now() % 2 ** 31)

test(
  `S38 what an account is answered beside another is what it is answered alone (seed ${seed})`,
  { timeout: 60_000 + runs * 10_000 },
  async ({ task }) => {
    const result = await proveDifferential({ runs, seed, path: PROVE_PATH, isHasty: PROVE_HASTY === '1' })
    task.meta.cases = result.runs
    if (result.counterexample !== undefined) expect.fail(result.counterexample)
    expect(result.runs).toBe(PROVE_PATH === undefined ? runs : 1)
  },
)
