import { expect, it } from 'vitest'
import { countPlaywright, countVitest } from './test-counts.ts'

const vitest = {
  numFailedTestSuites: 0,
  numPassedTests: 7,
  numFailedTests: 2,
  numPendingTests: 1,
  numTodoTests: 1,
}

it('counts what passed, failed and was left out', () => {
  expect(countVitest(vitest)).toEqual({ passed: 7, failed: 2, skipped: 2 })
  expect(countPlaywright({ stats: { expected: 5, unexpected: 1, flaky: 0, skipped: 3 } })).toEqual({
    passed: 5,
    failed: 1,
    skipped: 3,
  })
})

it('counts a test file that does not load as a failure', () => {
  expect(countVitest({ ...vitest, numFailedTests: 0, numFailedTestSuites: 1 }).failed).toBe(1)
})

it('counts a flaky journey as a failure', () => {
  expect(countPlaywright({ stats: { expected: 5, unexpected: 0, flaky: 1, skipped: 0 } }).failed).toBe(1)
})

it('refuses a report it does not understand', () => {
  expect(() => countVitest({})).toThrow('numFailedTestSuites')
  expect(() => countPlaywright(null)).toThrow('expected')
})
