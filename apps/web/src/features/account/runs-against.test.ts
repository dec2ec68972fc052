import { expect, test } from 'vitest'
import { ProblemError } from '../../api/problem-error.ts'
import { runsAgainst } from './runs-against.ts'

const idle = { isPending: false, isSuccess: false, error: null, variables: undefined }

const refused = (code: 'conflict' | 'unavailable') => new ProblemError({ code, message: code, requestId: '' })

test('runs that stand against an act ask another question, and are no failure of it', () => {
  const conflict = refused('conflict')
  expect(runsAgainst({ ...idle, error: conflict, variables: false })).toEqual({
    hasRuns: true,
    conflict,
    act: { isPending: false, error: null },
  })
})

test('the question stays while the confirmed act is under way, and when that fails for another reason', () => {
  expect(runsAgainst({ ...idle, isPending: true, variables: true }).hasRuns).toBe(true)
  const error = refused('unavailable')
  expect(runsAgainst({ ...idle, error, variables: true })).toMatchObject({ hasRuns: true, act: { error } })
})

test('an act that was never refused, or is done, is asked about from the start', () => {
  expect(runsAgainst(idle).hasRuns).toBe(false)
  expect(runsAgainst({ ...idle, isPending: true, variables: false }).hasRuns).toBe(false)
  expect(runsAgainst({ ...idle, isSuccess: true, variables: true }).hasRuns).toBe(false)
})
