/** One proof: its name and the test files that it is made of. */
export interface ProofFiles {
  readonly name: string
  readonly files: readonly string[]
}

/** What became of one proof. */
export interface ProofResult {
  readonly name: string
  /** What was tried: where a test says how many cases it had, those; else the tests. */
  readonly cases: number
  readonly seconds: number
  readonly ok: boolean
}

/** What is read of Vitest's JSON report. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly {
      readonly status: string
      readonly meta?: { readonly cases?: number }
    }[]
  }[]
}

/** Sums a report up by proof. A file that was not run, or has no test that passed, is a failure. */
export function resultsOf(proofs: readonly ProofFiles[], report: VitestReport): ProofResult[] {
  return proofs.map(({ name, files }) => {
    const found = files.map((file) => report.testResults.find((result) => result.name.endsWith(`/${file}`)))
    const tests = found.flatMap((file) => file?.assertionResults ?? [])
    const seconds = found.reduce((sum, file) => sum + (file ? (file.endTime - file.startTime) / 1000 : 0), 0)
    return {
      name,
      cases: tests.reduce((sum, { meta }) => sum + (meta?.cases ?? 1), 0),
      seconds: Math.round(seconds * 10) / 10,
      ok:
        found.every((file) => file?.status === 'passed' && file.assertionResults.length > 0) &&
        tests.every(({ status }) => status === 'passed'),
    }
  })
}

/** The results as a table for the terminal. */
export function tableOf(results: readonly ProofResult[]): string {
  const rows = [
    ['proof', 'cases', 'seconds', 'result'],
    ...results.map(({ name, cases, seconds, ok }) => [
      name,
      cases.toLocaleString('en'),
      seconds.toFixed(1),
      ok ? 'holds' : 'FAILED',
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0
    return column === 1 || column === 2 ? text.padStart(width) : text.padEnd(width)
  }
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
