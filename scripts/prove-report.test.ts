import { expect, test } from 'vitest'
import { resultsOf, tableOf } from './prove-report.ts'

const file = (name: string, status: string, ...tests: { status: string; meta?: { cases?: number } }[]) => ({
  name: `/somewhere/${name}`,
  status,
  startTime: 1000,
  endTime: 2500,
  assertionResults: tests,
})

const passed = { status: 'passed' }

test('cases are those a test tells of, or the tests', () => {
  const report = { testResults: [file('a.test.ts', 'passed', passed, { ...passed, meta: { cases: 1000 } })] }
  expect(resultsOf([{ name: 'A', files: ['a.test.ts'] }], report)).toEqual([
    { name: 'A', cases: 1001, seconds: 1.5, ok: true },
  ])
})

test('a failed test, a skipped one, an empty file and a file that was not run are failures', () => {
  const testResults = [
    file('failed.test.ts', 'failed', passed, { status: 'failed' }),
    file('skipped.test.ts', 'passed', { status: 'skipped' }),
    file('empty.test.ts', 'passed'),
  ]
  for (const name of ['failed', 'skipped', 'empty', 'missing']) {
    const [result] = resultsOf([{ name, files: [`${name}.test.ts`] }], { testResults })
    expect([name, result?.ok]).toEqual([name, false])
  }
})

test('the table lines its columns up', () => {
  const results = [
    { name: 'A route sweep', cases: 1200, seconds: 3.25, ok: true },
    { name: 'B', cases: 7, seconds: 12, ok: false },
  ]
  expect(tableOf(results)).toBe(
    [
      'proof          cases  seconds  result',
      'A route sweep  1,200      3.3  holds',
      'B                  7     12.0  FAILED',
    ].join('\n'),
  )
})
