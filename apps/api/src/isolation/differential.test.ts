import { expect, test } from 'vitest'
import { proveDifferential } from './differential.ts'

const { PROVE_SEED, PROVE_PATH, PROVE_RUNS, PROVE_HASTY, PROVE_LONG } = process.env
const runs = Number(PROVE_RUNS ?? (PROVE_LONG ? 2000 : 200))
const seed = Number(PROVE_SEED ?? Date.now() % 2 ** 31)
/** The part of A's answers that must be other than 401, or the proof compares closed doors. */
const leastSignedIn = 0.6
/** In a few runs chance may have A sign out at once; and where a hole is made, only a difference counts as noticing it. */
const isWhole = runs >= 20 && PROVE_PATH === undefined && PROVE_HASTY === undefined

test(
  `S38 what an account is answered beside another is what it is answered alone (seed ${seed})`,
  { timeout: 60_000 + runs * 10_000 },
  async ({ task }) => {
    const result = await proveDifferential({ runs, seed, path: PROVE_PATH, isHasty: PROVE_HASTY === '1' })
    task.meta.cases = result.runs
    if (result.counterexample !== undefined) expect.fail(result.counterexample)
    if (isWhole) expect(result.signedInShare).toBeGreaterThanOrEqual(leastSignedIn)
    if (PROVE_PATH === undefined) expect(result.runs).toBe(runs)
  },
)
