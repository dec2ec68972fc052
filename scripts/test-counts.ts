/** What a runner's JSON report says of its tests. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

function field(report: unknown, name: string): number {
  const value = typeof report === 'object' && report !== null ? Reflect.get(report, name) : undefined
  if (typeof value !== 'number') throw new Error(`the report has no number ${name}`)
  return value
}

/** Reads Vitest's JSON report; a test file that could not be loaded counts as one failure. */
export function countVitest(report: unknown): Counts {
  const brokenFiles =
    field(report, 'numFailedTestSuites') > 0 && field(report, 'numFailedTests') === 0 ? 1 : 0
  return {
    passed: field(report, 'numPassedTests'),
    failed: field(report, 'numFailedTests') + brokenFiles,
    skipped: field(report, 'numPendingTests') + field(report, 'numTodoTests'),
  }
}

/** Reads Playwright's JSON report; flaky tests are failures. */
export function countPlaywright(report: unknown): Counts {
  const stats = typeof report === 'object' && report !== null ? Reflect.get(report, 'stats') : undefined
  return {
    passed: field(stats, 'expected'),
    failed: field(stats, 'unexpected') + field(stats, 'flaky'),
    skipped: field(stats, 'skipped'),
  }
}
